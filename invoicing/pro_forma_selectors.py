"""What others ask about pro forma invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit import services as credit
from credit.selectors.accounts import holds_that_stand
from customers.models import Contact, Customer
from customers.selectors import email_of
from invoicing.models import ProForma
from invoicing.selectors import matching
from o2c.kernel.requests import number_of
from orders.models import Order

PAGE_SIZE = 50
MOST_FOUND = 200
MOST_SHOWN = 20
VALID_FOR = timedelta(days=14)
State = ProForma.State
# What payment in advance lets go.
ASKABLE = (Order.State.IN_REVIEW, Order.State.ON_HOLD, Order.State.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of pro formas; `after` asks for the next one, if there is more."""

    rows: Sequence[ProForma]
    after: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What would be asked for an order now; amounts with tax, in the order's currency.

    `stopped`: why payment in advance would not let the order go, or nothing.
    """

    total: Decimal
    paid: Decimal
    amount: Decimal
    recipient: str
    valid_until: date
    stopped: str


def asking(order: Order, *, today: date) -> Asking:
    """Return what would be asked for an order on a day."""
    total, paid = credit.total_of(order), credit.prepaid_of(order)
    return Asking(
        total=total,
        paid=paid,
        amount=credit.missing_of(order),
        recipient=recipient_of(order.customer),
        valid_until=today + VALID_FOR,
        stopped=what_stops(order),
    )


def what_stops(order: Order) -> str:
    """Say why payment in advance would not let an order go, or nothing."""
    if order.state not in ASKABLE:
        return _("%(order)s does not wait for credit.") % {"order": order}
    for hold in holds_that_stand(order.customer_id):
        return _("%(customer)s is on hold, and money in advance does not end that: %(reason)s") % {
            "customer": order.customer,
            "reason": hold.reason,
        }
    return ""


def may_be_asked(order: Order, found: Sequence[ProForma], *, today: date) -> bool:
    """Say whether an order waits for credit and none of its pro formas is still valid."""
    is_asked = any(row.state == State.ISSUED and row.valid_until >= today for row in found)
    return order.state in ASKABLE and not is_asked


def recipient_of(customer: Customer) -> str:
    """Return whom pro formas are mailed to: payables, the buyer, the customer; or nobody."""
    return email_of(customer, Contact.Role.PAYABLES, Contact.Role.BUYER)


def late(as_of: date) -> QuerySet[ProForma]:
    """Return what waits for payment though its last day was before `as_of`."""
    return ProForma.objects.filter(state=State.ISSUED, valid_until__lt=as_of)


def pro_forma_list(*, text: str = "", state: str = "", after: str = "") -> Listing:
    """Return a page of pro formas, newest first, with customer and order.

    `text` is the beginning of its number or its order's, or words of the customer's name;
    `after` is the key of the last one seen.
    """
    found = ProForma.objects.select_related("customer", "order")
    found = found.filter(matching(text)) if text.strip() else found
    if state:
        found = found.filter(state=state)
    if (seen := number_of(after)) is not None:
        found = found.filter(pk__lt=seen)
    rows = list(found.order_by("-pk")[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    return Listing(rows=rows[:PAGE_SIZE], after=str(rows[PAGE_SIZE - 1].pk) if more else "")


def open_count() -> int:
    return ProForma.objects.filter(state=State.ISSUED).count()


def pro_forma_for_page(number: str) -> ProForma:
    """Return one pro forma with what its page shows.

    Raises:
        ProForma.DoesNotExist: no such number.
    """
    return ProForma.objects.select_related("customer", "order", "company", "pdf").get(number=number)


def pro_formas_of(order_id: int) -> QuerySet[ProForma]:
    """Return an order's pro formas, the newest first."""
    return ProForma.objects.filter(order=order_id).order_by("-pk")[:MOST_SHOWN]


def open_of_customer(customer_id: int) -> QuerySet[ProForma]:
    """Return what a customer is asked to pay in advance, the oldest first."""
    found = ProForma.objects.filter(customer=customer_id, state=State.ISSUED)
    return found.select_related("order").order_by("pk")[:MOST_SHOWN]


def own_pro_forma(customer: Customer, number: str) -> ProForma:
    """Return one of a customer's own pro formas.

    Raises:
        ProForma.DoesNotExist: no such number, or somebody else's.
    """
    own = ProForma.objects.filter(customer=customer).select_related("company", "pdf")
    return own.get(number=number)
