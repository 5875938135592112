"""The worklist of credit control: applications, and orders that wait for something else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from credit.models import CreditApplication
from customers.models import Customer
from orders.models import Order

State = CreditApplication.State
# A worklist longer than this is worked from the top; the rest follows as it gets shorter.
LONGEST = 200
# Orders on hold are looked at within this time of being submitted.
LOOK_WITHIN = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to decide: an application with the order that opened it, or a held order."""

    number: str
    customer: Customer
    order: Order | None
    application: CreditApplication | None
    amount: Decimal
    reason: str
    answer_by: datetime
    subject: CreditApplication | Order

    @property
    def is_decided(self) -> bool:
        return self.subject.state not in (*CreditApplication.WAITING, *Order.WAITING)

    @property
    def waits_for_documents(self) -> bool:
        return bool(self.subject.state == State.AWAITING_DOCUMENTS)


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """The cases of one view, most urgent first, and how many each view has."""

    cases: list[Case]
    waiting: int
    documents: int
    decided: int


def worklist(view: str, *, since: datetime) -> Worklist:
    """Return the cases of a view: `waiting`, `documents`, or `decided` since an instant."""
    applications = CreditApplication.objects.select_related("customer", "order")
    asked = applications.filter(state=State.AWAITING_DOCUMENTS)
    decided = applications.filter(decided_at__gte=since)
    referred = [_of_application(a) for a in _oldest(applications.filter(state=State.REFERRED))]
    held = [_of_order(order) for order in _waiting_orders()]
    waiting = sorted([*referred, *held], key=lambda case: (case.answer_by, case.number))
    documents = [_of_application(a) for a in _oldest(asked)]
    answered = [_of_application(a) for a in decided.order_by("-decided_at", "-pk")[:LONGEST]]
    views = {"documents": documents, "decided": answered}
    return Worklist(
        cases=views.get(view, waiting),
        waiting=len(waiting),
        documents=len(documents),
        decided=len(answered),
    )


def find_case(number: str) -> Case | None:
    """Return the case of an application (`CR-501`) or an order (`SO-10001`), decided or not."""
    applications = CreditApplication.objects.select_related(
        "customer__payment_terms", "order", "guideline"
    )
    application = applications.filter(number=number).first()
    if application is not None:
        return _of_application(application)
    orders = Order.objects.select_related("customer__payment_terms")
    order = orders.filter(number=number).exclude(state=Order.State.DRAFT).first()
    return None if order is None else _of_order(order)


def _oldest(applications: "QuerySet[CreditApplication]") -> "QuerySet[CreditApplication]":
    return applications.order_by("answer_by", "pk")[:LONGEST]


def _waiting_orders() -> QuerySet[Order]:
    """Return orders that wait, but for those that wait for an application."""
    applied = CreditApplication.objects.waiting().filter(customer=OuterRef("customer"))
    in_review = Order.objects.filter(state=Order.State.IN_REVIEW).exclude(Exists(applied))
    on_hold = Order.objects.filter(state=Order.State.ON_HOLD)
    orders = (in_review | on_hold).select_related("customer")
    return orders.order_by("submitted_at", "pk")[:LONGEST]


def _of_application(application: CreditApplication) -> Case:
    return Case(
        number=application.number,
        customer=application.customer,
        order=application.order,
        application=application,
        amount=application.requested_amount,
        reason=application.reason,
        answer_by=application.answer_by,
        subject=application,
    )


def _of_order(order: Order) -> Case:
    return Case(
        number=order.number,
        customer=order.customer,
        order=order,
        application=None,
        amount=order.gross_amount,
        reason=order.hold_reason,
        answer_by=(order.submitted_at or order.created_at) + LOOK_WITHIN,
        subject=order,
    )
