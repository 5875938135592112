"""Decisions that need a second signature: kept as they were proposed, until somebody answers."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit.events import ProposalMade
from credit.models import CreditApplication, CreditProposal
from credit.second_signature import Kind, Wish, needs_second
from credit.services.scruples import Grant
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.models import Order

Status = CreditProposal.Status


class ProposalWaits(DomainError):
    """Somebody has proposed a decision on this case already."""

    code = "proposal_waits"


def wish_for_limit(
    customer: Customer, grant: Grant, *, reason: str, application: CreditApplication | None = None
) -> Wish:
    """Return the wish to give a customer this limit, by deciding an application where one waits."""
    return Wish(
        kind=Kind.LIMIT if application is None else Kind.APPLICATION,
        customer=customer,
        application=application,
        amount=grant.limit,
        valid_until=grant.valid_until,
        next_review_on=grant.next_review_on,
        reason=reason,
    )


@service
def propose(wish: Wish, *, at: datetime, actor: Actor) -> CreditProposal:
    """Keep a decision for a second signature; nothing of it holds before.

    Raises:
        ProposalWaits: one on this case waits already: answer or withdraw that.
    """
    waiting = open_proposals(wish).first()
    if waiting is not None:
        raise ProposalWaits(
            _(
                "%(who)s has proposed to %(what)s: it waits for a second signature. Withdraw it,"
                " or let it be answered."
            )
            % {"who": waiting.proposed_by, "what": waiting.get_kind_display()}
        )
    proposal = CreditProposal(
        kind=wish.kind,
        customer=wish.customer,
        application=wish.application,
        order=wish.order,
        amount=wish.amount,
        valid_until=wish.valid_until,
        next_review_on=wish.next_review_on,
        reason=wish.reason,
        proposed_at=at,
        proposed_by_id=int(actor.id),
    )
    audit.create(proposal, at=at, actor=actor, touches=touched(proposal))
    publish(ProposalMade(proposal_id=proposal.pk, at=at, actor=actor))
    return proposal


def proposed_first(wish: Wish, *, at: datetime, actor: Actor) -> CreditProposal | None:
    """Propose what needs a second signature; else end what is proposed otherwise, and go on.

    Raises:
        ProposalWaits: one on this case waits already: answer or withdraw that.
    """
    if needs_second(wish, at=at, actor=actor):
        return propose(wish, at=at, actor=actor)
    lapse(open_proposals(wish), why=_("Decided otherwise."), at=at, actor=actor)
    return None


def open_proposals(wish: Wish) -> QuerySet[CreditProposal]:
    """Return what waits on the same case."""
    waiting = CreditProposal.objects.filter(status=Status.OPEN).select_related("proposed_by")
    if wish.application is not None:
        return waiting.filter(application=wish.application)
    if wish.order is not None:
        return waiting.filter(order=wish.order, kind=Kind.RELEASE)
    return waiting.filter(customer=wish.customer, kind=Kind.LIMIT)


def lapse(waiting: QuerySet[CreditProposal], *, why: str, at: datetime, actor: Actor) -> int:
    """End proposals whose case has gone another way; return how many."""
    proposals = list(waiting.filter(status=Status.OPEN))
    for proposal in proposals:
        proposal.status = Status.LAPSED
        proposal.answered_at, proposal.answer = at, why
    audit.save_many(
        {proposal: touched(proposal) for proposal in proposals}, at=at, actor=actor, reason=why
    )
    return len(proposals)


def lapse_of_order(order: Order, *, why: str, at: datetime, actor: Actor) -> int:
    """End what is proposed about an order that is decided otherwise, or is another by now."""
    return lapse(CreditProposal.objects.filter(order=order), why=why, at=at, actor=actor)


def touched(proposal: CreditProposal) -> list[str]:
    labels = [f"customer:{proposal.customer_id}"]
    if proposal.order_id:
        labels.append(f"order:{proposal.order_id}")
    if proposal.application_id:
        labels.append(f"creditapplication:{proposal.application_id}")
    return labels
