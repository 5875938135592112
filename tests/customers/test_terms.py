"""When an invoice is due, by every kind of terms, and how it is split."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from customers.terms import Due, Instalment, Offer, Step, Terms, offers, schedule
from o2c.kernel.money import minor_unit
from o2c.kernel.working_days import is_working_day
from tests.factories import PaymentTermsFactory

ISSUED = date(2026, 11, 18)  # a Wednesday


def due_on(terms, issued_on=ISSUED):
    [due] = schedule(
        terms, gross=Decimal("119.00"), issued_on=issued_on, currency="EUR", country="DE"
    )
    return due.due_on


def parts(terms, gross, currency="EUR"):
    return schedule(terms, gross=Decimal(gross), issued_on=ISSUED, currency=currency, country="DE")


THIRDS = [
    Instalment(days=60, share=Decimal("0.333333")),
    Instalment(days=0, share=Decimal("0.333333")),
    Instalment(days=90, share=Decimal("0.333334")),
]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (Terms(net_days=30), date(2026, 12, 18)),
        (Terms(basis="prepayment"), ISSUED),
        (Terms(basis="end_of_month"), date(2026, 11, 30)),
        (Terms(basis="end_of_month", net_days=15), date(2026, 12, 15)),
        (Terms(basis="end_of_month", days_before=30, net_days=10), date(2027, 1, 10)),
        (Terms(basis="day_of_month", day_of_month=20), date(2026, 11, 20)),
        (Terms(basis="day_of_month", day_of_month=18), ISSUED),
        (Terms(basis="day_of_month", day_of_month=15), date(2026, 12, 15)),
        (Terms(basis="day_of_month", day_of_month=20, months_ahead=2), date(2027, 1, 20)),
        (Terms(basis="day_of_month", day_of_month=31), date(2026, 11, 30)),
        (Terms(basis="day_of_month", day_of_month=31, months_ahead=3), date(2027, 2, 28)),
        (Terms(basis="day_of_month", day_of_month=5, days_before=20), date(2027, 1, 5)),
    ],
)
def test_is_due_on_the_day_that_was_agreed(terms, expected):
    assert due_on(terms) == expected


def test_moves_to_the_next_working_day_where_agreed():
    christmas = ISSUED + timedelta(days=37)  # Friday, 25 December, and a weekend after it

    assert due_on(Terms(net_days=37)) == christmas
    assert due_on(Terms(net_days=37, moves_to_working_day=True)) == date(2026, 12, 28)


def test_gives_the_last_instalment_the_rest_in_the_order_of_the_dates():
    assert parts(Terms(instalments=THIRDS), "100.00") == [
        Due(number=1, due_on=ISSUED, amount=Decimal("33.33")),
        Due(number=2, due_on=date(2027, 1, 17), amount=Decimal("33.33")),
        Due(number=3, due_on=date(2027, 2, 16), amount=Decimal("33.34")),
    ]


def test_splits_yen_into_whole_yen():
    amounts = [part.amount for part in parts(Terms(instalments=THIRDS), "100", "JPY")]

    assert amounts == [Decimal(33), Decimal(33), Decimal(34)]


def test_leaves_out_instalments_of_nothing():
    assert parts(Terms(instalments=THIRDS), "0.01") == [
        Due(number=1, due_on=date(2027, 2, 16), amount=Decimal("0.01"))
    ]
    assert [part.amount for part in parts(Terms(instalments=THIRDS), "0")] == [Decimal(0)]


def test_counts_instalments_before_the_end_of_the_month():
    terms = Terms(
        basis="end_of_month",
        instalments=[
            Instalment(days=0, share=Decimal("0.5")),
            Instalment(days=30, share=Decimal("0.5")),
        ],
    )

    assert [part.due_on for part in parts(terms, "10")] == [date(2026, 11, 30), date(2026, 12, 31)]


def test_refuses_to_schedule_what_is_owed_to_the_customer():
    with pytest.raises(ValueError, match="must not be negative"):
        parts(Terms(), "-0.01")


def test_offers_each_discount_until_its_day():
    terms = Terms(
        net_days=60,
        discounts=[Step(days=30, rate=Decimal("0.01")), Step(days=10, rate=Decimal("0.025"))],
    )

    found = offers(terms, gross=Decimal("154.70"), issued_on=ISSUED, currency="EUR", country="DE")

    assert found == [
        Offer(until=date(2026, 11, 28), rate=Decimal("0.025"), amount=Decimal("3.87")),
        Offer(until=date(2026, 12, 18), rate=Decimal("0.01"), amount=Decimal("1.55")),
    ]


days = st.integers(min_value=0, max_value=365)
weights = st.lists(st.tuples(days, st.integers(1, 1000)), min_size=1, max_size=24)
bases = st.sampled_from(
    [
        {"basis": "net"},
        {"basis": "end_of_month", "net_days": 7, "days_before": 3},
        {"basis": "day_of_month", "day_of_month": 31, "months_ahead": 1},
    ]
)


def shares_of(weighted):
    """Return instalments whose shares have six decimals and add up to 1 exactly."""
    total = sum(weight for _days, weight in weighted)
    shares = [Decimal(weight * 10**6 // total).scaleb(-6) for _days, weight in weighted]
    shares[-1] += 1 - sum(shares)
    return [
        Instalment(days=day, share=share)
        for (day, _weight), share in zip(weighted, shares, strict=True)
        if share
    ]


@given(
    weighted=weights,
    basis=bases,
    minor=st.integers(0, 10**12),
    currency=st.sampled_from(["EUR", "JPY", "BHD"]),
    issued_on=st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    moves=st.booleans(),
)
def test_every_schedule_adds_up_and_never_goes_back(
    weighted, basis, minor, currency, issued_on, moves
):
    gross = minor * minor_unit(currency)
    terms = Terms(**basis, instalments=shares_of(weighted), moves_to_working_day=moves)

    found = schedule(terms, gross=gross, issued_on=issued_on, currency=currency, country="DE")

    assert sum(part.amount for part in found) == gross
    assert [part.number for part in found] == list(range(1, len(found) + 1))
    assert all(part.amount > 0 for part in found) or not gross
    assert all(part.amount % minor_unit(currency) == 0 for part in found)
    assert [part.due_on for part in found] == sorted(part.due_on for part in found)
    assert found[0].due_on >= issued_on
    assert not moves or all(is_working_day(part.due_on, country="DE") for part in found)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"net_days": 366}, "net_days_sane"),
        ({"days_before": 366}, "days_before_sane"),
        ({"basis": "day_of_month"}, "day_where_asked"),
        ({"basis": "day_of_month", "day_of_month": 32}, "day_where_asked"),
        ({"day_of_month": 5}, "day_where_asked"),
        ({"basis": "day_of_month", "day_of_month": 5, "months_ahead": 13}, "months_sane"),
        ({"basis": "prepayment"}, "prepaid_is_plain"),
        ({"discount_days": [10]}, "discounts_paired"),
        ({"discount_days": [10], "discount_rates": [Decimal(1)]}, "discounts_are_fractions"),
        ({"discount_days": [10], "discount_rates": [Decimal(0)]}, "discounts_are_fractions"),
        ({"instalment_shares": [Decimal(1)]}, "instalments_paired"),
        (
            {"instalment_days": [0, 30], "instalment_shares": [Decimal("0.5"), Decimal("0.4")]},
            "shares_make_one",
        ),
        (
            {"instalment_days": [0, 30], "instalment_shares": [Decimal("1.5"), Decimal("-0.5")]},
            "shares_are_positive",
        ),
    ],
)
def test_the_database_refuses_terms_that_make_no_sense(db, wrong, constraint):
    with (
        pytest.raises(IntegrityError, match=f"customers_paymentterms_{constraint}"),
        transaction.atomic(),
    ):
        PaymentTermsFactory.create(**{"code": "X", "net_days": 30, **wrong})
