"""How orders look to a customer's system, and what it may send."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from customers.freight import FreightTerms
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
    """That the order waits for a payment, a limit or a person; the order itself says more."""

    reason = serializers.CharField()


class UnpaidOut(serializers.Serializer[Any]):
    """An invoice to pay; `open_amount` is what is still open of it, tax included."""

    number = serializers.CharField()
    due_on = serializers.DateField()
    open_amount = serializers.CharField(help_text="Decimal, in the currency of the problem.")


class InAdvanceOut(serializers.Serializer[Any]):
    """A pro forma: the order goes on, too, when this is paid for it in advance."""

    number = serializers.CharField(help_text="The reference to name with the payment.")
    amount = serializers.CharField(help_text="Decimal, tax included, in the problem's currency.")
    valid_until = serializers.DateField(help_text="The last day to pay.")


class CreditProblemOut(serializers.Serializer[Any]):
    """Why credit lets the order wait: a problem (RFC 9457) of an order that is kept all the same.

    The order goes on by itself once that is settled.
    """

    type = serializers.CharField(help_text="Always `urn:o2c:problem:credit_hold`.")
    title = serializers.CharField()
    status = serializers.IntegerField(help_text="409: the order is kept, and cannot go on yet.")
    detail = serializers.CharField(help_text="Why, and what to do: fit for people.")
    reason = serializers.CharField(help_text="The same as `detail`.")
    amount_to_pay = serializers.CharField(
        allow_null=True, help_text="Decimal, tax included. Null: it waits for no payment."
    )
    currency = serializers.CharField(help_text="ISO 4217.")
    invoices = UnpaidOut(many=True, help_text="Those to pay first, oldest due first; 50 at most.")
    pay_link = serializers.CharField(help_text="Where your people see what to pay, and how.")
    in_advance = InAdvanceOut(allow_null=True, help_text="Null: no pro forma asks for it.")


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
    credit_hold = CreditProblemOut(  # type: ignore[assignment]  # says more than the list
        allow_null=True, help_text="Null: credit is no obstacle."
    )
    ship_to = AddressOut()
    payment_terms = serializers.CharField(source="payment_terms.name")
    incoterm = serializers.CharField(help_text="Of the Incoterms 2020; empty: none is agreed.")
    freight_terms = serializers.ChoiceField(
        choices=FreightTerms.choices, help_text="`charged`: invoices ask for freight."
    )
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
