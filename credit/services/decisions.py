"""What people decide about applications for credit."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.events import ApplicationDecided, DocumentsAsked
from credit.models import CreditApplication, CreditDecision
from credit.services.accounts import account_of, decide_credit
from credit.services.reviews import recheck_waiting
from credit.services.scruples import ensure_grant, ensure_not_own, ensure_reason
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock, lock_by, lock_under
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order

Outcome = CreditDecision.Outcome


@service
def decide_application(
    application_id: int,
    *,
    outcome: str,
    reason: str,
    at: datetime,
    actor: Actor,
    limit: Decimal = ZERO,
    valid_until: date | None = None,
) -> CreditApplication:
    """Approve an application with a limit and a validity, or decline it.

    The orders that wait for it go on in the same step: as far as the limit reaches, or declined.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: it is decided already.
        OwnOrder: the actor entered or owns an order that waits for the decision.
        InvalidInput: the reason, the limit or the validity cannot be right.
    """
    application = _locked(application_id)
    ensure_reason(reason)
    waiting = _orders_in_review(application.customer)
    ensure_not_own(waiting, actor)
    decision = CreditDecision(
        customer=application.customer,
        outcome=Outcome(outcome),
        inputs=application.inputs,
        reason=reason,
        decided_at=at,
        decided_by=actor.name,
    )
    if decision.outcome == Outcome.APPROVED:
        currency = application.customer.currency
        grant = ensure_grant(limit, valid_until, currency=currency, at=at)
        decision.limit, decision.valid_until = grant.limit, grant.valid_until
    _carry_out(application, decision, waiting, at=at, actor=actor)
    publish(ApplicationDecided(application_id=application.pk, at=at, actor=actor))
    return application


@service
def ask_for_documents(
    application_id: int, *, documents: str, at: datetime, actor: Actor
) -> CreditApplication:
    """Wait for documents from the customer, who is told what is asked for.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: the application is not in review.
        InvalidInput: nothing is asked for.
    """
    application = _locked(application_id)
    ensure_reason(documents)
    application.ask_for_documents(reason=documents)
    _save(application, documents, at=at, actor=actor)
    publish(DocumentsAsked(application_id=application.pk, at=at, actor=actor))
    return application


@service
def receive_documents(application_id: int, *, at: datetime, actor: Actor) -> CreditApplication:
    """Take the application up again: what was asked for has come.

    Raises:
        Customer.DoesNotExist: no such application.
        TransitionNotAllowed: no documents were asked for.
    """
    application = _locked(application_id)
    application.receive_documents()
    return _save(application, "", at=at, actor=actor)


@service
def withdraw_unneeded(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Withdraw the application that a cancelled order has opened, unless another order waits."""
    order = orders.lock_order(order_id)
    found = CreditApplication.objects.waiting().filter(customer=order.customer_id)
    application = found.exclude(state=CreditApplication.State.OPEN).first()
    if application is None or _orders_in_review(lock(Customer, order.customer_id)):
        return
    reason = _("%(order)s was cancelled.") % {"order": order}
    application.withdraw(reason=reason, at=at)
    _save(application, reason, at=at, actor=actor)


def _locked(application_id: int) -> CreditApplication:
    customer = lock_by(Customer, credit_applications=application_id)
    application = CreditApplication.objects.get(pk=application_id)
    application.customer = customer
    return application


def _orders_in_review(customer: Customer) -> Sequence[Order]:
    in_review = Order.objects.filter(customer=customer, state=Order.State.IN_REVIEW)
    return lock_under(customer, in_review)


def _carry_out(
    application: CreditApplication,
    decision: CreditDecision,
    waiting: Sequence[Order],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    is_approved = decision.outcome == Outcome.APPROVED
    record = application.approve if is_approved else application.decline
    record(reason=decision.reason, at=at)
    account = account_of(application.customer, at=at, actor=actor)
    decide_credit(account, decision, at=at, actor=actor)
    _save(application, decision.reason, at=at, actor=actor)
    if is_approved:
        recheck_waiting(account.pk, at=at, actor=actor)
    else:
        for order in waiting:
            reason = _("Credit declined: %s") % decision.reason
            orders.decline_order(order.pk, reason=reason, at=at, actor=actor)


def _save(
    application: CreditApplication, reason: str, *, at: datetime, actor: Actor
) -> CreditApplication:
    touched = [f"customer:{application.customer_id}", f"order:{application.order_id}"]
    return audit.save(application, at=at, actor=actor, reason=reason, touches=touched)
