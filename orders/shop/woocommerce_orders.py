"""Orders as WooCommerce writes them (REST API v3, order resource, as in webhooks)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from orders.intake.documents import ReadLine, ReadOrder
from orders.shop.payload import Payload, amount_of, charges, number_of, order_in, rows_of, text_of

STEP = Decimal("0.0001")
# Of these nothing is to be delivered.
OVER = {"cancelled", "refunded", "failed", "trash"}
# Where plug-ins keep the buyer's own order number.
PO_KEYS = {"_po_number", "po_number", "_purchase_order_number", "purchase_order_number"}


def read_woocommerce(content: bytes) -> ReadOrder:
    """Read one order.

    Raises:
        Unreadable: it is no order of WooCommerce.
    """
    data = order_in(content)
    currency = text_of(data, "currency")
    items = rows_of(data, "line_items")
    order = ReadOrder(
        part=text_of(data, "id")[:100],
        customer="",
        po_number=(_po_number(data) or f"#{text_of(data, 'number') or text_of(data, 'id')}")[:60],
        purpose="cancellation" if text_of(data, "status") in OVER else "order",
        sender=text_of(data, "billing", "email")[:200],
        reference=text_of(data, "id"),
        total=sum((amount_of(item, "total") for item in items), Decimal(0)),
        currency=currency,
        note=text_of(data, "customer_note"),
        lines=[_line(number, item) for number, item in enumerate(items, 1)],
    )
    order.findings += charges(rows_of(data, "shipping_lines"), ("method_title", "total"), currency)
    order.findings += charges(rows_of(data, "fee_lines"), ("name", "total"), currency)
    order.columns = [_("Part"), _("Name"), _("Quantity"), _("Before discount"), _("Total")]
    order.rows = [(number, _cells(item)) for number, item in enumerate(items, 1)]
    return order


def company_of(data: Payload) -> str:
    """Return the buyer's company, by the bill's address first."""
    return text_of(data, "billing", "company") or text_of(data, "shipping", "company")


def _line(number: int, item: Payload) -> ReadLine:
    """Read a line; its `total` is after discounts and without tax whatever the shop shows."""
    quantity = number_of(item, "quantity")
    total = number_of(item, "total")
    has_price = bool(quantity) and total is not None
    return ReadLine(
        row=number,
        number=text_of(item, "id"),
        sku=text_of(item, "sku")[:40],
        description=text_of(item, "name")[:200],
        quantity=quantity,
        amount=total,
        unit_price=(total / quantity).quantize(STEP) if has_price else None,  # type: ignore[operator]
    )


def _po_number(data: Payload) -> str:
    found = [
        text_of(entry, "value")
        for entry in rows_of(data, "meta_data")
        if text_of(entry, "key") in PO_KEYS
    ]
    return next((value for value in found if value), "")


def _cells(item: Payload) -> list[str]:
    return [text_of(item, name) for name in ("sku", "name", "quantity", "subtotal", "total")]
