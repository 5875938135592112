"""The tax on a line of goods, case by case; the rationale stands in `catalog.taxation`."""

from decimal import Decimal

import pytest

from catalog.taxation import Buyer, Place, decide, vat_country

GERMAN, FRENCH, AUSTRIAN = "DE136695976", "FR40303265045", "ATU13585627"
GREEK, NORTHERN_IRISH = "EL094259216", "XI980780684"
KEPT = {
    "DE": {"S": "0.19"},
    "FR": {"S": "0.2"},
    "GB": {"S": "0.2"},
    "CH": {"S": "0.081"},
    "TX": {"S": "0.0625"},
    "OR": {"S": "0"},
}
HAMBURG, LYON, VIENNA = Place(country="DE"), Place(country="FR"), Place(country="AT")
HELGOLAND = Place(country="DE", postal_code="27498")
TENERIFE = Place(country="ES", postal_code="38001")
MARIEHAMN = Place(country="FI", postal_code="FI-22100")
MONACO, ZURICH, OSLO = Place(country="MC"), Place(country="CH"), Place(country="NO")
LONDON, BELFAST = Place(country="GB"), Place(country="GB", postal_code="bt1 5gs")
TEXAS, OREGON = Place(country="US", region="TX"), Place(country="US", region="OR")


def tax(category, seller, ship_to, *, status="taxable", vat="", certificate=""):
    kept = KEPT.get(ship_to.region) or KEPT.get({"MC": "FR"}.get(ship_to.country, ship_to.country))
    return decide(
        category,
        seller=seller,
        ship_to=ship_to,
        buyer=Buyer(status=status, vat_number=vat, certificate=certificate),
        rates={name: Decimal(rate) for name, rate in (kept or {}).items()},
    )


@pytest.mark.parametrize(
    ("category", "seller", "ship_to", "buyer", "expected"),
    [
        # at home
        ("S", "DE", HAMBURG, {}, ("S", "0.19", "")),
        ("S", "DE", HAMBURG, {"vat": GERMAN}, ("S", "0.19", "")),
        ("S", "DE", HAMBURG, {"vat": FRENCH}, ("S", "0.19", "")),
        ("Z", "DE", HAMBURG, {}, ("Z", "0", "")),
        ("E", "DE", HAMBURG, {}, ("E", "0", "")),
        ("O", "DE", HAMBURG, {}, ("O", "0", "VATEX-EU-O")),
        ("S", "DE", HAMBURG, {"status": "exempt"}, ("E", "0", "")),
        ("S", "DE", HAMBURG, {"certificate": "X-1"}, ("E", "0", "")),
        ("S", "DE", HAMBURG, {"status": "reverse_charge"}, ("AE", "0", "VATEX-EU-AE")),
        ("AE", "DE", HAMBURG, {"vat": GERMAN}, ("AE", "0", "VATEX-EU-AE")),
        ("AE", "DE", HAMBURG, {}, ("S", "0.19", "")),
        ("AE", "DE", HAMBURG, {"vat": "DE136695970"}, ("S", "0.19", "")),
        # into another member state
        ("S", "DE", LYON, {"vat": FRENCH}, ("K", "0", "VATEX-EU-IC")),
        ("S", "DE", LYON, {"vat": AUSTRIAN}, ("K", "0", "VATEX-EU-IC")),
        ("AE", "DE", LYON, {"vat": FRENCH}, ("K", "0", "VATEX-EU-IC")),
        ("S", "DE", VIENNA, {"vat": "AT U13585627"}, ("K", "0", "VATEX-EU-IC")),
        ("S", "DE", LYON, {"vat": GERMAN}, ("S", "0.2", "")),
        ("S", "DE", LYON, {"vat": "FR00000000000"}, ("S", "0.2", "")),
        ("S", "DE", LYON, {}, ("S", "0.2", "")),
        ("S", "DE", VIENNA, {}, None),
        ("S", "DE", LYON, {"status": "reverse_charge"}, ("AE", "0", "VATEX-EU-AE")),
        ("O", "DE", LYON, {"vat": FRENCH}, ("O", "0", "VATEX-EU-O")),
        ("S", "DE", MONACO, {}, ("S", "0.2", "")),
        ("S", "DE", MONACO, {"vat": FRENCH}, ("K", "0", "VATEX-EU-IC")),
        ("S", "FR", MONACO, {"vat": FRENCH}, ("S", "0.2", "")),
        ("S", "DE", Place(country="GR"), {"vat": GREEK}, ("K", "0", "VATEX-EU-IC")),
        ("S", "DE", BELFAST, {"vat": NORTHERN_IRISH}, ("K", "0", "VATEX-EU-IC")),
        # out of the Union
        ("S", "DE", OSLO, {}, ("G", "0", "VATEX-EU-G")),
        ("S", "DE", OSLO, {"status": "exempt"}, ("G", "0", "VATEX-EU-G")),
        ("Z", "DE", OSLO, {"vat": FRENCH}, ("G", "0", "VATEX-EU-G")),
        ("O", "DE", OSLO, {}, ("O", "0", "VATEX-EU-O")),
        ("S", "DE", ZURICH, {}, ("S", "0.081", "")),
        ("S", "DE", ZURICH, {"status": "exempt"}, ("E", "0", "")),
        ("S", "DE", LONDON, {"vat": "GB980780684"}, ("S", "0.2", "")),
        ("S", "DE", HELGOLAND, {}, ("G", "0", "VATEX-EU-G")),
        ("S", "DE", TENERIFE, {"vat": "ESB58378431"}, ("G", "0", "VATEX-EU-G")),
        ("S", "DE", MARIEHAMN, {}, ("G", "0", "VATEX-EU-G")),
        # a seller elsewhere
        ("S", "US", TEXAS, {}, ("S", "0.0625", "")),
        ("S", "US", TEXAS, {"certificate": "TX-77"}, ("E", "0", "")),
        ("S", "US", OREGON, {}, ("Z", "0", "")),
        ("S", "US", Place(country="US", region="NV"), {}, None),
        ("S", "US", HAMBURG, {"vat": GERMAN}, ("S", "0.19", "")),
        ("S", "US", OSLO, {}, ("G", "0", "")),
        ("S", "GB", BELFAST, {}, ("S", "0.2", "")),
    ],
)
def test_is_decided_by_place_product_and_buyer(category, seller, ship_to, buyer, expected):
    decided = tax(category, seller, ship_to, **buyer)

    found = decided and (decided.category, decided.rate, decided.reason_code)
    assert found == (expected and (expected[0], Decimal(expected[1]), expected[2]))


def test_names_the_certificate():
    decided = tax("S", "US", TEXAS, certificate="TX-77")

    assert decided.reason == "Exempt from tax by certificate TX-77"


@pytest.mark.parametrize(
    ("number", "state"),
    [
        *((GERMAN, "DE"), ("de 136 695 976", "DE"), (GREEK, "GR"), (NORTHERN_IRISH, "XI")),
        *(("", ""), ("DE123456789", ""), ("GB980780684", ""), ("CHE-107.787.577 IVA", "")),
        *(("EU372022452", ""), ("136695976", "")),
    ],
)
def test_knows_the_state_that_gave_a_number(number, state):
    assert vat_country(number) == state
