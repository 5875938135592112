"""Handing a draft over to credit control, with the approval that it may need."""

from datetime import datetime

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.models import User
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import validation
from orders.events import ApprovalDecided, OrderSubmitted
from orders.models import Order
from orders.rules import Facts
from orders.services.approving import NOTE_LENGTH, ask_approval, decide_approval
from orders.services.facts import facts_of_draft
from orders.services.findings import follow_findings, waived_of
from orders.services.locking import lock_order
from orders.services.needs import asked_of, needs_of


@service
def submit_order(order_id: int, *, channel: str = "", at: datetime, actor: Actor) -> Order:
    """Hand a draft over to credit control, which releases it, holds it or asks a person.

    A draft that needs a second person's approval stays one and asks for it. `channel` is by which
    the customer hands it over with their own hands: how much they buy is theirs to decide.

    Raises:
        TransitionNotAllowed: the order is not a draft.
        OrderInvalid: with all blocking findings that nobody has waived; the draft stays as it is.
        ApprovalAwaited: it waits for approval already.
    """
    order = lock_order(order_id)
    if order.state != Order.State.DRAFT:
        order.submit(at=at)  # says in which state it is
    facts = facts_of_draft(order, at=at)
    asked = asked_of(facts, channel=channel)
    needs = needs_of(asked, facts.house.thresholds)
    _answer(order, facts, at=at, actor=actor)
    if needs:
        ask_approval(order, asked, needs, at=at, actor=actor)
        return order
    return _submit(order, at=at, actor=actor)


@service
def approve_order(order_id: int, *, note: str = "", by: User, at: datetime) -> Order:
    """Approve a draft that waits for it, and submit it.

    Raises:
        NothingAsked: no approval waits, because it was decided or the order has changed.
        MayNotApprove: they asked for it, had a hand in the order, or lack the permission.
        OrderInvalid: the order cannot be submitted any more; nothing is decided.
    """
    order = lock_order(order_id)
    approval = decide_approval(order, by=by)
    actor = Actor.user(by)
    approval.approve(by=by.pk, note=note.strip()[:NOTE_LENGTH], at=at)
    audit.save(approval, at=at, actor=actor, reason=approval.note, touches=[order.label])
    _answer(order, facts_of_draft(order, at=at), at=at, actor=actor)
    publish(ApprovalDecided(approval_id=approval.pk, order_id=order.pk, at=at, actor=actor))
    return _submit(order, at=at, actor=actor)


def hand_over(order: Order, *, at: datetime, actor: Actor) -> Order:
    """Tell credit control that the order is submitted; last."""
    publish(OrderSubmitted(order_id=order.pk, at=at, actor=actor))
    return order


def _answer(order: Order, facts: Facts, *, at: datetime, actor: Actor) -> None:
    """Ask the rules, and bring the order's findings in line with them.

    Raises:
        OrderInvalid: with all blocking findings that nobody has waived.
    """
    validation.check(facts, waived=waived_of(order))
    follow_findings(order, validation.findings_of(facts), at=at, actor=actor)


def _submit(order: Order, *, at: datetime, actor: Actor) -> Order:
    order.submit(at=at)
    audit.save(order, at=at, actor=actor, touches=[order.customer.label])
    return hand_over(order, at=at, actor=actor)
