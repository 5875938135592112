"""Each rule of what must be right about an order, one by one and all at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from catalog.models import Product
from catalog.pricing import PricedAt, TaxedAt
from customers.models import Address, Customer
from orders.rules import Facts, LineFacts
from orders.validation import OrderInvalid, check, check_storable

TODAY = date(2026, 11, 18)
WEDNESDAY = date(2026, 11, 25)
VALVE = Product(pk=1, sku="VLV-1", pack_multiple=Decimal(2), minimum_quantity=Decimal(4))
OTHER = Product(pk=3, sku="SEL-1", pack_multiple=Decimal(2), minimum_quantity=Decimal(4))
OLD = Product(
    pk=2,
    sku="OLD-1",
    status="discontinued",
    pack_multiple=Decimal(1),
    minimum_quantity=Decimal(1),
)
LINE = LineFacts(
    product=VALVE,
    quantity=Decimal(6),
    price=PricedAt(amount=Decimal(50), source="Price list EUR"),
    tax=TaxedAt(category="S", rate=Decimal("0.19")),
    requested_on=WEDNESDAY,
)
FACTS = Facts(
    customer=Customer(pk=1, name="Harbor Pump", currency="EUR"),
    ship_to=Address(customer_id=1, country="DE"),
    customer_po="4500-1",
    requested_on=WEDNESDAY,
    today=TODAY,
    lines=[LINE],
)


def with_line(**changes):
    return replace(FACTS, lines=[LINE, replace(LINE, **{"product": OTHER, **changes})])


STORABLE = [
    (with_line(product=None), "unknown_product", "lines.1.sku"),
    (with_line(quantity=Decimal(0)), "quantity_not_positive", "lines.1.quantity"),
    (with_line(quantity=Decimal(-2)), "quantity_not_positive", "lines.1.quantity"),
    (with_line(quantity=Decimal("NaN")), "quantity_not_positive", "lines.1.quantity"),
    (with_line(quantity=Decimal("Infinity")), "quantity_not_positive", "lines.1.quantity"),
    (with_line(quantity=Decimal(10) ** 9), "quantity_too_large", "lines.1.quantity"),
    (with_line(quantity=Decimal("1E+999999")), "quantity_too_large", "lines.1.quantity"),
    (
        with_line(price=PricedAt(amount=Decimal("NaN"), source="agreed")),
        "price_negative",
        "lines.1.unit_price",
    ),
    (
        with_line(price=PricedAt(amount=Decimal("1E+999999"), source="agreed")),
        "price_negative",
        "lines.1.unit_price",
    ),
    (with_line(quantity=Decimal("4.0002")), "quantity_too_fine", "lines.1.quantity"),
    (
        with_line(price=PricedAt(amount=Decimal(-1), source="agreed")),
        "price_negative",
        "lines.1.unit_price",
    ),
    (
        with_line(quantity=Decimal(999999998), price=PricedAt(amount=Decimal(1001), source="")),
        "amount_too_large",
        "lines",
    ),
    (replace(FACTS, lines=[LINE] * 1001), "too_many_lines", "lines"),
    (with_line(tax=None), "no_tax_rate", "lines.1.sku"),
    (replace(FACTS, ship_to=None), "ship_to_unknown", "ship_to"),
    (
        replace(FACTS, ship_to=Address(customer_id=2, country="DE")),
        "ship_to_unknown",
        "ship_to",
    ),
    (replace(FACTS, customer_po="4" * 61), "po_too_long", "customer_po"),
]
BLOCKING = [
    (replace(FACTS, lines=[]), "no_lines", "lines"),
    (with_line(product=OLD), "product_discontinued", "lines.1.sku"),
    (with_line(quantity=Decimal(7)), "quantity_not_multiple", "lines.1.quantity"),
    (with_line(quantity=Decimal(2)), "quantity_below_minimum", "lines.1.quantity"),
    (with_line(price=None), "no_price", "lines.1.unit_price"),
    (replace(FACTS, today=date(2026, 11, 26)), "date_in_past", "requested_on"),
    (with_line(requested_on=date(2026, 11, 17)), "date_in_past", "lines.1.requested_on"),
    (replace(FACTS, twin="SO-10001"), "po_used_before", "customer_po"),
    (
        replace(
            FACTS,
            customer=Customer(pk=1, name="Harbor Pump", requires_po_number=True),
            customer_po="",
        ),
        "po_missing",
        "customer_po",
    ),
    (
        replace(FACTS, customer=Customer(pk=1, name="Harbor Pump", is_active=False)),
        "customer_inactive",
        "customer",
    ),
]


def found_by(ask, facts):
    with pytest.raises(OrderInvalid) as refusal:
        ask(facts)
    return [(rule, field) for rule, field, _message in refusal.value.findings]


def test_finds_nothing_wrong_with_a_good_order():
    assert check(FACTS) == []


@pytest.mark.parametrize(("facts", "rule", "field"), STORABLE + BLOCKING)
def test_blocks_at_its_field(facts, rule, field):
    assert found_by(check, facts) == [(rule, field)]


@pytest.mark.parametrize(("facts", "rule", "field"), STORABLE)
def test_keeps_even_a_draft_from_what_no_row_could_hold(facts, rule, field):
    assert found_by(check_storable, facts) == [(rule, field)]


@pytest.mark.parametrize(("facts", "_rule", "_field"), BLOCKING)
def test_lets_a_draft_be_unfinished(facts, _rule, _field):
    assert check_storable(facts) is None  # what it finds it raises


@pytest.mark.parametrize(
    ("facts", "rule", "field"),
    [
        (replace(FACTS, lines=[LINE, LINE]), "product_twice", "lines.1.sku"),
        (replace(FACTS, requested_on=date(2026, 11, 29)), "day_off", "requested_on"),
        (replace(FACTS, requested_on=date(2026, 12, 25)), "day_off", "requested_on"),
    ],
)
def test_warns_and_lets_pass(facts, rule, field):
    warnings = check(facts)

    assert [(found.rule, found.field, found.severity) for found in warnings] == [
        (rule, field, "warn")
    ]


def test_today_is_not_past():
    assert check(replace(FACTS, today=WEDNESDAY)) == []


def test_says_everything_at_once():
    facts = replace(with_line(product=OLD, quantity=Decimal(-1)), twin="SO-10001")

    assert found_by(check, facts) == [
        ("quantity_not_positive", "lines.1.quantity"),
        ("product_discontinued", "lines.1.sku"),
        ("po_used_before", "customer_po"),
    ]


def test_speaks_of_the_first_field_and_of_all_of_it():
    with pytest.raises(OrderInvalid) as refusal:
        check(replace(FACTS, lines=[], twin="SO-10001"))

    assert (refusal.value.code, refusal.value.field) == ("order_invalid", "lines")
    assert str(refusal.value) == (
        "Add at least one line. Order SO-10001 has this PO number already."
    )
