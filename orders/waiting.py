"""What the buyer of an order that waits is told; the stage that lets it wait knows.

    @tells_waiting
    def hold_words(order: Order) -> Waiting | None: ...

Pages, the REST API and mails ask `waiting_of`, so that all of them say the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from orders.models import Order

TITLES: dict[str, Text] = {
    Order.State.ON_HOLD: _("The order waits"),
    Order.State.IN_REVIEW: _("The order is being checked"),
    Order.State.DECLINED: _("The order is not delivered on account"),
}


@dataclass(frozen=True, kw_only=True)
class Unpaid:
    """An invoice that is not paid; `open_amount` is what is still to be paid of it, with tax."""

    number: str
    due_on: date
    open_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class InAdvance:
    """A pro forma for an order: what to pay in advance, tax included, naming its `number`.

    `link` is a path of ours, where the customer gets the document.
    """

    number: str
    order_number: str
    amount: Decimal
    currency: str
    valid_until: date
    link: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Why an order waits, and what its buyer can do.

    `amount_to_pay`, tax included, lets it go on as things stand; None: paying is not what it
    waits for. `invoices` are those to pay first, oldest due first. `pay_link` is a path of ours.
    `in_advance`: the customer was asked to pay the order itself, which lets it go on too.
    """

    title: str
    reasons: Sequence[str]
    amount_to_pay: Decimal | None
    currency: str
    invoices: Sequence[Unpaid]
    pay_link: str
    in_advance: InAdvance | None = None

    @property
    def detail(self) -> str:
        return " ".join(self.reasons)


Teller = Callable[[Order], Waiting | None]
TELLERS: list[Teller] = []


def tells_waiting(teller: Teller) -> Teller:
    """Have a function asked about each order that waits or was declined."""
    TELLERS.append(teller)
    return teller


def waiting_of(order: Order) -> Waiting | None:
    """Return what the buyer is told; None when the order waits for nothing."""
    if order.state not in TITLES:
        return None
    told = (teller(order) for teller in TELLERS)
    return next((words for words in told if words is not None), None)
