"""How invoices look to a customer's system."""

from typing import Any

from rest_framework import serializers

from invoicing.models import Invoice, InvoiceCharge
from o2c.kernel.representations import MoneyField, PageQuery, QuantityField
from orders.payment_plan_api import EarlyPaymentOut, InstalmentOut

# Others have no number and are ours alone.
SHOWN_STATES = [
    choice
    for choice in Invoice.State.choices
    if choice[0] in (Invoice.State.ISSUED, Invoice.State.REPLACED, Invoice.State.CREDITED)
]


class InvoiceLineOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    sku = serializers.CharField()
    description = serializers.CharField()
    quantity = QuantityField()
    unit = serializers.CharField()
    unit_price = MoneyField("unit_price", currency="invoice.currency")
    net = MoneyField("net_amount", currency="invoice.currency")
    tax_category = serializers.CharField(help_text="EN 16931: S, Z, E, AE, K, G, O.")
    tax_rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")


class InvoiceChargeOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=InvoiceCharge.Kind.choices)
    description = serializers.CharField()
    net = MoneyField("net_amount", currency="invoice.currency")
    tax_category = serializers.CharField(help_text="EN 16931: S, Z, E, AE, K, G, O.")
    tax_rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")


class InvoiceTaxOut(serializers.Serializer[Any]):
    category = serializers.CharField()
    rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")
    base = MoneyField("base_amount", currency="invoice.currency")
    tax = MoneyField("tax_amount", currency="invoice.currency")


class InvoiceSummaryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=Invoice.Kind.choices,
        help_text="Amounts of a `credit_memo` are positive, and in your favour.",
    )
    original = serializers.CharField(
        source="original.public_id",
        default=None,
        allow_null=True,
        help_text="Of a credit memo: id of the invoice that it lowers.",
    )
    reason = serializers.ChoiceField(
        choices=Invoice.Reason.choices, allow_blank=True, help_text="Of a credit memo: why."
    )
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    order = serializers.CharField(source="order.public_id")
    shipment = serializers.CharField(source="shipment.public_id")
    customer_po = serializers.CharField()
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    terms = serializers.CharField()
    net = MoneyField("net_amount")
    tax = MoneyField("tax_amount")
    gross = MoneyField("gross_amount")


class InvoiceOut(InvoiceSummaryOut):
    """An invoice; without instalments of its terms all of it is due at once, as one."""

    bill_to = serializers.CharField()
    ship_to = serializers.CharField()
    instalments = InstalmentOut(many=True, source="parts")
    discounts = EarlyPaymentOut(many=True, source="early_payments")
    lines = InvoiceLineOut(many=True)
    charges = InvoiceChargeOut(
        many=True, source="shown_charges", help_text="Besides the lines: freight, part of `net`."
    )
    taxes = InvoiceTaxOut(many=True)


class InvoiceQuery(PageQuery):
    order = serializers.CharField(max_length=40, required=False, help_text="Id of an order.")
    shipment = serializers.CharField(max_length=40, required=False, help_text="Id of a shipment.")
    original = serializers.CharField(
        max_length=40, required=False, help_text="Id of the invoice that credit memos lower."
    )
    kind = serializers.ChoiceField(choices=Invoice.Kind.choices, required=False)
