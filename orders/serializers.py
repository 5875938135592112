"""How orders look to a customer's system, and what it may send."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from o2c.kernel.representations import MoneyField, PageQuery, QuantityField, StrictSerializer
from orders.models import Order
from orders.rules import MAX_LINES, MAX_PO_LENGTH
from orders.services.cancelling import THEIR_REASONS

NOTE_LENGTH = 1000
LEAST = Decimal("0.001")
# Drafts are ours alone.
SHOWN_STATES = [choice for choice in Order.State.choices if choice[0] != Order.State.DRAFT]


class AddressOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    street = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField()


class OrderLineOut(serializers.Serializer[Any]):
    """A line; its quantities say how far it has come."""

    position = serializers.IntegerField()
    sku = serializers.CharField(source="product.sku")
    description = serializers.CharField()
    quantity = QuantityField(source="ordered")
    unit = serializers.CharField()
    unit_price = MoneyField("unit_price", currency="order.currency")
    net = MoneyField("net_amount", currency="order.currency")
    cancelled = QuantityField()
    shipped = QuantityField()
    delivered = QuantityField()
    invoiced = QuantityField()
    requested_on = serializers.DateField()
    promised_on = serializers.DateField(allow_null=True)
    expected_on = serializers.DateField(allow_null=True)


class CreditHoldOut(serializers.Serializer[Any]):
    """Why the order waits for a payment, a limit or a person."""

    reason = serializers.CharField(source="hold_reason")


class OrderSummaryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    channel = serializers.CharField()
    customer_po = serializers.CharField()
    requested_on = serializers.DateField()
    net = MoneyField("net_amount")
    tax = MoneyField("tax_amount")
    gross = MoneyField("gross_amount")
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    credit_hold = CreditHoldOut(allow_null=True, help_text="Null: credit is no obstacle.")


class OrderOut(OrderSummaryOut):
    ship_to = AddressOut()
    payment_terms = serializers.CharField(source="payment_terms.name")
    note = serializers.CharField()
    lines = OrderLineOut(many=True)


class NewLineIn(StrictSerializer):
    sku = serializers.CharField(max_length=40)
    quantity = QuantityField(min_value=LEAST)
    requested_on = serializers.DateField(required=False)


class NewOrderIn(StrictSerializer):
    """An order at the caller's prices."""

    customer_po = serializers.CharField(
        max_length=MAX_PO_LENGTH, required=False, default="", allow_blank=True
    )
    requested_on = serializers.DateField(required=False, help_text="Default: today.")
    ship_to = serializers.CharField(
        max_length=100, required=False, help_text="Label of a delivery address; default: the usual."
    )
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, default="", allow_blank=True
    )
    lines = serializers.ListField(child=NewLineIn(), allow_empty=False, max_length=MAX_LINES)


class CancelledLineIn(StrictSerializer):
    position = serializers.IntegerField(min_value=1, max_value=32767)
    quantity = QuantityField(min_value=LEAST)


class CancellationIn(StrictSerializer):
    """Without `lines` the whole order is cancelled."""

    reason = serializers.ChoiceField(choices=THEIR_REASONS)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    lines = serializers.ListField(
        child=CancelledLineIn(), required=False, allow_empty=False, max_length=MAX_LINES
    )


class OrderQuery(PageQuery):
    state = serializers.ChoiceField(choices=SHOWN_STATES, required=False)
    customer_po = serializers.CharField(max_length=MAX_PO_LENGTH, required=False)
