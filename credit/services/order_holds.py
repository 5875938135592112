"""Holds of single orders: a row for each reason that stops an order, as long as it does.

What stops all orders of a customer has a row of its own (`services.holds`) and gets none here.
The locked order keeps its rows, so they are read once a step; a new order has none to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credit.checks import Finding, Outcome, Reason
from credit.models import CreditAccount, Hold
from credit.policy import MEASURES
from credit.services.accounts import known_account
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order

HOLDS = "order_holds"
REASON_LENGTH = 300
Standing = CreditAccount.Standing

KINDS: dict[str, Hold.Kind] = {
    "limit": Hold.Kind.OVER_LIMIT,
    "group_limit": Hold.Kind.OVER_LIMIT,
    **dict.fromkeys(MEASURES, Hold.Kind.POLICY),
}
# Without an approval the application says why; these say that there was one, or a refusal.
STANDINGS: dict[str, Hold.Kind] = {
    Standing.EXPIRED: Hold.Kind.EXPIRED,
    Standing.DECLINED: Hold.Kind.DECLINED,
}


def keep(order: Order, finding: Finding, *, at: datetime, actor: Actor) -> None:
    """Have a row for each reason that stops a locked order, and end those of reasons that do not.

    To be called before the order goes on. A row that stands is kept as it is, whatever figures
    the reason names now. An order that is allowed at once costs no statement.
    """
    standing = standing_holds(order)
    stopping = _stopping(order, finding, at=at)
    ended = [hold for hold in standing if hold.kind not in stopping]
    if ended:
        end_holds(order, ended, reason=_end_of(finding), at=at, actor=actor)
    kinds = {hold.kind for hold in standing}
    fresh = {kind: told for kind, told in stopping.items() if kind not in kinds}
    _place(order, fresh, at=at, actor=actor)


def _place(
    order: Order, reasons: Mapping[str, Sequence[str]], *, at: datetime, actor: Actor
) -> None:
    fresh = [
        Hold(
            customer=order.customer,
            order=order,
            kind=kind,
            reason=" ".join(messages)[:REASON_LENGTH],
            placed_at=at,
            placed_by=actor.name,
        )
        for kind, messages in reasons.items()
    ]
    touches = [order.customer.label, order.label]
    audit.create_many(fresh, at=at, actor=actor, touches=touches)
    vars(order).setdefault(HOLDS, []).extend(fresh)


@service
def hold_suspended(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Have a row for an order that was taken back by somebody else than a credit check.

    It stands until the order is looked at again.
    """
    order = orders.lock_order(order_id)
    if HOLDS not in vars(order):
        _place(order, {Hold.Kind.MANUAL: [order.hold_reason]}, at=at, actor=actor)


@service
def end_order_holds(order_id: int, *, at: datetime, actor: Actor) -> None:
    """End what stands against an order that waits no more: it is cancelled, or declined."""
    order = orders.lock_order(order_id)
    found = list(standing_holds(order, waited=True))
    if found:
        reason = _("The order is over: %(state)s.")
        reason %= {"state": str(order.get_state_display()).lower()}
        end_holds(order, found, reason=reason, at=at, actor=actor)


def end_holds(
    order: Order, holds: Iterable[Hold], *, reason: str, at: datetime, actor: Actor
) -> None:
    """Release rows of a locked order."""
    standing = standing_holds(order)
    touches = [order.customer.label, order.label]
    released = list(holds)
    for hold in released:
        hold.released_at, hold.released_by = at, actor.name
        hold.release_reason = reason[:REASON_LENGTH]
        standing.remove(hold)
    audit.save_many(dict.fromkeys(released, touches), at=at, actor=actor, reason=reason)


def standing_holds(order: Order, *, waited: bool = False) -> list[Hold]:
    """Return the rows that stand against a locked order; read only if it waits, or has `waited`."""
    known = vars(order)
    if HOLDS not in known:
        waits = waited or order.state in (Order.State.IN_REVIEW, Order.State.ON_HOLD)
        known[HOLDS] = list(_standing_of([order.pk])) if waits else []
    found: list[Hold] = known[HOLDS]
    return found


def read_holds(waiting: Iterable[Order]) -> None:
    """Read the rows that stand against locked orders, of all of them in one statement."""
    unread = {order.pk: order for order in waiting if HOLDS not in vars(order)}
    found: dict[int | None, list[Hold]] = defaultdict(list)
    for hold in _standing_of(list(unread)):
        found[hold.order_id].append(hold)
    for pk, order in unread.items():
        vars(order)[HOLDS] = found[pk]


def _standing_of(order_ids: list[int]) -> "QuerySet[Hold]":
    return Hold.objects.filter(order__in=order_ids, released_at=None).order_by("placed_at", "pk")


def _stopping(order: Order, finding: Finding, *, at: datetime) -> dict[str, list[str]]:
    """Return what is to stand against the order, by kind; nothing when it is over or goes on."""
    found: dict[str, list[str]] = defaultdict(list)
    if finding.outcome in (Outcome.ALLOW, Outcome.DECLINE):
        return found
    for reason in finding.reasons:
        kind = _kind_of(reason, order, at=at) if reason.outcome != Outcome.ALLOW else None
        if kind is not None:
            found[kind].append(reason.message)
    return found


def _kind_of(reason: Reason, order: Order, *, at: datetime) -> Hold.Kind | None:
    if reason.rule != "standing":
        return KINDS.get(reason.rule)
    account = known_account(order.customer)
    if account is None:
        return None
    standing: str = account.standing(local_date(at, the_company()))
    return STANDINGS.get(standing)


def _end_of(finding: Finding) -> str:
    if finding.outcome == Outcome.ALLOW:
        return _("The order goes on.")
    if finding.outcome == Outcome.DECLINE:
        return _("The order is declined.")
    return _("This does not stop the order any more.")
