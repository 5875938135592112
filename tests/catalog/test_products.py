"""Products: kept, priced, found and shown."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import selectors, services
from catalog.models import Product
from catalog.services import ProductDetails
from o2c.kernel.text import fold
from tests.factories import (
    CustomerFactory,
    CustomerPartNumberFactory,
    ProductFactory,
    UnitFactory,
)


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


def test_our_sku_goes_before_the_customers_number_and_that_before_a_gtin(valve):
    ours, named, coded = (
        ProductFactory.create(sku="A-1"),
        ProductFactory.create(sku="A-2"),
        ProductFactory.create(sku="A-3", gtin="4006381333931"),
    )
    customer = CustomerFactory.create()
    for number in ("A-1", "Ventil Grün", "4006381333931"):
        CustomerPartNumberFactory.create(
            customer=customer, product=named, number=number, folded_number=fold(number)
        )

    with CaptureQueriesContext(connection) as captured:
        found = selectors.products_by_code(
            ["a-1", "VENTIL  grun", "4006381333931"], customer_id=customer.pk
        )
    elsewhere = selectors.products_by_code(
        ["a-1", "ventil grun", "4006381333931"], customer_id=CustomerFactory.create().pk
    )

    assert found == {"a-1": ours, "VENTIL  grun": named, "4006381333931": named}
    assert elsewhere == {"a-1": ours, "4006381333931": coded}
    assert len(captured) == 2


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
