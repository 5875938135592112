"""What others ask about orders."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F

from catalog.models import TaxCategory
from catalog.tax_rates import certificate_of
from customers.models import Customer
from o2c.kernel.models import AuditEntry
from o2c.kernel.money import Taxable, Totals, round_money, totals
from orders.models import BlanketLine, BlanketOrder, Order, OrderLine


def today_of(customer: Customer, at: datetime) -> date:
    """Return the customer's calendar day: the one that their wishes are measured by."""
    return at.astimezone(ZoneInfo(customer.time_zone)).date()


def totals_of(lines: Iterable[OrderLine], currency: str) -> Totals:
    """Add up lines as they were ordered, taxed per rate."""
    return totals(
        (
            Taxable(net_amount=line.net_amount, category=line.tax_category, rate=line.tax_rate)
            for line in lines
        ),
        currency,
    )


def gross_of(
    order: Order, lines: Mapping[int, OrderLine], quantities: Mapping[int, Decimal]
) -> Decimal:
    """Return what these quantities cost, tax included, in the order's currency.

    Tax is rounded once per rate, as on the invoice of the same quantities.
    """
    taxables = (
        Taxable(
            net_amount=round_money(lines[line_id].unit_price * quantity, order.currency),
            category=lines[line_id].tax_category,
            rate=lines[line_id].tax_rate,
        )
        for line_id, quantity in quantities.items()
        if quantity
    )
    return totals(taxables, order.currency).gross_amount


def open_gross(order: Order, lines: Mapping[int, OrderLine]) -> Decimal:
    """Return what is neither shipped nor cancelled, tax included, in the order's currency."""
    return gross_of(order, lines, {pk: line.open_quantity for pk, line in lines.items()})


def po_twin(*, customer_id: int, customer_po: str, order_id: int = 0) -> str:
    """Return the number of another order of the customer with this PO number, or nothing."""
    if not customer_po:
        return ""
    unused = [Order.State.DRAFT, Order.State.CANCELLED, Order.State.DECLINED]
    twins = Order.objects.filter(customer=customer_id, customer_po=customer_po)
    numbers = twins.exclude(state__in=unused).exclude(pk=order_id).order_by("pk")
    return numbers.values_list("number", flat=True).first() or ""


def tax_certificate_of(order: Order, categories: Iterable[str]) -> str:
    """Return the number of the certificate by which an order was exempted from tax, or nothing.

    `categories` are those of its lines; only an exempt one costs a statement. Certificates are
    never changed, so the answer for the day of the order stays the same.
    """
    if TaxCategory.EXEMPT not in categories:
        return ""
    ordered_on = today_of(order.customer, order.submitted_at or order.created_at)
    return certificate_of(order.customer_id, order.ship_to, on=ordered_on)


def last_change(order: Order) -> AuditEntry | None:
    """Return the latest audit entry that concerns the order."""
    entries = AuditEntry.objects.filter(objects_touched__contains=[order.label])
    return entries.order_by("-pk").first()


def order_for_entry(number: str) -> Order | None:
    """Return an order with its customer, for the entry screen."""
    orders = Order.objects.select_related("customer__payment_terms")
    return orders.filter(number=number).first()


def skus_of(order: Order) -> list[tuple[str, Decimal]]:
    """Return what is ordered, line by line: SKU and quantity."""
    lines = order.lines.order_by("position", "pk")
    return list(lines.values_list("product__sku", "ordered"))


def last_lines(customer_id: int) -> list[tuple[str, Decimal]]:
    """Return the lines of the customer's latest order, for ordering the same again."""
    orders = Order.objects.filter(customer=customer_id).exclude(state=Order.State.DRAFT)
    latest = orders.order_by("-pk").first()
    return skus_of(latest) if latest else []


def blanket_line_for(customer_id: int, product_id: int, on: date) -> BlanketLine | None:
    """Return what a customer can call off of a product on a day: of several, what ends first."""
    lines = BlanketLine.objects.filter(
        product=product_id,
        called__lt=F("agreed"),
        blanket__customer=customer_id,
        blanket__state=BlanketOrder.State.ACTIVE,
        blanket__valid_from__lte=on,
        blanket__valid_until__gte=on,
    )
    return lines.select_related("blanket").order_by("blanket__valid_until", "pk").first()
