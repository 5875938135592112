"""Products: kept, priced, found and shown."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import selectors, services
from catalog.models import Price, Product
from catalog.services import ProductDetails
from tests.factories import CustomerFactory, PriceListFactory, ProductFactory, UnitFactory


@pytest.fixture
def valve(db, now, actor) -> Product:
    details = ProductDetails(
        sku="VLV-BF-080",
        name="Soupape à papillon DN80",
        gtin="04012345678901",
        unit_id=UnitFactory.create().pk,
    )
    return services.create_product(details=details, at=now, actor=actor)


@pytest.mark.parametrize("text", ["bf-080", "papillon SOUPAPE", "a papillon", "401234567"])
def test_is_found_by_a_part_of_anything(valve, text):
    ProductFactory.create()

    assert list(selectors.search_products(text)) == [valve]


def test_is_found_by_the_whole_of_a_code(valve):
    other = ProductFactory.create(sku="X-1")

    found = selectors.products_by_code([" vlv-bf-080", "04012345678901", "X-1", "X", ""])

    assert found == {"vlv-bf-080": valve, "04012345678901": valve, "X-1": other}


def test_price_is_set_and_changed(valve, now, actor):
    everybody = PriceListFactory.create()

    for amount in ("10", "12.5"):
        services.set_price(
            valve.pk, price_list=everybody, amount=Decimal(amount), at=now, actor=actor
        )

    assert Price.objects.get(product=valve).amount == Decimal("12.5000")


def test_lists_prices_of_twenty_as_cheaply_as_of_one(sales_rep):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert sales_rep.get("/catalog/").status_code == 200
        return len(captured)

    ProductFactory.create()
    one = statements()
    ProductFactory.create_batch(19)

    assert statements() == one


def test_shows_the_next_rows_to_htmx(sales_rep):
    ProductFactory.create_batch(51)

    page = sales_rep.get("/catalog/").content.decode()
    rest = sales_rep.get("/catalog/?after=SKU-9999Z", HTTP_HX_REQUEST="true")

    assert page.count('<th scope="row"') == 50
    assert "Show more" in page
    assert b"<html" not in rest.content


def test_offers_products_at_the_customers_prices(sales_rep):
    product = ProductFactory.create(sku="VLV-1", folded_text="vlv-1 valve")
    ProductFactory.create(sku="VLV-2", folded_text="vlv-2 valve", status="discontinued")
    customer = CustomerFactory.create()

    page = sales_rep.get(f"/catalog/options/?lines-0-sku=vlv&customer={customer.pk}")

    offered = page.context["products"]
    assert [(row.sku, price.amount) for row, price in offered] == [(product.sku, Decimal(50))]


def test_visitor_sees_no_price(visitor):
    for page in ("/catalog/", "/catalog/options/?sku=a"):
        assert visitor.get(page).status_code == 403
