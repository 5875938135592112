"""Orders that money may be kept for, and the money that is."""

from dataclasses import dataclass

from django.db.models import QuerySet

from collection.models import Receipt
from collection.selectors.receipts import names
from orders.models import Order
from receivables.models import OpenItem

MOST_ORDERS = 20
PAYABLE = (Order.State.ON_HOLD, Order.State.IN_REVIEW, Order.State.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Payable:
    """An order that waits for money or credit; `is_named`: the payer's text names it."""

    order: Order
    is_named: bool


def orders_to_pay(receipt: Receipt) -> list[Payable]:
    """Return the payer's orders that a payment in advance would let go, named ones first."""
    if receipt.customer_id is None or receipt.free <= 0 or receipt.reserved_for_id is not None:
        return []
    text = f"{receipt.reference} {receipt.payer_text}"
    waiting = Order.objects.filter(customer=receipt.customer_id, state__in=PAYABLE)
    found = waiting.order_by("-pk")[:MOST_ORDERS]
    listed = [Payable(order=order, is_named=names(text, order.number)) for order in found]
    return sorted(listed, key=lambda payable: not payable.is_named)


def open_items_of_order(order_id: int) -> "QuerySet[OpenItem]":
    """Return what the invoices of an order still owe, the first due first."""
    items = OpenItem.objects.filter(invoice__order=order_id, state=OpenItem.State.OPEN)
    return items.order_by("due_on", "pk")


def receipts_kept_for(order_id: int) -> list[int]:
    """Return the keys of receipts of which money is kept for an order, in their order."""
    kept = Receipt.objects.filter(reserved_for=order_id, reserved__gt=0).order_by("pk")
    return list(kept.values_list("pk", flat=True))
