"""What people decide about applications for credit."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.events import ApplicationDecided, DocumentsAsked, DocumentsReceived
from credit.models import CreditApplication, CreditDecision
from credit.service_level import go_on
from credit.services.accounts import account_of, decide_credit
from credit.services.proposals import lapse, proposed_first, wish_for_limit
from credit.services.reviews import recheck_waiting
from credit.services.scruples import (
    Grant,
    ensure_grant,
    ensure_not_asked_by,
    ensure_not_own,
    ensure_reason,
)
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock, lock_by, lock_under
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order

Outcome = CreditDecision.Outcome
DOCUMENTS_LENGTH = 500


@service
def decide_application(  # noqa: PLR0913  what a decision is made of
    application_id: int,
    *,
    outcome: str,
    reason: str,
    at: datetime,
    actor: Actor,
    limit: Decimal = ZERO,
    valid_until: date | None = None,
    next_review_on: date | None = None,
    seen: str = "",
) -> CreditApplication:
    """Approve an application with a limit and a validity, or decline it.

    The orders that wait for it go on in the same step: as far as the limit reaches, or declined.
    A limit that asks for a second signature is proposed only: the application waits on.

    Args:
        seen: the mark of the application as it was shown; empty: it was not looked at.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: it is decided already.
        ChangedMeanwhile: it is another than the one that was shown.
        OwnOrder: the actor entered or owns an order that waits for the decision, or has applied.
        ProposalWaits: the same is proposed already.
        InvalidInput: the reason, the limit or the validity cannot be right.
    """
    application = _undecided(application_id, seen=seen, at=at)
    ensure_reason(reason)
    waiting = _ensure_independent(application, actor)
    if Outcome(outcome) == Outcome.DECLINED:
        return _decline(application, waiting, reason=reason, at=at, actor=actor)
    customer = application.customer
    grant = ensure_grant(limit, valid_until, next_review_on, currency=customer.currency, at=at)
    wish = wish_for_limit(customer, grant, reason=reason, application=application)
    if proposed_first(wish, at=at, actor=actor):
        return application
    return grant_application(application, grant, reason=reason, by=actor.name, at=at, actor=actor)


def _ensure_independent(application: CreditApplication, actor: Actor) -> Sequence[Order]:
    """Refuse who asks for the credit themselves; return the orders that wait for it."""
    waiting = orders_in_review(application.customer)
    ensure_not_own(waiting, actor)
    ensure_not_asked_by(application, actor)
    return waiting


def _undecided(application_id: int, *, seen: str, at: datetime) -> CreditApplication:
    application = locked_application(application_id)
    _ensure_waits(application, at=at)
    refuse_if_changed(application, seen=seen)
    return application


def grant_application(
    application: CreditApplication,
    grant: Grant,
    *,
    reason: str,
    by: str,
    signed_by: str = "",
    at: datetime,
    actor: Actor,
) -> CreditApplication:
    """Approve a locked application in the running step; orders go on as far as the limit reaches.

    `by` has decided it, `signed_by` gave the second signature where one was needed.
    """
    decision = CreditDecision(
        customer=application.customer,
        outcome=Outcome.APPROVED,
        inputs=application.inputs,
        limit=grant.limit,
        valid_until=grant.valid_until,
        next_review_on=grant.next_review_on,
        reason=reason,
        decided_at=at,
        decided_by=by,
        countersigned_by=signed_by,
    )
    application.approve(reason=reason, at=at)
    account = account_of(application.customer, at=at, actor=actor)
    decide_credit(account, decision, at=at, actor=actor)
    _save(application, reason, at=at, actor=actor)
    recheck_waiting(account.pk, at=at, actor=actor)
    publish(ApplicationDecided(application_id=application.pk, at=at, actor=actor))
    return application


@service
def ask_for_documents(
    application_id: int, *, documents: str, at: datetime, actor: Actor, seen: str = ""
) -> CreditApplication:
    """Wait for documents from the customer, who is told what is asked for; the clock stops.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: the application is not in review.
        ChangedMeanwhile: it is another than the one that was shown.
        InvalidInput: nothing is asked for, or too much.
    """
    application = locked_application(application_id)
    refuse_if_changed(application, seen=seen)
    if not documents.strip():
        raise InvalidInput(_("Say what the customer is to send."), field="documents")
    if len(documents) > DOCUMENTS_LENGTH:
        raise InvalidInput(
            _("Say it in %(count)s characters.") % {"count": DOCUMENTS_LENGTH}, field="documents"
        )
    application.ask_for_documents(documents=documents.strip(), at=at)
    _save(application, documents.strip(), at=at, actor=actor)
    publish(DocumentsAsked(application_id=application.pk, at=at, actor=actor))
    return application


@service
def receive_documents(application_id: int, *, at: datetime, actor: Actor) -> CreditApplication:
    """Take the application up again: what was asked for has come, and the clock goes on.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: no documents were asked for.
    """
    application = locked_application(application_id)
    stopped_at = application.documents_asked_at or at
    application.receive_documents(
        answer_by=go_on(application.answer_by, stopped_at=stopped_at, at=at)
    )
    _save(application, "", at=at, actor=actor)
    publish(DocumentsReceived(application_id=application.pk, at=at, actor=actor))
    return application


@service
def withdraw_unneeded(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Withdraw the application that a cancelled order has opened, unless another order waits."""
    order = orders.lock_order(order_id)
    found = CreditApplication.objects.waiting().filter(customer=order.customer_id)
    application = found.exclude(state=CreditApplication.State.OPEN).first()
    if application is None or orders_in_review(lock(Customer, order.customer_id)):
        return
    reason = _("%(order)s was cancelled.") % {"order": order}
    application.withdraw(reason=reason, at=at)
    lapse(application.proposals.all(), why=reason, at=at, actor=actor)
    _save(application, reason, at=at, actor=actor)


