"""Prices: set, set from a later day, ended."""

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog import services
from catalog.models import Price
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from tests.factories import TODAY, PriceListFactory, ProductFactory

DAY = timedelta(days=1)


@pytest.fixture
def product(db):
    return ProductFactory.create(price=None)


@pytest.fixture
def set_price(product, now, actor):
    def run(amount, **more):
        everybody = PriceListFactory.create()
        return services.set_price(
            product.pk, price_list=everybody, amount=Decimal(amount), at=now, actor=actor, **more
        )

    return run


def prices_of(product):
    rows = Price.objects.filter(product=product).order_by("min_quantity", "valid_from")
    return list(rows.values_list("min_quantity", "amount", "valid_from", "valid_until"))


def test_price_is_set_and_changed(product, set_price):
    set_price("10")
    set_price("12.5")

    assert prices_of(product) == [(0, Decimal("12.5"), None, None)]
    changes = AuditEntry.objects.filter(objects_touched__contains=[product.label])
    assert [entry.changes for entry in changes.order_by("pk")] == [
        {},
        {"amount": ["10.0000", "12.5"]},
    ]


def test_a_price_from_a_day_ends_the_one_before(product, set_price):
    set_price("10")
    set_price("12", valid_from=TODAY)
    set_price("9", min_quantity=Decimal(100))

    assert prices_of(product) == [
        (0, 12, TODAY, None),
        (0, 10, None, TODAY - DAY),
        (100, 9, None, None),
    ]


def test_a_price_until_the_next_one_is_let_in_between(product, set_price):
    set_price("12", valid_from=TODAY)
    set_price("11", valid_from=TODAY - 2 * DAY, valid_until=TODAY - DAY)

    assert prices_of(product) == [
        (0, 11, TODAY - 2 * DAY, TODAY - DAY),
        (0, 12, TODAY, None),
    ]


@pytest.mark.parametrize("days", [{}, {"valid_from": TODAY - DAY}, {"valid_until": TODAY}])
def test_a_price_never_runs_into_a_later_one(product, set_price, days):
    set_price("12", valid_from=TODAY)

    with pytest.raises(services.OverlappingPrice, match="18, 2026"):
        set_price("11", **days)

    assert prices_of(product) == [(0, 12, TODAY, None)]


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        ("-1", {}, "amount"),
        ("NaN", {}, "amount"),
        ("1", {"min_quantity": Decimal(-1)}, "min_quantity"),
        ("1", {"valid_from": TODAY, "valid_until": TODAY - DAY}, "valid_until"),
    ],
)
def test_refuses_a_price_that_cannot_be_right(product, set_price, amount, more, field):
    with pytest.raises(InvalidInput) as refused:
        set_price(amount, **more)

    assert refused.value.field == field
    assert prices_of(product) == []


def test_a_price_ends(product, set_price, now, actor):
    price = set_price("10", valid_from=TODAY)

    services.end_price(price.pk, valid_until=TODAY + DAY, at=now, actor=actor)

    assert prices_of(product) == [(0, 10, TODAY, TODAY + DAY)]


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + 2 * DAY])
def test_a_price_ends_neither_before_it_begins_nor_twice(product, set_price, now, actor, day):
    price = set_price("10", valid_from=TODAY, valid_until=TODAY + DAY)

    with pytest.raises(InvalidInput) as refused:
        services.end_price(price.pk, valid_until=day, at=now, actor=actor)

    assert refused.value.field == "valid_until"
    assert prices_of(product) == [(0, 10, TODAY, TODAY + DAY)]
