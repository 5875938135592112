"""Answers are written as the documented serializers would write them, at less cost."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from rest_framework import serializers

from o2c.kernel.representations import written
from orders.api import with_hold
from orders.models import Order
from orders.serializers import OrderOut, OrderSummaryOut

pytestmark = pytest.mark.django_db


@dataclass
class Row:
    """A row with a method among its attributes."""

    number: str
    place: SimpleNamespace | None

    def named(self):
        return "ada"


class Inner(serializers.Serializer):
    city = serializers.CharField()


class Outer(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField(source="named")
    place = Inner(allow_null=True)
    missing = serializers.CharField(default="none given")
    shout = serializers.SerializerMethodField()

    def get_shout(self, row):
        return row.named().upper()


def test_writes_an_order_as_its_serializer_does(api, valve):
    placed = api.post("orders", {"lines": [{"sku": valve.sku, "quantity": "2"}]}).json()
    order = with_hold(Order.objects.get(public_id=placed["id"]))

    whole = written(OrderOut, order)
    summary = written(OrderSummaryOut, order)

    assert whole == OrderOut(order).data
    assert summary == OrderSummaryOut(order).data
    assert list(whole) == list(OrderOut(order).data)
    assert whole["lines"][0]["sku"] == valve.sku


@pytest.mark.parametrize("place", [None, SimpleNamespace(city="Lyon")])
def test_asks_a_field_for_what_is_no_plain_attribute(place):
    row = Row(number="7", place=place)

    answer = written(Outer, row)

    assert answer == Outer(row).data
    assert answer == {
        "number": 7,
        "name": "ada",
        "place": None if place is None else {"city": "Lyon"},
        "missing": "none given",
        "shout": "ADA",
    }


def test_says_which_attribute_a_row_lacks():
    with pytest.raises(AttributeError, match="city"):
        written(Inner, SimpleNamespace())
