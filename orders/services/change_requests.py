"""Changes of orders that need a second person: asked for, then made as asked, or refused."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import REFUSALS, InvalidInput, explain
from o2c.kernel.models import User
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.events import ChangeAsked, ChangeDecided
from orders.models import Amendment, ApprovalRule, Order
from orders.services.amending import check_again, lock_amendment, make_change, touches
from orders.services.approving import (
    NOTE_LENGTH,
    ApprovalAwaited,
    MayNotApprove,
    NothingAsked,
    user_id_of,
)
from orders.services.findings import had_a_hand
from orders.validation import OrderInvalid

# Who must not decide, and what is decided already: the request stays as it is.
NOT_DECIDED = (NothingAsked, MayNotApprove)


@service
def ask_for_change(amendment_id: int, *, at: datetime, actor: Actor) -> Amendment:
    """Ask a second person for a change that was kept; the order stays as it is until then.

    Raises:
        Amendment.DoesNotExist: no such amendment.
        TransitionNotAllowed: it is no draft any more.
        OrderInvalid: something else speaks against it, which no approval mends.
        OrderChanged, NotAmendable: the order is not any more what it was made against.
        ApprovalAwaited: another change of the order waits.
        InvalidInput: nothing of it needs approval, or no person asks.
    """
    order, amendment = lock_amendment(amendment_id)
    checked = check_again(order, amendment, at=at, actor=actor)
    if checked.wrong:
        raise OrderInvalid(checked.wrong)
    asker = user_id_of(actor)
    if not checked.needs or asker is None:
        raise InvalidInput(_("This change needs no approval: make it."))
    if Amendment.objects.filter(order=order, state=Amendment.State.ASKED).exists():
        message = _("Another change of %(order)s waits for approval. Withdraw it first.")
        raise ApprovalAwaited(message % {"order": order})
    amendment.ask(
        asker=asker,
        needs=[need.reason for need in checked.needs],
        permissions=sorted({need.permission for need in checked.needs}),
    )
    amendment.effects, amendment.findings = checked.effects, checked.as_json()
    audit.save(amendment, at=at, actor=actor, touches=touches(order))
    publish(ChangeAsked(amendment_id=amendment.pk, order_id=order.pk, at=at, actor=actor))
    return amendment


def approve_change(amendment_id: int, *, note: str = "", by: User, at: datetime) -> Amendment:
    """Approve a change and make it, after it was checked again on the order as it is now.

    What cannot be made any more is refused with the reason, and stays on record as that.

    Raises:
        Amendment.DoesNotExist: no such amendment.
        NothingAsked: it does not wait.
        MayNotApprove: somebody else must decide.
    """
    try:
        return _grant(amendment_id, note=note, by=by, at=at)
    except NOT_DECIDED:
        raise
    except REFUSALS as refusal:
        return refuse_change(amendment_id, note=explain(refusal)[1], by=by, at=at)


@service
def refuse_change(amendment_id: int, *, note: str, by: User, at: datetime) -> Amendment:
    """Refuse a change that waits, with the reason; the order stays as it is.

    Raises:
        Amendment.DoesNotExist: no such amendment.
        NothingAsked: it does not wait.
        MayNotApprove: somebody else must decide.
        InvalidInput: without a reason.
    """
    order, amendment = _waiting(amendment_id, by=by)
    if not note.strip():
        raise InvalidInput(_("Say why it is refused."), field="note")
    actor = Actor.user(by)
    told = note.strip()[:NOTE_LENGTH]
    amendment.refuse(by=by.pk, name=actor.name, note=told, at=at)
    audit.save(amendment, at=at, actor=actor, reason=told, touches=touches(order))
    publish(ChangeDecided(amendment_id=amendment.pk, order_id=order.pk, at=at, actor=actor))
    return amendment


@service
def _grant(amendment_id: int, *, note: str, by: User, at: datetime) -> Amendment:
    order, amendment = _waiting(amendment_id, by=by)
    actor = Actor.user(by)
    granted = frozenset(name for name in ApprovalRule.Approver.values if by.has_perm(name))
    checked = check_again(order, amendment, granted=granted, at=at, actor=actor)
    if checked.blocking:
        raise OrderInvalid(checked.blocking)
    amendment.grant(by=by.pk, name=actor.name, note=note.strip()[:NOTE_LENGTH], at=at)
    make_change(order, amendment, checked, at=at, actor=actor)
    publish(ChangeDecided(amendment_id=amendment.pk, order_id=order.pk, at=at, actor=actor))
    return amendment


def _waiting(amendment_id: int, *, by: User) -> tuple[Order, Amendment]:
    """Return a locked change that waits, when this person may decide it."""
    order, amendment = lock_amendment(amendment_id)
    if amendment.state != Amendment.State.ASKED:
        raise NothingAsked(
            _("%(change)s does not wait for approval any more.") % {"change": amendment}
        )
    if amendment.asker_id == by.pk or had_a_hand(amendment, by):
        raise MayNotApprove(_("Who asked for a change never decides. Ask somebody else."))
    if not by.has_perms(amendment.permissions):
        raise MayNotApprove(_("This is over what you may approve. Ask the finance manager."))
    return order, amendment
