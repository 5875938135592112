"""The views of the queue, and what its header says about the work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.html import strip_tags
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from credit.models import CreditAccount, CreditProposal
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
    waiting_cases,
)
from o2c.kernel.models import Company
from o2c.kernel.money import ZERO
from o2c.kernel.ui.dates import daytime, duration

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
    instant. Always the same statements.
    """
    within = timedelta(hours=policy.answer_within_hours)
    waiting = waiting_cases(within=within, company=company)
    documents = [of_application(a) for a in oldest(applications_of(Q(state=AWAITING)))]
    applications = applications_of(Q(decided_at__gte=since)).order_by("-decided_at", "-pk")
    decided = [of_application(found) for found in applications[:LONGEST]]
    decided += cases_of(list(released_orders(since)), within=within, company=company)
    proposals = list(open_proposals())
    reviews = list(reviews_due(localdate(now))[:LONGEST])
    cases = {"documents": documents, "decided": decided, "waiting": waiting}.get(view, [])
    warn = timedelta(minutes=policy.warn_before_minutes)
    return Worklist(
        view=view,
        rows=[_row(case, now=now, warn=warn) for case in cases],
        proposals=proposals if view == "second" else [],
        reviews=reviews if view == "reviews" else [],
        counts={
            "waiting": len(waiting),
            "second": len(proposals),
            "documents": len(documents),
            "reviews": len(reviews),
            "decided": len(decided),
        },
        amounts=_amounts(waiting),
        figures=figures(now),
    )


AWAITING = State.AWAITING_DOCUMENTS


def open_proposals() -> QuerySet[CreditProposal]:
    """Return what waits for a second signature, oldest first."""
    waiting = CreditProposal.objects.filter(status=CreditProposal.Status.OPEN)
    found = waiting.select_related("customer", "application", "order", "proposed_by")
    return found.order_by("proposed_at", "pk")[:LONGEST]


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


def _amounts(cases: Sequence[Case]) -> list[tuple[Decimal, str]]:
    """Return what waits, by currency, most first."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for case in cases:
        sums[case.customer.currency] += case.amount
    return sorted(((total, currency) for currency, total in sums.items()), reverse=True)
