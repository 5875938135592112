"""Orders that money may be kept for, and the money that is."""

import re
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from collection.models import Receipt
from collection.selectors.receipts import names, spells
from invoicing.models import ProForma
from invoicing.pro_forma_selectors import open_of_customer
from orders.models import Order
from receivables.models import OpenItem

MOST_ORDERS = 20
PRO_FORMA = re.compile(r"(?<!\w)pf\W*\d", re.IGNORECASE)
PAYABLE = (Order.State.ON_HOLD, Order.State.IN_REVIEW, Order.State.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Payable:
    """An order that waits for money or credit; `is_named`: the payer's text names it, or a pro
    forma of its own.
    """

    order: Order
    is_named: bool


def orders_to_pay(receipt: Receipt) -> list[Payable]:
    """Return the payer's orders that a payment in advance would let go, named ones first."""
    if receipt.customer_id is None or receipt.free <= 0 or receipt.reserved_for_id is not None:
        return []
    text = f"{receipt.reference} {receipt.payer_text}"
    waiting = Order.objects.filter(customer=receipt.customer_id, state__in=PAYABLE)
    asked = Prefetch("pro_formas", ProForma.objects.order_by("pk"))
    found = waiting.prefetch_related(asked).order_by("-pk")[:MOST_ORDERS]
    listed = [Payable(order=order, is_named=_is_named(order, text)) for order in found]
    return sorted(listed, key=lambda payable: not payable.is_named)


def named_pro_forma(customer_id: int | None, text: str) -> ProForma | None:
    """Return the customer's pro forma that waits for payment and that a payer's text names.

    One statement, and none where the text names no pro forma at all.
    """
    if customer_id is None or not PRO_FORMA.search(text):
        return None
    asked = open_of_customer(customer_id)
    return next((one for one in asked if spells(text, one.number)), None)


def _is_named(order: Order, text: str) -> bool:
    asked = (pro_forma.number for pro_forma in order.pro_formas.all())
    return names(text, order.number) or any(spells(text, number) for number in asked)


def open_items_of_order(order_id: int) -> "QuerySet[OpenItem]":
    """Return what the invoices of an order still owe, the first due first."""
    items = OpenItem.objects.filter(invoice__order=order_id, state=OpenItem.State.OPEN)
    return items.order_by("due_on", "pk")


def receipts_kept_for(order_id: int) -> list[int]:
    """Return the keys of receipts of which money is kept for an order, in their order."""
    kept = Receipt.objects.filter(reserved_for=order_id, reserved__gt=0).order_by("pk")
    return list(kept.values_list("pk", flat=True))
