"""Applications that are judged again, because more is known of who applies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import guidelines
from credit.bureau import Answer
from credit.events import BureauAsked
from credit.models import BureauReport, CreditApplication, CreditProposal
from credit.selectors.bureau import latest_report, was_answered
from credit.selectors.facts import guideline_facts
from credit.selectors.history import history_of
from credit.services.accounts import account_of
from credit.services.applications import (
    grant,
    hear_guidelines,
    publish_outcome,
    request_of,
    touched,
)
from credit.services.reviews import recheck_waiting
from credit.services.scruples import LARGEST_AMOUNT, ensure_not_own
from customers.models import Customer
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock_by, lock_under
from o2c.kernel.money import round_money
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross

State = CreditApplication.State
MOST_YEARS = 1000
MOST_REFERENCES = 1000


class NotAsked(DomainError):
    """The application asks for nothing more, or has been told already."""

    code = "not_asked"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What an applicant says. None: nothing is said about it. The limit includes tax."""

    years_in_business: int | None = None
    trade_references: int | None = None
    requested_limit: Decimal | None = None


@service
def complete_application(
    application_id: int, *, stated: Statement, at: datetime, actor: Actor
) -> CreditApplication:
    """Take what the customer states, and judge again. What was stated before stays as it is.

    Raises:
        Customer.DoesNotExist: no such application.
        NotAsked: it is decided, or the customer has stated this before.
        InvalidInput: a number that cannot be right, or nothing is stated.
    """
    application = lock_application(application_id)
    for name in _stated(stated):
        if getattr(application, name) is not None:
            raise NotAsked(_("You have told us this before. Ask us to change it."), field=name)
    return _take(application, stated, at=at, actor=actor)


@service
def correct_application(
    application_id: int, *, stated: Statement, at: datetime, actor: Actor
) -> CreditApplication:
    """Write down or correct what is known of the applicant, and judge again.

    Raises:
        Customer.DoesNotExist: no such application.
        NotAsked: it is decided.
        OwnOrder: the actor entered or owns an order that waits for the decision.
        InvalidInput: a number that cannot be right, or nothing is stated.
    """
    application = lock_application(application_id)
    ensure_not_own(_orders_in_review(application.customer), actor)
    return _take(application, stated, at=at, actor=actor)


@service
def ask_bureau_again(
    application_id: int, *, person_id: int | None, at: datetime, actor: Actor
) -> CreditApplication:
    """Ask the credit bureau once more, after this step.

    Raises:
        Customer.DoesNotExist: no such application.
        NotAsked: the application is decided.
    """
    application = lock_application(application_id)
    _ensure_waiting(application)
    audit.record(application.label, "ask the bureau", at=at, actor=actor)
    publish(BureauAsked(application_id=application_id, person_id=person_id, at=at, actor=actor))
    return application


@service
def record_bureau_answer(
    application_id: int,
    *,
    answer: Answer,
    since: datetime,
    person_id: int | None,
    at: datetime,
    actor: Actor,
) -> None:
    """Keep what the bureau said and judge the application again; a problem leaves it to people.

    Safe twice: what was asked for `since` is kept once.
    """
    application = lock_application(application_id)
    if was_answered(application.customer_id, since=since):
        return
    report = BureauReport(
        customer_id=application.customer_id,
        provider=answer.provider,
        score=answer.score,
        years_in_business=answer.years_in_business,
        content=answer.content,
        problem=answer.problem,
        asked_by_id=person_id,
        asked_at=at,
    )
    rows.insert([report])
    if application.state in CreditApplication.WAITING:
        judge_again(application, at=at, actor=actor)


def lock_application(application_id: int) -> CreditApplication:
    """Return the application with its customer locked. Raises Customer.DoesNotExist."""
    customer = lock_by(Customer, credit_applications=application_id)
    application = CreditApplication.objects.get(pk=application_id)
    application.customer = customer
    return application


