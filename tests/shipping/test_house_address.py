"""Goods leave from, and come back to, the house where they lie; without an address, our office."""

import pytest
from lxml import etree

from fulfillment.models import Package, Warehouse
from o2c.kernel.company import the_company
from shipping import labels, papers, return_slip, zpl
from shipping.carriers.requests import content_of
from shipping.contents import packages_of, parts_of
from shipping.models import Return, Shipment, ShipmentPaper
from shipping.notices import content as notices
from shipping.notices import edifact, ubl, x12

OURS = {"street": "40 Tannery Row", "postal_code": "10115", "city": "Berlin", "country": "DE"}
HOUSE = {
    "street": "Reiherdamm 44",
    "postal_code": "20457",
    "city": "Hamburg",
    "region": "HH",
    "country": "DE",
}


@pytest.fixture(params=[False, True], ids=["of the company", "of the house"])
def address(request, gone):
    """What is to be told, and the shipment from a house with an address of its own, or without."""
    if request.param:
        Warehouse.objects.update(**HOUSE)
    shipment = Shipment.objects.select_related("warehouse", "ship_to", "customer", "carrier").get()
    return (HOUSE if request.param else OURS), shipment


def place_of(told):
    return " ".join(filter(None, [told["postal_code"], told["city"], told.get("region")]))


@pytest.fixture
def notice(address):
    _told, shipment = address
    return notices.notice_of(shipment, parts_of(shipment), {}, the_company())


def test_a_carrier_is_told_where_to_come(address, now):
    told, shipment = address

    asked = content_of(shipment, shipment.carrier, None, at=now)["from"]

    assert {name: asked[name] for name in told} == told


def test_labels_say_where_it_comes_from(address):
    told, shipment = address
    line = f"{told['street']}, {place_of(told)}"

    drawn = labels.html(shipment, list(Package.objects.all()))
    zebra = zpl.write(shipment, packages_of(parts_of(shipment)), the_company())

    assert f"Kestrel Flow Supply, {line}" in drawn
    assert f"Kestrel Flow Supply, {line}" in zebra


def test_a_bill_of_lading_says_where_it_was_loaded(address, now):
    told, shipment = address
    kind = ShipmentPaper.Kind.BILL_OF_LADING

    page = papers.html(kind, shipment, parts_of(shipment), at=now)

    line = f"Main warehouse, {told['street']}, {place_of(told)}, DE"
    assert line in page


def test_returns_go_to_the_house_that_they_left(address, announce):
    told, _shipment = address
    announce()

    lines = return_slip.address_of(Return.objects.select_related("warehouse").get())

    assert lines == ["Kestrel Flow Supply", "Main warehouse", told["street"], place_of(told), "DE"]


def test_partners_are_told_where_it_comes_from(address, notice):
    told, _shipment = address

    x12_parts = list(x12.segments(notice))
    [at] = [place for place, one in enumerate(x12_parts) if one[:2] == ("N1", "SF")]
    name, street, place = x12_parts[at : at + 3]
    house = edifact._house(notice)
    party = etree.Element("Party")
    ubl._house(party, notice)

    assert (name[2], street[1]) == ("Kestrel Flow Supply", told["street"])
    region = told.get("region", "")
    assert place == ("N4", told["city"], region, told["postal_code"], "DE")
    assert house[:3] == ("NAD", "SF", ["MAIN", "", "92"])
    assert house[5:] == ([told["street"]], told["city"], region, told["postal_code"], "DE")
    assert party.findtext(".//{*}StreetName") == told["street"]
    assert party.findtext(".//{*}PostalZone") == told["postal_code"]
    assert party.findtext(".//{*}IdentificationCode") == "DE"
