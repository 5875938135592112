"""What an order will ask to be paid, and when, as things stand today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from customers import terms
from customers.models import Customer
from orders.models import Order, OrderLine
from orders.selectors import gross_of


@dataclass(frozen=True, kw_only=True)
class Part:
    """One amount that is due on a day, tax included; `number` counts from 1."""

    number: int
    due_on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class EarlyPayment:
    """Who pays all of it by `until` may take `amount` off; `rate` is a fraction."""

    until: date
    rate: Decimal
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentPlan:
    """What an invoice of `billed_on` would ask for."""

    billed_on: date
    instalments: Sequence[Part]
    discounts: Sequence[EarlyPayment]


def plan_of(order: Order, lines: Iterable[OrderLine], *, today: date, country: str) -> PaymentPlan:
    """Return when what is left to bill of an order is due by its terms, if it is billed at once:
    today when it is paid before goods leave, else when the last of the goods are expected.

    `country` is where the company works: its holidays move due dates.
    """
    held = {line.pk: line for line in lines}
    billed_on = _billed_on(order, held.values(), today=today)
    agreed = order.payment_terms.agreed
    what: dict[str, Any] = {
        "gross": gross_of(order, held, {key: _left(line) for key, line in held.items()}),
        "issued_on": billed_on,
        "currency": order.currency,
        "country": country,
    }
    dues = [(due.due_on, due.amount) for due in terms.schedule(agreed, **what) if due.amount]
    return PaymentPlan(
        billed_on=billed_on,
        instalments=parts(dues, order.currency),
        discounts=early(terms.offers(agreed, **what), order.currency),
    )


def parts(dues: Iterable[tuple[date, Decimal]], currency: str) -> list[Part]:
    """Number the (due date, amount) of each instalment."""
    return [
        Part(number=number, due_on=due_on, amount=amount, currency=currency)
        for number, (due_on, amount) in enumerate(dues, start=1)
    ]


def early(offers: Iterable[terms.Offer], currency: str) -> list[EarlyPayment]:
    """Return early-payment discounts with their currency."""
    return [
        EarlyPayment(until=offer.until, rate=offer.rate, amount=offer.amount, currency=currency)
        for offer in offers
    ]


def _billed_on(order: Order, lines: Iterable[OrderLine], *, today: date) -> date:
    if order.customer.billing_trigger == Customer.BillingTrigger.ORDER:
        return today
    days = [
        line.expected_on or line.promised_on or line.requested_on
        for line in lines
        if _left(line) > 0
    ]
    return max([today, *days])


def _left(line: OrderLine) -> Decimal:
    return line.ordered - line.cancelled - line.invoiced
