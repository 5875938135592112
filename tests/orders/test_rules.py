"""The rules that look beyond the line: prices, totals, days, habits, and whom they tell what."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Product
from catalog.pricing import PricedAt, TaxedAt
from customers.models import Address, Customer
from orders.rules import Facts, Habits, House, LineFacts, Stated, Usual
from orders.validation import OrderInvalid, check, findings_of

WEDNESDAY = date(2026, 11, 25)
VALVE = Product(pk=1, sku="VLV-1", unit_id="C62")


def priced(amount, listed=50):
    return PricedAt(amount=Decimal(amount), source="agreed", list_amount=Decimal(listed))


LINE = LineFacts(
    product=VALVE,
    quantity=Decimal(10),
    price=priced(50),
    tax=TaxedAt(category="S", rate=Decimal("0.19")),
    requested_on=WEDNESDAY,
)
FACTS = Facts(
    customer=Customer(pk=1, name="Harbor Pump", currency="EUR"),
    ship_to=Address(customer_id=1, country="DE"),
    customer_po="4500-1",
    requested_on=WEDNESDAY,
    today=date(2026, 11, 18),
    lines=[LINE],
)


def line(**changes):
    return replace(FACTS, lines=[replace(LINE, **changes)])


def rules(facts):
    return [(found.rule, found.field) for found in findings_of(facts)]


@pytest.mark.parametrize(
    ("price", "found"),
    [
        ("49", []),
        ("51", []),
        ("48.9999", [("price_differs", "lines.0.unit_price")]),
        ("51.0001", [("price_differs", "lines.0.unit_price")]),
    ],
)
def test_a_price_may_be_exactly_the_tolerance_away(price, found):
    two_percent = House(price_tolerance=Decimal("0.02"))

    assert rules(replace(line(price=priced(price)), house=two_percent)) == found


def test_a_customers_own_tolerance_goes_before_the_houses():
    own = Customer(pk=1, name="Harbor", currency="EUR", price_tolerance_rate=Decimal("0.1"))

    assert rules(replace(line(price=priced(45)), customer=own)) == []
    assert rules(line(price=priced(45))) == [("price_differs", "lines.0.unit_price")]


def test_a_reason_or_no_listed_price_answers_it():
    unlisted = PricedAt(amount=Decimal(45), source="agreed")

    assert rules(line(price=priced(45), reason="Trade fair")) == []
    assert rules(line(price=unlisted)) == []


@pytest.mark.parametrize(
    ("total", "found"),
    [
        ("595.00", []),
        ("500.00", []),
        ("595.005", []),
        ("595.01", [("total_differs", "total")]),
        ("600", [("total_differs", "total")]),
    ],
)
def test_a_printed_total_is_net_or_with_tax(total, found):
    assert rules(replace(FACTS, stated=Stated(total=Decimal(total)))) == found


def test_a_foreign_currency_is_told_once():
    stated = Stated(currency="usd", total=Decimal(1))

    assert rules(replace(FACTS, stated=stated)) == [("currency_differs", "currency")]


def test_another_unit_is_refused():
    assert rules(line(unit="C62")) == []
    assert rules(line(unit="KGM")) == [("unit_differs", "lines.0.unit")]


def test_an_address_that_is_used_no_more_is_refused():
    closed = Address(customer_id=1, country="DE", is_active=False)

    assert rules(replace(FACTS, ship_to=closed)) == [("ship_to_inactive", "ship_to")]


@pytest.mark.parametrize(
    ("handling", "lead", "found"),
    [
        (0, 0, []),
        (1, 4, []),  # from Wednesday the 18th, Saturday and Sunday do not count
        (2, 4, [("date_too_early", "requested_on")]),
        (0, 6, [("date_too_early", "requested_on")]),
    ],
)
def test_the_earliest_day_is_counted_in_working_days(handling, lead, found):
    house = House(today=date(2026, 11, 18), country="DE", handling_days=handling)
    slow = Product(pk=1, sku="VLV-1", lead_time_days=lead)

    assert rules(replace(line(product=slow), house=house)) == found


@pytest.mark.parametrize(
    ("median", "most", "found"),
    [
        (1, 5, []),
        (1, 4, []),
        ("0.9", 5, []),
        ("0.9", 4, [("quantity_unusual", "lines.0.quantity")]),
    ],
)
def test_a_quantity_is_unusual_far_beyond_median_and_most(median, most, found):
    usual = Usual(median=Decimal(median), most=Decimal(most))
    habits = Habits(amount=Usual(median=Decimal(500), most=Decimal(500)), quantities={1: usual})

    assert rules(replace(FACTS, habits=habits)) == found


def test_a_total_is_unusual_far_beyond_median_and_most():
    habits = Habits(amount=Usual(median=Decimal(49), most=Decimal(200)))

    assert rules(replace(FACTS, habits=habits)) == [("total_unusual", "lines")]


def test_names_what_takes_the_place_of_a_discontinued_product():
    old = Product(pk=2, sku="OLD-1", status="discontinued", successor=VALVE)

    (found,) = findings_of(line(product=old))

    assert found.message == "OLD-1 is discontinued. VLV-1 takes its place."


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ("rep", "VLV-1: the price is 40, listed is 50."),
        ("edi", "VLV-1: the price is 40, listed is 50."),
        ("api", "VLV-1 costs 50, not 40."),
        ("portal", "VLV-1 costs 50, not 40."),
    ],
)
def test_tells_the_buyer_in_their_words(channel, message):
    with pytest.raises(OrderInvalid) as refusal:
        check(line(price=priced(40)), channel=channel)

    assert str(refusal.value).startswith(message)


def test_what_is_waived_is_waived_for_that_fact():
    (found,) = findings_of(line(price=priced(40)))

    assert check(line(price=priced(40)), waived={found.fingerprint}) == []
    with pytest.raises(OrderInvalid):
        check(line(price=priced(39)), waived={found.fingerprint})
