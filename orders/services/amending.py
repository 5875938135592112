"""Changing an order that was handed over: checked first, then applied as one step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import revisions
from orders.amendments import AmendmentChanges
from orders.events import OrderAmended
from orders.models import Amendment, Order, OrderRevision
from orders.services import amending_rows as written
from orders.services.amending_checks import NOBODY, Checked, check
from orders.services.locking import lines_of, lock_order
from orders.validation import OrderInvalid

AMENDABLE = (*Order.WAITING, Order.State.RELEASED, Order.State.FULFILLING)
REASON_LENGTH = 300


class NotAmendable(DomainError):
    """A draft is edited; what has left in whole, or is over, is changed no more."""

    code = "not_amendable"


class OrderChanged(DomainError):
    """The order is not any more what the change was made against."""

    code = "order_changed"


@dataclass(frozen=True, kw_only=True)
class Base:
    """What the order was when the change was made: its revision and its content."""

    revision: int
    content: dict[str, Any]


@service
def check_amendment(
    order_id: int,
    *,
    changes: AmendmentChanges,
    reason: str = "",
    channel: str = "",
    at: datetime,
    actor: Actor,
) -> Checked:
    """Return what the changes would do and what speaks against them; nothing is changed.

    Raises:
        NotAmendable: nothing of the order is left to be changed.
        InvalidInput: the changes cannot be laid over the order.
    """
    order = _amendable(order_id)
    return check(order, changes.explained(reason), channel=channel, at=at, actor=actor)


@service
def draft_amendment(
    order_id: int,
    *,
    changes: AmendmentChanges,
    reason: str,
    base_revision: int | None = None,
    channel: str = "",
    at: datetime,
    actor: Actor,
) -> Amendment:
    """Keep what somebody wants to change with what it would do; the order stays as it is.

    Its state is `checked` when nothing speaks against it, else `draft`, with the findings.
    `channel` is by which the customer asks with their own hands: how much is theirs to decide.

    Raises:
        NotAmendable: nothing of the order is left to be changed.
        OrderChanged: it was made against an older revision, and something differs since.
        InvalidInput: no reason, or changes that cannot be laid over the order.
    """
    order = _amendable(order_id)
    if not reason.strip():
        raise InvalidInput(_("Say why the order is changed."), field="reason")
    changes = changes.explained(reason.strip())
    content = revisions.content_of(order_id)
    _ensure_current(order, base_revision, content)
    checked = check(order, changes, channel=channel, at=at, actor=actor)
    amendment = _drafted(order, checked, content=content, changes=changes)
    amendment.reason, amendment.asked_by = reason.strip()[:REASON_LENGTH], actor.name
    amendment.created_at = at
    if not checked.blocking:
        amendment.check_off()
    return audit.create(amendment, at=at, actor=actor, touches=touches(order))


def _drafted(
    order: Order, checked: Checked, *, content: revisions.Content, changes: AmendmentChanges
) -> Amendment:
    serial = Amendment.objects.filter(order=order).count() + 1
    return Amendment(
        order=order,
        serial=serial,
        number=f"{order.number}-A{serial}",
        base_revision=order.revision,
        base=content,
        asked=changes.as_json(),
        effects=checked.effects,
        findings=checked.as_json(),
        needs=[need.reason for need in checked.needs],
        permissions=sorted({need.permission for need in checked.needs}),
    )


@service
def apply_amendment(amendment_id: int, *, at: datetime, actor: Actor) -> Amendment:
    """Change the order as was asked; stock, credit and dates follow in this step.

    Raises:
        Amendment.DoesNotExist: no such amendment.
        TransitionNotAllowed: it is applied or withdrawn already.
        NotAmendable: nothing of the order is left to be changed.
        OrderChanged: the order has changed since, in what was agreed on.
        OrderInvalid: with all that speaks against it now.
        DomainError: a later stage refuses it, as credit does over the limit once picking has begun.
    """
    order, amendment = lock_amendment(amendment_id)
    if amendment.state not in {Amendment.State.DRAFT, Amendment.State.CHECKED}:
        amendment.apply(at=at, by=actor.name)  # says in which state it is
    checked = check_again(order, amendment, at=at, actor=actor)
    return _apply(order, amendment, checked, at=at, actor=actor)


@service
def withdraw_amendment(amendment_id: int, *, at: datetime, actor: Actor) -> Amendment:
    """Give an amendment up that was not applied; it stays on record.

    Raises:
        Amendment.DoesNotExist: no such amendment.
        TransitionNotAllowed: it is applied or withdrawn already.
    """
    order, amendment = lock_amendment(amendment_id)
    amendment.withdraw(by=actor.name)
    return audit.save(amendment, at=at, actor=actor, touches=touches(order))


@service
def amend_order(
    order_id: int,
    *,
    changes: AmendmentChanges,
    reason: str,
    base_revision: int | None = None,
    channel: str = "",
    at: datetime,
    actor: Actor,
) -> Amendment:
    """Check and apply a change in one step; what is refused leaves nothing behind.

    Raises: as `draft_amendment` and `apply_amendment`.
    """
    amendment = draft_amendment(
        order_id,
        changes=changes,
        reason=reason,
        base_revision=base_revision,
        channel=channel,
        at=at,
        actor=actor,
    )
    order = lock_order(order_id)
    checked = check(order, asked_in(amendment), channel=channel, at=at, actor=actor)
    return _apply(order, amendment, checked, at=at, actor=actor)


def lock_amendment(amendment_id: int) -> tuple[Order, Amendment]:
    """Lock the order of an amendment; nobody changes the amendment without that.

    Raises:
        Amendment.DoesNotExist: no such amendment.
    """
    order_id = Amendment.objects.values_list("order_id", flat=True).get(pk=amendment_id)
    order = lock_order(order_id)
    return order, Amendment.objects.get(pk=amendment_id)


def check_again(
    order: Order,
    amendment: Amendment,
    *,
    granted: frozenset[str] = NOBODY,
    at: datetime,
    actor: Actor,
) -> Checked:
    """Check a kept amendment on the order as it is now.

    Raises:
        NotAmendable: nothing of the order is left to be changed.
        OrderChanged: the order has changed since, in what was agreed on.
    """
    _ensure_amendable(order)
    _ensure_same(order, amendment)
    return check(order, asked_in(amendment), granted=granted, at=at, actor=actor)


def asked_in(amendment: Amendment) -> AmendmentChanges:
    """Return what an amendment asks for."""
    return AmendmentChanges.from_json(amendment.asked)


def _apply(
    order: Order, amendment: Amendment, checked: Checked, *, at: datetime, actor: Actor
) -> Amendment:
    if checked.blocking:
        raise OrderInvalid(checked.blocking)
    if amendment.state == Amendment.State.DRAFT:
        amendment.check_off()
    amendment.apply(at=at, by=actor.name)
    return make_change(order, amendment, checked, at=at, actor=actor)


def make_change(
    order: Order, amendment: Amendment, checked: Checked, *, at: datetime, actor: Actor
) -> Amendment:
    """Write what an applied amendment changes; stock, credit and dates follow in this step."""
    was_confirmed = order.state in Order.CONFIRMED
    amendment.effects, amendment.findings = checked.effects, checked.as_json()

    revisions.keep_base(order)
    reason = amendment.reason
    line_ids = written.write_lines(order, checked.outcome, at=at, actor=actor, reason=reason)
    written.write_header(order, checked, at=at, actor=actor, reason=reason)
    audit.save(amendment, at=at, actor=actor, touches=touches(order))
    revisions.keep(order, reason=reason, at=at, made_by=actor.name, amendment_id=amendment.pk)
    written.keep_warnings(order, checked.warnings, at=at)
    publish(
        OrderAmended(
            order_id=order.pk,
            amendment_id=amendment.pk,
            line_ids=line_ids,
            was_confirmed=was_confirmed,
            is_less=checked.is_less,
            at=at,
            actor=actor,
        )
    )
    written.fold_taken_off(order, checked.outcome)
    return amendment


def _amendable(order_id: int) -> Order:
    order = lock_order(order_id)
    _ensure_amendable(order)
    return order


def _ensure_amendable(order: Order) -> None:
    if order.state not in AMENDABLE or not any(
        line.open_quantity for line in lines_of(order).values()
    ):
        raise NotAmendable(
            _("%(order)s is %(state)s: it cannot be changed. Order what is still wanted again.")
            % {"order": order, "state": str(order.get_state_display()).lower()}
        )


def _ensure_current(order: Order, base_revision: int | None, content: revisions.Content) -> None:
    """Refuse a change that was made against an older revision of another content."""
    if base_revision in {None, order.revision}:
        return
    kept = OrderRevision.objects.filter(order=order, number=base_revision).first()
    found = revisions.differences(kept.content, content) if kept else []
    if kept is None or found:
        raise OrderChanged(_was_changed(order, found))


def _ensure_same(order: Order, amendment: Amendment) -> None:
    if order.revision == amendment.base_revision:
        return
    found = revisions.differences(amendment.base, revisions.content_of(order.pk))
    if found:
        raise OrderChanged(_was_changed(order, found))


def _was_changed(order: Order, found: list[revisions.Difference]) -> str:
    told = "; ".join(str(difference) for difference in found)
    text = _("%(order)s has been changed since. Look at it, and make your change again.")
    return f"{text % {'order': order}} {told}".strip()


def touches(order: Order) -> list[str]:
    """Return whose trails show what happens to an amendment."""
    return [order.label, order.customer.label]