def locked_application(application_id: int) -> CreditApplication:
    """Lock the customer and return the application, which only the customer's lock guards."""
    customer = lock_by(Customer, credit_applications=application_id)
    application = CreditApplication.objects.get(pk=application_id)
    application.customer = customer
    return application


def orders_in_review(customer: Customer) -> Sequence[Order]:
    """Lock and return the locked customer's orders that wait for an application."""
    in_review = Order.objects.filter(customer=customer, state=Order.State.IN_REVIEW)
    return lock_under(customer, in_review)


def _ensure_waits(application: CreditApplication, *, at: datetime) -> None:
    """Raise TransitionNotAllowed for one that is decided, whatever else is wrong."""
    if application.state not in CreditApplication.WAITING:
        application.approve(reason="", at=at)


def _decline(
    application: CreditApplication,
    waiting: Sequence[Order],
    *,
    reason: str,
    at: datetime,
    actor: Actor,
) -> CreditApplication:
    decision = CreditDecision(
        customer=application.customer,
        outcome=Outcome.DECLINED,
        inputs=application.inputs,
        reason=reason,
        decided_at=at,
        decided_by=actor.name,
    )
    application.decline(reason=reason, at=at)
    lapse(application.proposals.all(), why=_("Declined."), at=at, actor=actor)
    account = account_of(application.customer, at=at, actor=actor)
    decide_credit(account, decision, at=at, actor=actor)
    _save(application, reason, at=at, actor=actor)
    for order in waiting:
        told = _("Credit declined: %s") % reason
        orders.decline_order(order.pk, reason=told, at=at, actor=actor)
    publish(ApplicationDecided(application_id=application.pk, at=at, actor=actor))
    return application


def _save(
    application: CreditApplication, reason: str, *, at: datetime, actor: Actor
) -> CreditApplication:
    touched = [f"customer:{application.customer_id}", f"order:{application.order_id}"]
    return audit.save(application, at=at, actor=actor, reason=reason, touches=touched)
