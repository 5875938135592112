"""What pages ask about blanket orders."""

from decimal import Decimal

from django.db.models import DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from customers.models import Customer
from o2c.kernel.models import AuditEntry
from o2c.kernel.text import fold
from orders.models import BlanketLine, BlanketOrder, Order

PAGE = 50
MOST_FOUND = 200
MOST_CALLS = 20
HISTORY = 12
ZERO = Value(Decimal(0), output_field=DecimalField())


def blankets(
    *, state: str = "", text: str = "", before: int | None = None
) -> tuple[list[BlanketOrder], int | None]:
    """Return a page of blanket orders, newest first, and where the next page begins.

    Each has `agreed` and `called`, added up over its lines.
    """
    found = BlanketOrder.objects.select_related("customer", "owner").annotate(
        agreed=Coalesce(Sum("lines__agreed"), ZERO), called=Coalesce(Sum("lines__called"), ZERO)
    )
    if state in BlanketOrder.State.values:
        found = found.filter(state=state)
    if text:
        found = found.filter(_matching(text))
    if before is not None:
        found = found.filter(pk__lt=before)
    shown: list[BlanketOrder] = list(found.order_by("-pk")[: PAGE + 1])
    return shown[:PAGE], shown[PAGE - 1].pk if len(shown) > PAGE else None


def blanket_for_page(number: str) -> BlanketOrder:
    """Return one blanket order.

    Raises:
        BlanketOrder.DoesNotExist: no such number.
    """
    return BlanketOrder.objects.select_related("customer", "owner").get(number=number)


def lines_of_blanket(blanket: BlanketOrder) -> list[BlanketLine]:
    """Return the lines with what has been `shipped` of each, in one statement."""
    shipped = Coalesce(Sum("order_lines__shipped"), ZERO)
    lines = blanket.lines.select_related("product").annotate(shipped=shipped)
    return list(lines.order_by("position"))


def calls_of(blanket: BlanketOrder) -> QuerySet[Order]:
    """Return the latest orders that have called it off."""
    orders = Order.objects.filter(lines__blanket_line__blanket=blanket).distinct()
    return orders.order_by("-pk")[:MOST_CALLS]


def history_of(blanket: BlanketOrder) -> QuerySet[AuditEntry]:
    """Return the latest acts that concern it."""
    entries = AuditEntry.objects.filter(objects_touched__contains=[blanket.label])
    return entries.order_by("-pk")[:HISTORY]


def terms_of(blanket: BlanketOrder) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Return what is agreed, line by line: SKU, quantity, price, least per call-off."""
    lines = blanket.lines.order_by("position")
    return list(lines.values_list("product__sku", "agreed", "unit_price", "minimum_call_off"))


def _matching(text: str) -> Q:
    named = Q()
    for word in fold(text).split():
        named &= Q(folded_name__contains=word)
    customers = Customer.objects.filter(named).values_list("pk", flat=True)[:MOST_FOUND]
    return Q(number__startswith=text.strip().upper()) | Q(customer__in=list(customers))
