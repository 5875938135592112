"""Goods that leave their customs territory: the paper for customs, and what it needs."""

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog.models import Product
from customers.models import Address
from fulfillment.models import Warehouse
from o2c.kernel import clock
from o2c.kernel.models import Company
from orders.models import Order
from shipping import customs, papers, services
from shipping.contents import parts_of
from shipping.models import Shipment, ShipmentPaper

PAPER = ShipmentPaper.Kind.CUSTOMS_INVOICE


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def abroad(shipment):
    """Five pieces for Zurich, of a product that customs knows, delivered at place."""
    Address.objects.filter(pk=shipment.ship_to_id).update(city="Zurich", country="CH")
    Product.objects.update(commodity_code="84818099", origin_country="DE", weight_kg="2.1")
    Order.objects.update(incoterm="DAP")
    Company.objects.update(eori="DE1366959760000")
    return shipment


def shown(shipment):
    rows = Shipment.objects.select_related("customer", "ship_to", "warehouse", "carrier")
    return rows.get(pk=shipment.pk)


def link(shipment):
    return reverse("shipping:customs-invoice", args=[shipment.number])


@pytest.mark.parametrize(
    ("home", "there", "crosses"),
    [
        ("DE", "DE", False),
        ("DE", "FR", False),
        ("DE", "MC", False),
        ("DE", "CH", True),
        ("DE", "GB", True),
        ("GB", "IM", False),
        ("US", "US", False),
    ],
)
def test_a_border_is_one_between_customs_territories(shipment, home, there, crosses):
    Warehouse.objects.update(country=home)
    Address.objects.filter(pk=shipment.ship_to_id).update(country=there)

    row = shown(shipment)

    assert customs.crosses_border(row) is crosses
    assert (PAPER in papers.kinds_of(row)) is crosses


def test_declares_each_product_with_code_origin_weight_and_value(abroad):
    [row] = customs.declared_of(parts_of(abroad))

    assert (row.quantity, row.weight_kg) == (5, Decimal("10.5"))
    assert (row.value, row.currency) == (Decimal("250.00"), "EUR")


def test_the_paper_says_what_customs_asks(abroad, now):
    row = shown(abroad)

    page = papers.html(PAPER, row, parts_of(row), at=now)

    for words in ("84818099", "DE1366959760000", "DAP Zurich (Incoterms 2020)", "250.00", "10.5"):
        assert words in page


def test_names_the_products_that_lack_something_and_keeps_nothing(abroad, now, actor, shipper):
    Product.objects.update(commodity_code="")
    services.label_shipment(abroad.pk, at=now, actor=actor)
    services.dispatch_shipment(abroad.pk, at=now, actor=actor)
    sku = Product.objects.get().sku

    with pytest.raises(customs.CustomsDataMissing) as refused:
        services.paper_of(abroad.pk, PAPER, at=now)
    page = shipper.get(link(abroad), follow=True).content.decode()

    message = f"{sku}: enter the commodity code and the country of origin of the product."
    assert str(refused.value) == message
    assert message in page
    assert ShipmentPaper.objects.count() == 0


def test_the_page_offers_it_only_where_it_is_needed(shipment, shipper):
    before = shipper.get(reverse("shipping:shipment", args=[shipment.number])).content.decode()
    missing = shipper.get(link(shipment))
    Address.objects.filter(pk=shipment.ship_to_id).update(country="CH")
    after = shipper.get(reverse("shipping:shipment", args=[shipment.number])).content.decode()

    assert link(shipment) not in before
    assert missing.status_code == 404
    assert link(shipment) in after
    assert "The goods leave the customs territory for CH" in after


def test_what_went_along_is_kept(abroad, now, actor, shipper):
    services.label_shipment(abroad.pk, at=now, actor=actor)
    services.dispatch_shipment(abroad.pk, at=now, actor=actor)

    first, second = shipper.get(link(abroad)), shipper.get(link(abroad))

    assert first.content.startswith(b"%PDF")
    assert second.content == first.content
    assert ShipmentPaper.objects.get().kind == PAPER
