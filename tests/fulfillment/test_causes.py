"""A move says in words what caused it, and leads there."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment import services
from fulfillment.models import StockMove
from o2c.kernel import clock, roles
from shipping import services as shipping
from shipping.models import Shipment
from tests.factories import LocationFactory, PickupScheduleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


def causes_on(page):
    """Return (words, address) of each move, newest first."""
    found = re.findall(r'<td class="mx">(?:<a class="link" href="([^"]*)">)?([^<]*)<', page)
    return [(words, address) for address, words in found]


def move(level, kind, source, now, quantity=1):
    return StockMove.objects.create(
        level=level, kind=kind, quantity=Decimal(quantity), source=source, at=now, actor="Leon"
    )


@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        ("receipt", "receipt:GR-5", "Delivery note GR-5"),
        ("receipt", "opening:VLV-BF-080", "Opening stock"),
        ("count", "count:7", "Count of 18 Nov 2026"),
        ("adjustment", "adjustment_01KA", "Correction of 18 Nov 2026"),
        ("ship", "somebody", "somebody"),
    ],
)
def test_cause_without_a_page_is_told_in_words(kind, source, words, picker, stock, now):
    move(stock, kind, source, now)

    page = picker.get(reverse("fulfillment:level", args=[stock.pk])).content.decode()

    assert causes_on(page)[0] == (words, "")


def test_transfer_leads_to_the_other_place(picker, stock, now, actor):
    there = LocationFactory.create(code="B-01")
    level = services.transfer(
        stock.pk, to_location_id=there.pk, quantity=Decimal(9), at=now, actor=actor
    )

    pages = [
        picker.get(reverse("fulfillment:level", args=[pk])).content.decode()
        for pk in (stock.pk, level.pk)
    ]

    assert causes_on(pages[0])[0] == ("To B-01", reverse("fulfillment:level", args=[level.pk]))
    assert causes_on(pages[1])[0] == ("From A-01-01", reverse("fulfillment:level", args=[stock.pk]))


def test_what_was_sent_leads_to_its_shipment(company, stock, person, client, request, now, actor):
    PickupScheduleFactory.create()
    request.getfixturevalue("packed")
    shipment = Shipment.objects.get()
    shipping.label_shipment(shipment.pk, at=now, actor=actor)
    shipping.dispatch_shipment(shipment.pk, at=now, actor=actor)
    client.force_login(person(roles.WAREHOUSE, roles.SHIPPING))

    page = client.get(reverse("fulfillment:level", args=[stock.pk])).content.decode()
    words, address = causes_on(page)[0]
    way = client.get(address)

    assert words == "Shipment"
    assert way["Location"] == reverse("shipping:shipment", args=[shipment.number])


def test_what_came_back_leads_to_its_return(client, person, stock, now):
    move(stock, "return", "return:17", now)
    client.force_login(person(roles.WAREHOUSE, roles.SHIPPING))

    page = client.get(reverse("fulfillment:level", args=[stock.pk])).content.decode()

    assert causes_on(page)[0] == ("Return", reverse("shipping:return-of-line", args=[17]))
    assert client.get(reverse("shipping:return-of-line", args=[17])).status_code == 404


@pytest.mark.parametrize("name", ["shipment-by-key", "return-of-line"])
def test_ways_by_key_are_for_who_sees_what_is_sent(name, client, person):
    client.force_login(person())

    assert client.get(reverse(f"shipping:{name}", args=[1])).status_code == 403


def test_level_takes_as_many_statements_for_20_transfers_as_for_1(
    picker, stock, statements, now, actor
):
    there = LocationFactory.create(code="B-01")

    def measure(transfers):
        for _transfer in range(transfers):
            services.transfer(
                stock.pk, to_location_id=there.pk, quantity=Decimal(1), at=now, actor=actor
            )
        return statements(lambda: picker.get(reverse("fulfillment:level", args=[stock.pk])))

    measure(1)
    few = measure(0)

    assert measure(19) == few
