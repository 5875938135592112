"""Approval of orders by a second person: asked when a draft is submitted, void when it changes."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.models import User
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.events import ApprovalAsked, ApprovalDecided
from orders.models import Order, OrderApproval
from orders.services.findings import had_a_hand
from orders.services.locking import lock_order
from orders.services.needs import Asked, Need

NOTE_LENGTH = 300


class NothingAsked(DomainError):
    """No approval of this order is waiting: it was decided, or the order has changed since."""

    code = "nothing_asked"


class ApprovalAwaited(DomainError):
    """Approval was asked for and is still to come."""

    code = "approval_awaited"


class MayNotApprove(DomainError):
    """Somebody else must decide."""

    code = "may_not_approve"


def asked_approval(order: Order) -> OrderApproval | None:
    """Return the approval that a locked order waits for."""
    return OrderApproval.objects.filter(order=order, state=OrderApproval.State.ASKED).first()


def ask_approval(
    order: Order, asked: Asked, needs: Sequence[Need], *, at: datetime, actor: Actor
) -> OrderApproval:
    """Ask for approval of a locked draft as it is now; it stays a draft.

    Raises:
        ApprovalAwaited: it was asked for already.
    """
    if asked_approval(order) is not None:
        raise ApprovalAwaited(
            _("%(order)s waits for approval already. Whoever approves it submits it.")
            % {"order": order}
        )
    approval = OrderApproval(
        order=order,
        reasons=[need.reason for need in needs],
        permissions=sorted({need.permission for need in needs}),
        discount_rate=asked.discount_rate,
        net_amount=order.net_amount,
        asked_by_id=user_id_of(actor),
        asked_at=at,
    )
    audit.create(approval, at=at, actor=actor, touches=[order.label, order.customer.label])
    publish(ApprovalAsked(approval_id=approval.pk, order_id=order.pk, at=at, actor=actor))
    return approval


def void_approval(order: Order, *, at: datetime, actor: Actor) -> None:
    """Take back the approval that a locked draft waits for: it is not the same order any more."""
    approval = asked_approval(order)
    if approval is not None:
        approval.void(at=at)
        audit.save(approval, at=at, actor=actor, touches=[order.label])


def decide_approval(order: Order, *, by: User) -> OrderApproval:
    """Return the approval that a locked order waits for, when this person may decide it.

    Raises:
        NothingAsked: none waits.
        MayNotApprove: they asked for it, had a hand in the order, or lack the permission.
    """
    approval = asked_approval(order)
    if approval is None:
        raise NothingAsked(
            _("No approval of %(order)s waits: it was decided, or the order was changed.")
            % {"order": order}
        )
    if approval.asked_by_id == by.pk or had_a_hand(order, by):
        raise MayNotApprove(_("Who entered an order or asked never decides. Ask somebody else."))
    if not by.has_perms(approval.permissions):
        raise MayNotApprove(_("This is over what you may approve. Ask the finance manager."))
    return approval


@service
def refuse_approval(order_id: int, *, note: str, by: User, at: datetime) -> Order:
    """Send a draft back to who entered it, with the reason.

    Raises:
        NothingAsked: no approval waits.
        MayNotApprove: somebody else must decide.
        InvalidInput: without a reason.
    """
    order = lock_order(order_id)
    approval = decide_approval(order, by=by)
    if not note.strip():
        raise InvalidInput(_("Say why it is refused."), field="note")
    approval.refuse(by=by.pk, note=note.strip()[:NOTE_LENGTH], at=at)
    actor = Actor.user(by)
    audit.save(approval, at=at, actor=actor, reason=approval.note, touches=[order.label])
    publish(ApprovalDecided(approval_id=approval.pk, order_id=order.pk, at=at, actor=actor))
    return order


def user_id_of(actor: Actor) -> int | None:
    """Return the person who acts; nothing for a job, a key or an import."""
    return int(actor.id) if actor.kind == "user" and actor.id.isdecimal() else None
