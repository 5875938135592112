"""Orders as Shopify writes them (Admin API, REST order resource, as in webhooks)."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel.money import round_money
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.findings import Finding, block
from orders.shop.payload import Payload, amount_of, charges, number_of, order_in, rows_of, text_of

# What one unit may be priced at: four decimals, as in our own columns.
STEP = Decimal("0.0001")


def read_shopify(content: bytes) -> ReadOrder:
    """Read one order.

    Raises:
        Unreadable: it is no order of Shopify.
    """
    data = order_in(content)
    includes_tax = data.get("taxes_included") is True
    currency = text_of(data, "currency")
    items = rows_of(data, "line_items")
    order = ReadOrder(
        part=text_of(data, "id")[:100],
        customer="",
        po_number=(text_of(data, "po_number") or text_of(data, "name"))[:60],
        purpose="cancellation" if text_of(data, "cancelled_at") else "order",
        sender=(text_of(data, "email") or text_of(data, "customer", "email"))[:200],
        reference=text_of(data, "id"),
        total=sum((_net(item, includes_tax=includes_tax) for item in items), Decimal(0)),
        currency=currency,
        note=text_of(data, "note"),
        lines=[
            _line(number, item, currency, includes_tax=includes_tax)
            for number, item in enumerate(items, 1)
        ],
    )
    order.findings += charges(rows_of(data, "shipping_lines"), ("title", "price"), currency)
    order.findings += _tests(data)
    order.columns = [_("Part"), _("Name"), _("Quantity"), _("Price"), _("Discount")]
    order.rows = [(number, _cells(item)) for number, item in enumerate(items, 1)]
    return order


def company_of(data: Payload) -> str:
    """Return the buyer's company, by the bill's address first."""
    paths = (
        ("billing_address", "company"),
        ("customer", "default_address", "company"),
        ("shipping_address", "company"),
    )
    return next((found for path in paths if (found := text_of(data, *path))), "")


def _line(number: int, item: Payload, currency: str, *, includes_tax: bool) -> ReadLine:
    quantity = _quantity(item)
    return ReadLine(
        row=number,
        number=text_of(item, "id"),
        sku=text_of(item, "sku")[:40],
        description=text_of(item, "title")[:200] or text_of(item, "name")[:200],
        quantity=quantity,
        unit_price=_unit_price(item, currency, includes_tax=includes_tax) if quantity else None,
    )


def _quantity(item: Payload) -> Decimal | None:
    """Return what is still ordered: `current_quantity` counts what was removed by an edit."""
    current = number_of(item, "current_quantity")
    return number_of(item, "quantity") if current is None else current


def _unit_price(item: Payload, currency: str, *, includes_tax: bool) -> Decimal | None:
    """Return what one unit costs, after discounts and without tax."""
    ordered = number_of(item, "quantity")
    if not ordered or number_of(item, "price") is None:
        return None
    price = _net(item, includes_tax=includes_tax) / ordered
    # With tax inside a price is exact to the cent only.
    return round_money(price, currency) if includes_tax and currency else price.quantize(STEP)


def _net(item: Payload, *, includes_tax: bool) -> Decimal:
    ordered = number_of(item, "quantity") or Decimal(0)
    discounts = sum(
        (amount_of(row, "amount") for row in rows_of(item, "discount_allocations")), Decimal(0)
    )
    discounts = discounts or amount_of(item, "total_discount")
    tax = sum((amount_of(row, "price") for row in rows_of(item, "tax_lines")), Decimal(0))
    return amount_of(item, "price") * ordered - discounts - (tax if includes_tax else 0)


def _tests(data: Payload) -> list[Finding]:
    if data.get("test") is not True:
        return []
    return [block("test_order", "file", _("The shop calls this a test order."))]


def _cells(item: Payload) -> list[Any]:
    names = ("sku", "title", "quantity", "price", "total_discount")
    return [text_of(item, name) for name in names]
