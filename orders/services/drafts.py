"""Changing drafts and putting them away."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service
from orders import validation
from orders.models import Order
from orders.selectors import last_change
from orders.services.approving import void_approval
from orders.services.cancelling import cancel_order
from orders.services.facts import Entered, NewLine, facts_of
from orders.services.findings import follow_findings
from orders.services.locking import lock_order
from orders.services.rows import insert_lines, rows_of, set_totals


class DraftChanged(DomainError):
    """Somebody else has changed the draft since it was shown."""

    code = "draft_changed"


class NotDraft(DomainError):
    """Only drafts are edited; what is past that is changed by cancelling quantities."""

    code = "not_draft"


@service
def change_draft(
    order_id: int, *, entered: Entered, revision: int, at: datetime, actor: Actor
) -> Order:
    """Replace a draft's head and lines by what was entered against its `revision`.

    Raises:
        NotDraft: it is past that.
        DraftChanged: somebody has changed it since; the message says who and when.
        OrderInvalid: something that not even a draft can hold.
    """
    order = _lock_draft(order_id)
    if order.revision != revision:
        raise DraftChanged(_was_changed(order))
    return _rewrite(order, entered, at=at, actor=actor)


@service
def replace_lines(order_id: int, *, lines: Sequence[NewLine], at: datetime, actor: Actor) -> Order:
    """Give a draft new lines, priced and taxed afresh.

    Raises:
        NotDraft: it is past that.
        OrderInvalid: something that not even a draft can hold.
    """
    order = _lock_draft(order_id)
    entered = Entered(
        lines=lines,
        requested_on=order.requested_on,
        ship_to_id=order.ship_to_id,
        customer_po=order.customer_po,
        note=order.note,
    )
    return _rewrite(order, entered, at=at, actor=actor)


@service
def discard_draft(order_id: int, *, at: datetime, actor: Actor) -> Order:
    """Put a draft away. It stays on record, and "order again" brings its lines back.

    Raises:
        NotDraft: it is past that.
    """
    order = _lock_draft(order_id)
    void_approval(order, at=at, actor=actor)
    return cancel_order(order.pk, reason=Order.CancelReason.ERROR, at=at, actor=actor)


def _lock_draft(order_id: int) -> Order:
    order = lock_order(order_id)
    if order.state != Order.State.DRAFT:
        raise NotDraft(
            _("%(order)s is no draft any more, so it cannot be edited. Cancel lines instead.")
            % {"order": order}
        )
    return order


def _rewrite(order: Order, entered: Entered, *, at: datetime, actor: Actor) -> Order:
    facts = facts_of(order.customer, entered, at=at, order_id=order.pk)
    validation.check_storable(facts)
    void_approval(order, at=at, actor=actor)

    lines = rows_of(facts)
    assert facts.ship_to is not None  # a storable rule says so
    order.ship_to = facts.ship_to
    order.customer_po = facts.customer_po
    order.requested_on = facts.requested_on
    order.note = entered.note
    order.revision += 1
    set_totals(order, lines)
    audit.save(order, at=at, actor=actor)
    order.lines.all().delete()
    insert_lines(order, lines)
    follow_findings(order, validation.findings_of(facts), at=at, actor=actor)
    return order


def _was_changed(order: Order) -> str:
    entry = last_change(order)
    return _(
        "%(order)s was changed by %(who)s at %(time)s. Your changes are not saved:"
        " open it again, look, and enter them once more."
    ) % {
        "order": order,
        "who": entry.actor_name if entry else _("somebody"),
        "time": f"{entry.at:%H:%M}" if entry else "",
    }
