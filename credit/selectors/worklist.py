"""The views of the queue, and what its header says about the work."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.utils.html import strip_tags
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from credit.models import CreditAccount, CreditApplication, CreditProposal
from credit.policy import Policy
from credit.selectors.accounts import SOON
from credit.selectors.queue import (
    LONGEST,
    Case,
    State,
    applications_of,
    cases_of,
    of_application,
    oldest,
    released_orders,
    waiting_applications,
    waiting_cases,
    waiting_orders,
)
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.ui.dates import daytime, duration

VIEWS = ("waiting", "second", "documents", "reviews", "decided")
LATELY = timedelta(days=30)
# Of the latest checks, so that it takes no longer as they grow.
LATEST_CHECKS = 2000
FIGURES = """
    SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY decided_at - opened_at)
              FROM credit_creditapplication
             WHERE decided_at >= %(since)s AND decided_at > opened_at),
           (SELECT avg((outcome = 'allow')::int)
              FROM (SELECT DISTINCT ON (order_id) order_id, outcome
                      FROM (SELECT id, order_id, outcome FROM credit_creditcheck
                             ORDER BY id DESC LIMIT %(latest)s) AS latest
                     ORDER BY order_id, id) AS first)
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the list: a case with how it stands against the clock."""

    case: Case
    tone: str
    age: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How the work goes: the median time of decisions by people in the last 30 days, and which
    part (0 to 1) of the latest orders passed without a person. None: there were none.
    """

    median: timedelta | None
    passed: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Worklist:
    """One view of the queue, most urgent first, and how many each view has."""

    view: str
    rows: Sequence[Row]
    proposals: Sequence[CreditProposal]
    reviews: Sequence[CreditAccount]
    counts: dict[str, int]
    amounts: Sequence[tuple[Decimal, str]]
    figures: Figures


def worklist(
    view: str, *, now: datetime, since: datetime, policy: Policy, company: Company
) -> Worklist:
    """Return a view of the queue: `waiting`, `second` for what waits for a second signature,
    `documents`, `reviews` for limits that end or are to be looked at, or `decided` since an
    instant. The counts of all views
    take one statement.
    """
    within = timedelta(hours=policy.answer_within_hours)
    today, warn = localdate(now), timedelta(minutes=policy.warn_before_minutes)
    lists: dict[str, Callable[[], list[Case]]] = {
        "waiting": lambda: waiting_cases(within=within, company=company),
        "documents": lambda: [of_application(found) for found in oldest(awaiting_documents())],
        "decided": lambda: _decided(since, within=within, company=company),
    }
    cases = lists[view]() if view in lists else []
    sums = _sums(since, today=today)
    return Worklist(
        view=view,
        rows=[_row(case, now=now, warn=warn) for case in cases],
        proposals=list(open_proposals()[:LONGEST]) if view == "second" else [],
        reviews=list(reviews_due(today)[:LONGEST]) if view == "reviews" else [],
        counts={name: sum(part.cases for part in parts) for name, parts in sums.items()},
        amounts=_amounts(sums["waiting"]),
        figures=figures(now),
    )


AWAITING = State.AWAITING_DOCUMENTS


def open_proposals() -> QuerySet[CreditProposal]:
    """Return what waits for a second signature, oldest first."""
    waiting = CreditProposal.objects.filter(status=CreditProposal.Status.OPEN)
    found = waiting.select_related("customer", "application", "order", "proposed_by")
    return found.order_by("proposed_at", "pk")


def awaiting_documents() -> QuerySet[CreditApplication]:
    return applications_of(Q(state=AWAITING))


def decided_applications(since: datetime) -> QuerySet[CreditApplication]:
    return applications_of(Q(decided_at__gte=since))


def _decided(since: datetime, *, within: timedelta, company: Company) -> list[Case]:
    applications = decided_applications(since).order_by("-decided_at", "-pk")[:LONGEST]
    orders = released_orders(since).select_related("customer__credit_account")
    released = list(orders.order_by("-pk")[:LONGEST])
    decided = [of_application(found) for found in applications]
    return decided + cases_of(released, within=within, company=company)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a view has in one currency: how many cases, and what they come to with tax."""

    currency: str
    cases: int
    amount: Decimal


def _sums(since: datetime, *, today: date) -> dict[str, list[Part]]:
    """Count what each view has, all of it, in one statement."""
    mine = "customer__currency"
    parts = [
        _sum("waiting", waiting_applications(), "requested_amount", mine),
        _sum("waiting", waiting_orders(), "gross_amount", mine),
        _sum("second", open_proposals(), "amount", mine),
        _sum("documents", awaiting_documents(), "requested_amount", mine),
        _sum("reviews", reviews_due(today), "limit", "currency"),
        _sum("decided", decided_applications(since), "requested_amount", mine),
        _sum("decided", released_orders(since), "gross_amount", mine),
    ]
    found: dict[str, list[Part]] = {view: [] for view in VIEWS}
    for view, currency, cases, amount in parts[0].union(*parts[1:], all=True):
        found[view].append(Part(currency=currency, cases=cases, amount=amount))
    return found


def _sum(view: str, cases: "QuerySet[Any]", amount: str, currency: str) -> "QuerySet[Any, Any]":
    named = cases.order_by().annotate(in_view=Value(view), in_currency=F(currency))
    groups: QuerySet[Any, Any] = named.values("in_view", "in_currency")
    groups = groups.annotate(cases=Count("pk"), money=Sum(amount))
    return groups.values_list("in_view", "in_currency", "cases", "money")


def reviews_due(today: date) -> QuerySet[CreditAccount]:
    """Return the accounts whose approval ends soon or has ended, or that are to be looked at."""
    ends = Q(latest_decision__valid_until__lte=today + SOON)
    due = Q(latest_decision__next_review_on__lte=today)
    accounts = CreditAccount.objects.filter(ends | due).select_related(
        "customer", "latest_decision"
    )
    return accounts.order_by("latest_decision__valid_until", "pk")


def figures(now: datetime) -> Figures:
    """Return how the work goes, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"since": now - LATELY, "latest": LATEST_CHECKS})
        median, passed = cursor.fetchone()
    return Figures(median=median, passed=passed)


def ageing(case: Case, *, now: datetime, warn: timedelta) -> tuple[str, str]:
    """Return tone and words of what is left until a case is to be answered."""
    left = case.answer_by - now
    if left < timedelta(0):
        return "bad", _("%(time)s late") % {"time": duration(-left)}
    if left <= warn:
        return "warn", _("%(time)s left") % {"time": duration(left)}
    if localdate(case.answer_by) == localdate(now):
        return "", _("%(time)s left") % {"time": duration(left)}
    return "", _("by %(when)s") % {"when": strip_tags(daytime(case.answer_by))}


def _row(case: Case, *, now: datetime, warn: timedelta) -> Row:
    tone, age = ageing(case, now=now, warn=warn)
    return Row(case=case, tone=tone, age=age)


def _amounts(parts: Sequence[Part]) -> list[tuple[Decimal, str]]:
    """Return what waits, by currency, most first."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        sums[part.currency] += part.amount
    return sorted(((total, currency) for currency, total in sums.items()), reverse=True)