def judge_again(application: CreditApplication, *, at: datetime, actor: Actor) -> CreditApplication:
    """Let the guidelines decide a waiting application on what is known now.

    A person who has asked for documents, or who waits for a second signature, is not overtaken:
    then the facts are kept and nothing is decided.
    """
    today = local_date(at, the_company())
    account = account_of(application.customer, at=at, actor=actor)
    waiting = _orders_in_review(application.customer)
    amounts = {order.pk: open_gross(order, orders.lines_of(order)) for order in waiting}
    history = history_of(account.pk, today=today, but_orders=list(amounts))
    request = request_of(application, account, amounts)
    application.requested_amount = request.requested_amount
    application.inputs = guideline_facts(account, application, request, history, today=today)
    if _is_with_a_person(application):
        return _save(application, "", at=at, actor=actor)
    if history.waits_for_bureau:
        application.reason = _without_report(application)
        _save(application, "", at=at, actor=actor)
        publish_outcome(application, at=at, actor=actor)
        return application
    verdict = hear_guidelines(application, at=at)
    rows.insert([verdict])
    if verdict.outcome == guidelines.REFER:
        application.reason = verdict.reason
    else:
        grant(application, account, verdict, today=today, at=at, actor=actor)
    _save(application, verdict.reason, at=at, actor=actor)
    _carry_on(application, waiting, at=at, actor=actor)
    publish_outcome(application, at=at, actor=actor)
    return application


def _carry_on(
    application: CreditApplication,
    waiting: Sequence[Order],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Let the orders that waited for the application go on, or decline them with it."""
    if application.state == State.APPROVED:
        recheck_waiting(application.customer_id, at=at, actor=actor)
    elif application.state == State.DECLINED:
        reason = _("Credit declined: %s") % application.reason
        for order in waiting:
            orders.decline_order(order.pk, reason=reason, at=at, actor=actor)


def _take(
    application: CreditApplication, stated: Statement, *, at: datetime, actor: Actor
) -> CreditApplication:
    _ensure_waiting(application)
    _ensure_sensible(stated)
    for name, value in _stated(stated).items():
        setattr(application, name, value)
    if stated.requested_limit is not None:
        currency = application.customer.currency
        application.requested_limit = round_money(stated.requested_limit, currency)
    return judge_again(application, at=at, actor=actor)


def _stated(stated: Statement) -> dict[str, int | Decimal]:
    return {name: value for name, value in vars(stated).items() if value is not None}


def _ensure_waiting(application: CreditApplication) -> None:
    if application.state not in CreditApplication.WAITING:
        raise NotAsked(
            _("%(application)s is %(state)s: nothing more is asked for.")
            % {
                "application": application,
                "state": str(application.get_state_display()).lower(),
            }
        )


def _ensure_sensible(stated: Statement) -> None:
    most_of: dict[str, int | Decimal] = {
        "years_in_business": MOST_YEARS,
        "trade_references": MOST_REFERENCES,
        "requested_limit": LARGEST_AMOUNT,
    }
    values = _stated(stated)
    if not values:
        raise InvalidInput(_("Fill in at least one of the fields."))
    for name, value in values.items():
        most = most_of[name]
        if not 0 <= value <= most:
            raise InvalidInput(
                _("Enter a number from 0 to %(most)s.") % {"most": most},
                field=name,
            )


def _without_report(application: CreditApplication) -> str:
    report = latest_report(application.customer_id)
    if report is None or report.asked_at < application.opened_at:
        return _("Waiting for the report of the credit bureau.")
    return _("The credit bureau's report is missing: %(problem)s") % {"problem": report.problem}


def _is_with_a_person(application: CreditApplication) -> bool:
    if application.state == State.AWAITING_DOCUMENTS:
        return True
    proposals = CreditProposal.objects.filter(application=application.pk)
    return proposals.filter(status=CreditProposal.Status.OPEN).exists()


def _orders_in_review(customer: Customer) -> Sequence[Order]:
    in_review = Order.objects.filter(customer=customer, state=Order.State.IN_REVIEW)
    return lock_under(customer, in_review)


def _save(
    application: CreditApplication, reason: str, *, at: datetime, actor: Actor
) -> CreditApplication:
    return audit.save(application, at=at, actor=actor, reason=reason, touches=touched(application))
