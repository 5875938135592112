"""How a decision on the queue page becomes calls of services."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from credit import services
from credit.forms import Choice, DecisionForm
from credit.models import CreditDecision, Hold
from credit.selectors.queue import Case
from o2c.kernel.actors import Actor

Carry = Callable[[Case, dict[str, Any], date, datetime, Actor], object]

# What "Approve" grants without further words.
APPROVED_FOR = timedelta(days=365)
RELEASED_FOR = timedelta(days=14)

APPLICATION_CHOICES = (
    Choice(
        value="approve",
        label=_("Approve"),
        key="a",
        hint=_("The limit that is asked for, for a year"),
    ),
    Choice(value="limit", label=_("Approve with limit"), key="l", hint=_("The limit below")),
    Choice(
        value="documents",
        label=_("Ask for documents"),
        key="r",
        hint=_("The customer gets your reason as the question"),
    ),
    Choice(
        value="decline",
        label=_("Decline"),
        key="d",
        hint=_("Orders that wait for it are declined"),
    ),
)
ORDER_CHOICES = (
    Choice(
        value="approve",
        label=_("Release this order"),
        key="a",
        hint=_("This one only, within 14 days"),
    ),
    Choice(value="limit", label=_("Set another limit"), key="l", hint=_("The limit below")),
    Choice(
        value="release_hold",
        label=_("End the hold"),
        key="r",
        hint=_("Waiting orders go on as far as the limit reaches"),
    ),
    Choice(value="decline", label=_("Decline"), key="d", hint=_("The order is declined")),
)


def choices_for(case: Case, holds: Sequence[Hold]) -> list[Choice]:
    """Return how this case can be decided now."""
    if case.application is None:
        return [c for c in ORDER_CHOICES if c.value != "release_hold" or holds]
    return [
        c for c in APPLICATION_CHOICES if c.value != "documents" or not case.waits_for_documents
    ]


def permission_for(case: Case, decision: str) -> str:
    """Return the permission that a decision needs beyond deciding applications."""
    if case.application is not None or decision == "limit":
        return "credit.decide_creditapplication"
    return "credit.release_hold" if decision == "release_hold" else "credit.release_order"


def carry_out(case: Case, form: DecisionForm, *, today: date, at: datetime, actor: Actor) -> object:
    """Do what was decided, in the caller's business step."""
    kind = "order" if case.application is None else "application"
    decide = CARRY[kind, form.cleaned_data["decision"]]
    return decide(case, form.cleaned_data, today, at, actor)


def _approve(case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor) -> object:
    granted = {**values, "limit": case.amount, "until": today + APPROVED_FOR}
    return _approve_with_limit(case, granted, today, at, actor)


def _approve_with_limit(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return services.decide_application(
        case.subject.pk,
        outcome=CreditDecision.Outcome.APPROVED,
        limit=values["limit"],
        valid_until=values["until"],
        reason=values["reason"],
        at=at,
        actor=actor,
    )


def _ask(case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor) -> object:
    documents = values["reason"]
    return services.ask_for_documents(case.subject.pk, documents=documents, at=at, actor=actor)


def _decline(case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor) -> object:
    return services.decide_application(
        case.subject.pk,
        outcome=CreditDecision.Outcome.DECLINED,
        reason=values["reason"],
        at=at,
        actor=actor,
    )


def _release_order(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return services.release_order(
        case.subject.pk,
        amount=case.amount,
        expires_on=today + RELEASED_FOR,
        reason=values["reason"],
        at=at,
        actor=actor,
    )


def _set_limit(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return services.set_limit(
        case.customer.pk,
        limit=values["limit"],
        valid_until=values["until"],
        reason=values["reason"],
        at=at,
        actor=actor,
    )


def _release_holds(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return [
        services.release_hold(
            case.customer.pk, kind=kind, reason=values["reason"], at=at, actor=actor
        )
        for kind in Hold.Kind.values
    ]


def _decline_order(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return services.decline_order(case.subject.pk, reason=values["reason"], at=at, actor=actor)


CARRY: dict[tuple[str, str], Carry] = {
    ("application", "approve"): _approve,
    ("application", "limit"): _approve_with_limit,
    ("application", "documents"): _ask,
    ("application", "decline"): _decline,
    ("order", "approve"): _release_order,
    ("order", "limit"): _set_limit,
    ("order", "release_hold"): _release_holds,
    ("order", "decline"): _decline_order,
}
