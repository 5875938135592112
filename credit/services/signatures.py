"""The second signature: what was proposed is done as it was proposed, or not at all."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from credit.events import ProposalAnswered
from credit.models import CreditApplication, CreditProposal
from credit.second_signature import Kind
from credit.services.decisions import grant_application, orders_in_review
from credit.services.limits import grant_limit
from credit.services.proposals import Status, lapse, lapse_of_order, touched
from credit.services.releases import Permission, let_go, let_part_go
from credit.services.scruples import Grant, ensure_not_asked_by, ensure_not_own, ensure_reason
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import open_gross


class OwnProposal(DomainError):
    """Who has proposed a decision does not sign it, and nobody else withdraws it."""

    code = "own_proposal"


class ProposalOver(DomainError):
    """The proposal is answered, withdrawn or lapsed: nothing waits any more."""

    code = "proposal_over"


@service
def answer_proposal(
    proposal_id: int, *, sign: bool, reason: str, at: datetime, actor: Actor
) -> CreditProposal:
    """Sign what was proposed, which is done in the same step, or reject it, which says why.

    Raises:
        CreditProposal.DoesNotExist: no such proposal.
        ProposalOver: it waits no more, or its date is past.
        OwnProposal: the actor has proposed it.
        OwnOrder: the actor entered or owns an order that it is about.
        TransitionNotAllowed: its order or application does not wait any more.
        InvalidInput: it is rejected without saying why.
        NotReleased: something else than the limit keeps the order; nothing is done.
    """
    proposal = _locked(proposal_id, at=at)
    if str(proposal.proposed_by_id) == actor.id or actor.kind != "user":
        raise OwnProposal(_("You have proposed this: somebody else has to sign."))
    _ensure_not_involved(proposal, actor)
    if not sign or reason.strip():
        ensure_reason(reason)
    proposal.status = Status.SIGNED if sign else Status.REJECTED
    proposal.answered_by_id = int(actor.id)
    proposal.answered_at, proposal.answer = at, reason
    audit.save(proposal, at=at, actor=actor, reason=reason, touches=touched(proposal))
    if sign:
        ACT[Kind(proposal.kind)](proposal, at, actor)
    publish(ProposalAnswered(proposal_id=proposal.pk, at=at, actor=actor))
    return proposal


@service
def withdraw_proposal(proposal_id: int, *, at: datetime, actor: Actor) -> CreditProposal:
    """Take a proposal of one's own back; the case waits for a decision again.

    Raises:
        CreditProposal.DoesNotExist: no such proposal.
        ProposalOver: it waits no more.
        OwnProposal: somebody else has proposed it: reject it instead.
    """
    proposal = _locked(proposal_id, at=at)
    if str(proposal.proposed_by_id) != actor.id:
        raise OwnProposal(_("Somebody else has proposed this: reject it instead."))
    proposal.status, proposal.answered_at = Status.LAPSED, at
    proposal.answer = _("Withdrawn.")
    return audit.save(proposal, at=at, actor=actor, touches=touched(proposal))


@service
def lapse_past(as_of: date, *, at: datetime, actor: Actor) -> int:
    """End proposals whose date is past, or whose order waits no more; return how many."""
    waiting = CreditProposal.objects.filter(status=Status.OPEN)
    past = lapse(waiting.filter(valid_until__lt=as_of), why=_("Too late."), at=at, actor=actor)
    gone = waiting.filter(kind=Kind.RELEASE).exclude(order__state__in=Order.WAITING)
    return past + lapse(gone, why=_("The order waits no more."), at=at, actor=actor)


@service
def lapse_proposals(order_id: int, *, at: datetime, actor: Actor) -> int:
    """End what was proposed about an order that is another by now; return how many."""
    order = orders.lock_order(order_id)
    return lapse_of_order(order, why=_("The order has changed."), at=at, actor=actor)


def _locked(proposal_id: int, *, at: datetime) -> CreditProposal:
    customers = CreditProposal.objects.values_list("customer_id", flat=True)
    customer = lock(Customer, customers.get(pk=proposal_id))
    proposal = CreditProposal.objects.select_related("proposed_by").get(pk=proposal_id)
    proposal.customer = customer
    if proposal.status != Status.OPEN:
        raise ProposalOver(
            _("This proposal is %(status)s already.")
            % {"status": str(proposal.get_status_display()).lower()}
        )
    if proposal.valid_until < local_date(at, the_company()):
        raise ProposalOver(_("The date that was proposed is past: decide it anew."))
    return proposal


def _ensure_not_involved(proposal: CreditProposal, actor: Actor) -> None:
    if proposal.order_id:
        ensure_not_own([orders.lock_order(proposal.order_id)], actor)
    elif proposal.application_id:
        ensure_not_own(orders_in_review(proposal.customer), actor)
        ensure_not_asked_by(_application(proposal), actor)
    else:
        waiting = Order.objects.filter(
            customer=proposal.customer, state__in=[Order.State.IN_REVIEW, Order.State.ON_HOLD]
        )
        ensure_not_own(waiting, actor)


def _application(proposal: CreditProposal) -> CreditApplication:
    application = CreditApplication.objects.get(proposals=proposal)
    application.customer = proposal.customer
    return application


def _grant(proposal: CreditProposal) -> Grant:
    return Grant(
        limit=proposal.amount,
        valid_until=proposal.valid_until,
        next_review_on=proposal.next_review_on,
    )


def _approve(proposal: CreditProposal, at: datetime, actor: Actor) -> None:
    grant_application(
        _application(proposal),
        _grant(proposal),
        reason=proposal.reason,
        by=str(proposal.proposed_by),
        signed_by=actor.name,
        at=at,
        actor=actor,
    )


def _set_limit(proposal: CreditProposal, at: datetime, actor: Actor) -> None:
    grant_limit(
        proposal.customer,
        _grant(proposal),
        reason=proposal.reason,
        by=str(proposal.proposed_by),
        signed_by=actor.name,
        at=at,
        actor=actor,
    )


def _release(proposal: CreditProposal, at: datetime, actor: Actor) -> None:
    """Release the order, or what fits of it when less than all was proposed."""
    assert proposal.order_id is not None  # a release is about an order
    order = orders.lock_order(proposal.order_id)
    orders.ensure_waits(order)
    permission = Permission(
        amount=proposal.amount, expires_on=proposal.valid_until, reason=proposal.reason
    )
    is_all = open_gross(order, orders.lines_of(order)) <= proposal.amount
    act = let_go if is_all else let_part_go
    act(order, permission, by=str(proposal.proposed_by), at=at, actor=actor)


ACT = {Kind.APPLICATION: _approve, Kind.LIMIT: _set_limit, Kind.RELEASE: _release}
