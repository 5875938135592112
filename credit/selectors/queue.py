"""The worklist of credit control: applications, and orders that wait for something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from credit.models import CreditApplication, CreditProposal, Hold, OrderRelease
from credit.policy import active_policy
from customers.models import Customer
from o2c.kernel.company import the_company
from o2c.kernel.models import Company
from o2c.kernel.working_days import add_working_time
from orders.models import Order

State = CreditApplication.State
# A worklist longer than this is worked from the top; the rest follows as it gets shorter.
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to decide: an application with the order that opened it, or a held order.

    Amounts include tax and are in the customer's currency. `score` is None for who has none yet.
    """

    number: str
    customer: Customer
    order: Order | None
    application: CreditApplication | None
    amount: Decimal
    reason: str
    answer_by: datetime
    subject: CreditApplication | Order
    score: int | None = None

    @property
    def is_decided(self) -> bool:
        return self.subject.state not in (*CreditApplication.WAITING, *Order.WAITING)

    @property
    def waits_for_documents(self) -> bool:
        return bool(self.subject.state == State.AWAITING_DOCUMENTS)


def waiting_cases(*, within: timedelta, company: Company) -> list[Case]:
    """Return what a person decides now, most urgent first: without what waits for others."""
    cases = [of_application(found) for found in oldest(waiting_applications())]
    longest = waiting_orders().select_related("customer__credit_account")
    longest = longest.order_by("submitted_at", "pk")[:LONGEST]
    cases += [of_order(order, within=within, company=company) for order in longest]
    return sorted(cases, key=lambda case: (case.answer_by, case.number))


def due_cases(before: datetime) -> dict[str, datetime]:
    """Return `{number: answer by}` of the cases that are to be answered before an instant."""
    within = timedelta(hours=active_policy().answer_within_hours)
    cases = waiting_cases(within=within, company=the_company())
    return {case.number: case.answer_by for case in cases if case.answer_by <= before}


def find_case(number: str) -> Case | None:
    """Return the case of an application (`CR-501`) or an order (`SO-10001`), decided or not."""
    found = applications_of(Q(number=number)).select_related(
        "customer__payment_terms", "order", "guideline", "customer__credit_account"
    )
    application = found.first()
    if application is not None:
        return of_application(application)
    orders = held_orders().select_related("customer__payment_terms", "customer__credit_account")
    order = orders.filter(number=number).exclude(state=Order.State.DRAFT).first()
    if order is None:
        return None
    within = timedelta(hours=active_policy().answer_within_hours)
    return of_order(order, within=within, company=the_company())


def applications_of(wanted: Q) -> "QuerySet[CreditApplication]":
    """Return applications with their customer, its account and order."""
    found = CreditApplication.objects.filter(wanted)
    return found.select_related("customer__credit_account", "order")


def oldest(applications: "QuerySet[CreditApplication]") -> "QuerySet[CreditApplication]":
    return applications.order_by("answer_by", "pk")[:LONGEST]


def held_orders() -> QuerySet[Order]:
    """Return orders with `held_since`: since when one of its holds stands, or its submission."""
    first = Hold.objects.filter(order=OuterRef("pk"), released_at=None).values("order")
    began = Subquery(
        first.annotate(began=Min("placed_at")).values("began"), output_field=DateTimeField()
    )
    return Order.objects.annotate(held_since=Coalesce(began, F("submitted_at"), F("created_at")))


def waiting_applications() -> "QuerySet[CreditApplication]":
    """Return applications that a person decides now, but for those that wait for a signature."""
    proposed = CreditProposal.objects.filter(application=OuterRef("pk"), status="open")
    return applications_of(Q(state=State.REFERRED)).exclude(Exists(proposed))


def waiting_orders() -> QuerySet[Order]:
    """Return orders that wait, but for those that wait for an application or a signature."""
    applied = CreditApplication.objects.waiting().filter(customer=OuterRef("customer"))
    proposed = CreditProposal.objects.filter(order=OuterRef("pk"), status="open")
    in_review = Q(state=Order.State.IN_REVIEW) & ~Exists(applied)
    orders = held_orders().filter(in_review | Q(state=Order.State.ON_HOLD))
    return orders.exclude(Exists(proposed))


def released_orders(since: datetime) -> QuerySet[Order]:
    """Return the orders that a person has let go on since an instant."""
    released = OrderRelease.objects.filter(order=OuterRef("pk"), released_at__gte=since)
    return held_orders().filter(Exists(released))


def of_application(application: CreditApplication) -> Case:
    return Case(
        number=application.number,
        customer=application.customer,
        order=application.order,
        application=application,
        amount=application.requested_amount,
        reason=application.reason,
        answer_by=application.answer_by,
        subject=application,
        score=_score_of(application.customer),
    )


def of_order(order: Order, *, within: timedelta, company: Company) -> Case:
    """Return the case of an order that `held_orders` has found."""
    zone = ZoneInfo(company.time_zone)
    held_since: datetime = order.held_since  # type: ignore[attr-defined]  # annotated
    return Case(
        number=order.number,
        customer=order.customer,
        order=order,
        application=None,
        amount=order.gross_amount,
        reason=order.hold_reason,
        answer_by=add_working_time(held_since, within, country=company.country, zone=zone),
        subject=order,
        score=_score_of(order.customer),
    )


def cases_of(orders: Sequence[Order], *, within: timedelta, company: Company) -> list[Case]:
    return [of_order(order, within=within, company=company) for order in orders]


def _score_of(customer: Customer) -> int | None:
    account = getattr(customer, "credit_account", None)
    return None if account is None else account.score
