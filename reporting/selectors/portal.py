"""What a customer sees of their own orders, deliveries and invoices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from customers.models import Customer
from invoicing.models import Invoice
from o2c.kernel.money import ZERO
from orders.models import Order
from orders.portal.arrivals import with_arrival
from receivables.models import OpenItem
from reporting.selectors.facts import Facts, facts_of
from shipping.models import ReturnLine, Shipment, ShipmentLine

State = Order.State
MOST_ORDERS = 20
MOST_ITEMS = 50
LATELY = timedelta(days=14)
SHOWN = (*Order.WAITING, State.RELEASED, State.FULFILLING, State.SHIPPED, State.DELIVERED)
BILLED = (State.INVOICED, State.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What a customer owes in one currency."""

    currency: str
    overdue: Decimal
    soon: Decimal
    later: Decimal

    @property
    def total(self) -> Decimal:
        return self.overdue + self.soon + self.later


def is_going_on() -> Q:
    """Say what an order must be to be shown as open: billed or paid, it is so until it is there."""
    lines = ShipmentLine.objects.filter(order=OuterRef("pk"))
    on_the_way = lines.filter(shipment__state__in=Shipment.ON_THE_WAY)
    return Q(state__in=SHOWN) | Q(state__in=BILLED) & Q(Exists(on_the_way))


def open_orders(customer: Customer) -> list[tuple[Order, Facts]]:
    """Return what is on its way, newest first, in two statements."""
    orders = Order.objects.filter(is_going_on(), customer=customer)
    found = list(with_arrival(orders).order_by("-pk")[:MOST_ORDERS])
    facts = facts_of([order.pk for order in found])
    return [(order, facts[order.pk]) for order in found]


def past_orders(customer: Customer) -> list[Order]:
    """Return the latest orders of which nothing is ahead but the payment."""
    over = Order.objects.filter(~is_going_on(), customer=customer).exclude(state=State.DRAFT)
    return list(with_arrival(over).order_by("-pk")[:10])


def deliveries(customer: Customer, *, today: date) -> list[Shipment]:
    """Return shipments that are on their way or have ended lately, newest first."""
    shipments = Shipment.objects.filter(customer=customer, state__in=Shipment.GONE)
    returned = ReturnLine.objects.filter(
        shipment_line__shipment=OuterRef("pk"), of__announced_at__date__gte=today - LATELY
    )
    lately = shipments.filter(~Q(state__in=Shipment.OVER) | Exists(returned))
    lately = lately.exclude(delivered_at__date__lt=today - LATELY)
    return list(lately.select_related("carrier", "ship_to").order_by("-pk")[:10])


def open_items(customer: Customer) -> list[OpenItem]:
    """Return unpaid invoices, the oldest due first."""
    items = OpenItem.objects.filter(customer=customer, state=OpenItem.State.OPEN)
    return list(items.select_related("invoice").order_by("due_on", "pk")[:MOST_ITEMS])


def balances(items: Iterable[OpenItem], *, today: date) -> list[Balance]:
    """Add up open items by currency: overdue, due within a week, later."""
    sums: dict[str, list[Decimal]] = {}
    for item in items:
        parts = sums.setdefault(item.currency, [ZERO, ZERO, ZERO])
        parts[_when(item.due_on, today)] += item.balance
    return [
        Balance(currency=currency, overdue=overdue, soon=soon, later=later)
        for currency, (overdue, soon, later) in sorted(sums.items())
    ]


def own_order(customer: Customer, number: str) -> Order:
    """Return a customer's order by its number; drafts are ours alone.

    Raises:
        Order.DoesNotExist: no such order of this customer.
    """
    orders = Order.objects.filter(customer=customer).exclude(state=State.DRAFT)
    return orders.get(number=number)


def own_invoice(customer: Customer, number: str) -> Invoice:
    """Return a customer's invoice by its number.

    Raises:
        Invoice.DoesNotExist: no such invoice of this customer.
    """
    return Invoice.objects.get(customer=customer, number=number)


def _when(due_on: date, today: date) -> int:
    if due_on < today:
        return 0
    return 1 if due_on <= today + timedelta(days=7) else 2
