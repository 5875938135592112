"""What somebody looks at before deciding a case: score, history, papers, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from credit.models import (
    BureauReport,
    CaseComment,
    CreditDocument,
    CreditProposal,
    CreditScore,
)
from credit.policy import active_policy
from credit.second_signature import Kind, Wish, decided_lately
from credit.selectors.queue import Case
from credit.tellings import signers
from o2c.kernel.actors import Actor
from o2c.kernel.models import User
from o2c.kernel.money import ZERO, round_money


@dataclass(frozen=True, kw_only=True)
class Scored:
    """The latest score of an account with its reasons, and the one before it."""

    latest: CreditScore
    before: CreditScore | None

    @property
    def reasons(self) -> list[dict[str, Any]]:
        reasons: list[dict[str, Any]] = self.latest.reasons
        return reasons


@dataclass(frozen=True, kw_only=True)
class Signing:
    """From which amount on, in the customer's currency, who signs second; `left` is what this
    person may still decide alone for the customer.
    """

    threshold: Decimal
    left: Decimal
    signers: Sequence[User]
    is_needed: bool


def score_of(customer_id: int) -> Scored | None:
    """Return the latest score and the one before; None: nobody has scored the customer yet."""
    scores = list(CreditScore.objects.filter(account=customer_id).order_by("-scored_on", "-pk")[:2])
    if not scores:
        return None
    return Scored(latest=scores[0], before=scores[1] if len(scores) > 1 else None)


def scores_of(customer_id: int) -> list[CreditScore]:
    """Return the latest scores, oldest first."""
    scores = CreditScore.objects.filter(account=customer_id).order_by("-scored_on", "-pk")[:60]
    return list(scores)[::-1]


def limit_proposal_of(customer_id: int) -> CreditProposal | None:
    """Return the limit that waits for a second signature."""
    waiting = CreditProposal.objects.filter(
        customer=customer_id, kind=Kind.LIMIT, status=CreditProposal.Status.OPEN
    )
    return waiting.select_related("proposed_by").first()


def documents_of(case: Case) -> list[CreditDocument]:
    if case.application is None:
        return []
    documents = CreditDocument.objects.filter(application=case.application)
    return list(documents.select_related("file").order_by("uploaded_at", "pk"))


def comments_of(case: Case) -> list[CaseComment]:
    """Return what was said about the application and about its order, oldest first."""
    order_id = case.order.pk if case.order else None
    about = Q(application=case.application.pk) if case.application else Q()
    found = CaseComment.objects.filter(about | Q(order=order_id) if order_id else about)
    return list(found.order_by("pk")[:100])


def proposals_of(case: Case) -> list[CreditProposal]:
    """Return what was proposed about the case, newest first."""
    about = Q(application=case.application.pk) if case.application else Q(order=case.subject.pk)
    found = CreditProposal.objects.filter(about).select_related("proposed_by", "answered_by")
    return list(found.order_by("-pk")[:10])


def report_of(customer_id: int) -> BureauReport | None:
    """Return the latest report of a credit bureau, or why there is none."""
    return BureauReport.objects.filter(customer=customer_id).order_by("-pk").first()


def signing_of(case: Case, *, at: datetime, actor: Actor) -> Signing | None:
    """Return who signs second for this case; None: nobody has to, whatever the amount."""
    threshold = active_policy().second_signature_from
    if threshold is None:
        return None
    kind = Kind.APPLICATION if case.application else Kind.RELEASE
    wish = Wish(
        kind=kind,
        customer=case.customer,
        amount=case.amount,
        valid_until=at.date(),
        reason="",
        application=case.application,
        order=None if case.application else case.order,
    )
    used = decided_lately(wish, at=at, who=actor.name)
    return Signing(
        threshold=round_money(threshold, case.customer.currency),
        left=max(threshold - used, ZERO),
        signers=[user for user in signers() if str(user.pk) != actor.id],
        is_needed=case.amount + used >= threshold,
    )
