"""Freight by weight, zone and share of the value; the cheapest service that takes the goods."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shipping.freight import Goods, zones_of
from shipping.models import CarrierService, FreightRate, FreightZone
from shipping.tariffs import tariffs_of
from tests.factories import CarrierFactory

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
def carrier(company):
    return CarrierFactory.create()


@pytest.fixture
def germany(carrier):
    return FreightZone.objects.create(carrier=carrier, code="DE", countries=["DE"])


@pytest.fixture
def standard(carrier):
    return CarrierService.objects.create(carrier=carrier, code="STD", name="Standard")


def rate(service, zone, **values):
    values = {"currency": "EUR", "valid_from": date(2026, 1, 1)} | values
    return FreightRate.objects.create(service=service, zone=zone, **values)


def goods(weight="10", value="1000", **where):
    where = {"country": "DE", "postal_code": "20457", "currency": "EUR"} | where
    return Goods(weight_kg=Decimal(weight), value=value and Decimal(value), **where)


def quote(carrier, what, service_id=None):
    found = tariffs_of([carrier.pk], at=AT).quotes(carrier.pk, service_id, what)
    return min((one.amount for one in found), default=None)


@pytest.mark.parametrize(
    ("weight", "cost"),
    [
        # amount + per kg + 1 % of 1,000, at least 20; from 30 kg on another step
        ("0", "20.00"),
        ("10", "20.00"),
        ("29.999", "30.00"),
        ("30", "46.00"),
        ("100", "81.00"),
    ],
)
def test_costs_amount_weight_and_share_at_least_the_minimum(
    carrier, germany, standard, weight, cost
):
    rate(standard, germany, amount=5, per_kg="0.5", value_rate="0.01", minimum=20)
    rate(standard, germany, from_weight_kg=30, amount=21, per_kg="0.5", value_rate="0.01")

    assert quote(carrier, goods(weight)) == Decimal(cost)


def test_the_longest_beginning_of_the_postal_code_is_the_closest_zone(germany):
    islands = FreightZone(code="I", countries=["DE"], postal_prefixes=["25", "259 9"])
    north = FreightZone(code="N", countries=["DE"], postal_prefixes=["2"])

    def codes(country, postal_code):
        found = zones_of([germany, islands, north], country, postal_code)
        return [zone.code for zone in found]

    assert codes("DE", "25997") == ["I", "N", "DE"]
    assert codes("DE", "20457") == ["N", "DE"]
    assert codes("DE", "80331") == ["DE"]
    assert codes("DE", "") == ["DE"]
    assert codes("FR", "25997") == []


def test_a_service_without_a_tariff_for_the_closest_zone_has_that_of_the_next(
    carrier, germany, standard
):
    north = FreightZone.objects.create(
        carrier=carrier, code="N", countries=["DE"], postal_prefixes=["2"]
    )
    slow = CarrierService.objects.create(carrier=carrier, code="SLO", name="Slow")
    rate(standard, germany, amount=9)
    rate(slow, germany, amount=7)
    rate(slow, north, amount=4)

    assert quote(carrier, goods(), standard.pk) == Decimal("9.00")
    assert quote(carrier, goods(), slow.pk) == Decimal("4.00")
    assert quote(carrier, goods(postal_code="80331"), slow.pk) == Decimal("7.00")


def test_the_cheapest_service_that_takes_the_weight_is_quoted(carrier, germany, standard):
    parcel = CarrierService.objects.create(
        carrier=carrier, code="PAR", name="Parcel", max_weight_kg=Decimal("31.5")
    )
    rate(standard, germany, amount=30)
    rate(parcel, germany, amount=8)

    assert quote(carrier, goods("31.5")) == Decimal("8.00")
    assert quote(carrier, goods("31.501")) == Decimal("30.00")
    assert quote(carrier, goods("1"), standard.pk) == Decimal("30.00")


def test_the_rate_of_the_day_counts(carrier, germany, standard):
    rate(standard, germany, amount=1, valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 17))
    rate(standard, germany, amount=2, valid_from=date(2026, 2, 1), valid_until=date(2026, 11, 18))
    rate(standard, germany, amount=3, valid_from=date(2026, 11, 19))

    assert quote(carrier, goods()) == Decimal("2.00")


@pytest.mark.parametrize(
    "what",
    [
        goods(country="FR"),
        goods(currency="USD"),
        goods(value=None, currency=""),
    ],
)
def test_nothing_is_quoted_that_no_tariff_says(carrier, germany, standard, what):
    rate(standard, germany, amount=3, value_rate="0.01")

    assert quote(carrier, what) is None
