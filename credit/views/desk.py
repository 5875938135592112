"""How a decision on the queue page becomes calls of services."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credit import services
from credit.forms import Choice, DecisionForm
from credit.models import CreditApplication, CreditDecision, CreditProposal, Hold
from credit.selectors.queue import Case
from o2c.kernel.actors import Actor
from orders.models import Order

State = CreditApplication.State
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
    Choice(
        value="limit",
        label=_("Approve with limit"),
        key="l",
        hint=_("The limit below; what does not fit it waits"),
    ),
    Choice(
        value="documents",
        label=_("Ask for documents"),
        key="r",
        hint=_("The customer gets your reason as the question; the clock stops"),
    ),
    Choice(
        value="decline",
        label=_("Decline"),
        key="d",
        hint=_("Orders that wait for it are declined; the customer reads your reason"),
    ),
)
ORDER_CHOICES = (
    Choice(
        value="approve",
        label=_("Release this order"),
        key="a",
        hint=_("All of it, this one only, within 14 days"),
    ),
    Choice(
        value="part",
        label=_("Release part of it"),
        key="p",
        hint=_("What fits the amount below; the rest waits as an order of its own"),
    ),
    Choice(value="limit", label=_("Set another limit"), key="l", hint=_("The limit below")),
    Choice(
        value="release_hold",
        label=_("End the hold"),
        key="r",
        hint=_("Waiting orders go on as far as the limit reaches"),
    ),
    Choice(
        value="decline",
        label=_("Decline"),
        key="d",
        hint=_("The order is declined; the customer reads your reason"),
    ),
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
    """Do what was decided, in the caller's business step; return what the service returned."""
    kind = "order" if case.application is None else "application"
    decide = CARRY[kind, form.cleaned_data["decision"]]
    return decide(case, form.cleaned_data, today, at, actor)


def said_of(case: Case, result: object) -> str:
    """Say what has become of a decision."""
    names = {"document": case.number}
    if isinstance(result, CreditProposal) or _is_proposed(case, result):
        return gettext("%(document)s waits for a second signature.") % names
    if isinstance(result, CreditApplication) and result.state == State.AWAITING_DOCUMENTS:
        return gettext("%(document)s waits for documents.") % names
    if isinstance(result, Order) and result.pk != case.subject.pk:
        rest = {**names, "rest": result.number}
        return gettext("Part of %(document)s goes on; the rest waits as %(rest)s.") % rest
    return gettext("%(document)s is decided.") % names


def _is_proposed(case: Case, result: object) -> bool:
    return isinstance(result, CreditApplication) and result.state == State.REFERRED


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
        next_review_on=values["next_review_on"],
        reason=values["reason"],
        seen=values["seen"],
        at=at,
        actor=actor,
    )


def _ask(case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor) -> object:
    return services.ask_for_documents(
        case.subject.pk, documents=values["reason"], seen=values["seen"], at=at, actor=actor
    )


def _decline(case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor) -> object:
    return services.decide_application(
        case.subject.pk,
        outcome=CreditDecision.Outcome.DECLINED,
        reason=values["reason"],
        seen=values["seen"],
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
        seen=values["seen"],
        at=at,
        actor=actor,
    )


def _release_part(
    case: Case, values: dict[str, Any], today: date, at: datetime, actor: Actor
) -> object:
    return services.release_part(
        case.subject.pk,
        amount=values["part"],
        expires_on=today + RELEASED_FOR,
        reason=values["reason"],
        seen=values["seen"],
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
        next_review_on=values["next_review_on"],
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
    return services.decline_order(
        case.subject.pk, reason=values["reason"], seen=values["seen"], at=at, actor=actor
    )


CARRY: dict[tuple[str, str], Carry] = {
    ("application", "approve"): _approve,
    ("application", "limit"): _approve_with_limit,
    ("application", "documents"): _ask,
    ("application", "decline"): _decline,
    ("order", "approve"): _release_order,
    ("order", "part"): _release_part,
    ("order", "limit"): _set_limit,
    ("order", "release_hold"): _release_holds,
    ("order", "decline"): _decline_order,
}
