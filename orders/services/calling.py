"""What orders take of blanket orders: counted anew with every change of such an order.

Everybody locks a blanket order after its customer, so the order's step holds what it needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_under
from o2c.kernel.money import ZERO
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders.models import BlanketLine, BlanketOrder, Order, OrderLine
from orders.selectors import today_of
from orders.services.locking import lines_of, lock_order

State = BlanketOrder.State
TAKEN = """
SELECT l.blanket_line_id, sum(l.ordered - l.cancelled) FROM orders_orderline AS l
  JOIN orders_order AS o ON o.id = l.order_id
 WHERE l.blanket_line_id = ANY(%s) AND o.state NOT IN ('draft', 'declined')
 GROUP BY l.blanket_line_id
"""


class CallOffRefused(InvalidInput):
    """What no blanket order covers; `findings` holds each line as (rule, field, message)."""

    code = "call_off_refused"

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(" ".join(found[2] for found in findings), field=findings[0][1])
        self.findings = findings


@service
def call_off(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Count what a submitted order takes of blanket orders, each line within what is agreed.

    Raises:
        CallOffRefused: a blanket order does not cover its line; the message says what is left.
    """
    order = lock_order(order_id)
    _count(order, at=at, actor=actor, is_new=True)


@service
def recount_calls(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Count anew after an order has changed: what was cancelled can be called off again.

    Raises:
        CallOffRefused: more is ordered now than the blanket order leaves.
    """
    order = lock_order(order_id)
    _count(order, at=at, actor=actor, is_new=False)


def _count(order: Order, *, at: datetime, actor: Actor, is_new: bool) -> None:
    lines = [line for line in lines_of(order).values() if line.blanket_line_id is not None]
    if not lines:
        return
    keys = sorted({line.blanket_line_id for line in lines if line.blanket_line_id})
    parts = BlanketLine.objects.filter(pk__in=keys)
    wanted = BlanketOrder.objects.filter(pk__in=parts.values("blanket"))
    blankets = {blanket.pk: blanket for blanket in lock_under(order.customer, wanted)}
    agreed = {
        line.pk: line
        for line in BlanketLine.objects.filter(blanket__in=list(blankets)).order_by("pk")
    }
    for line in agreed.values():
        line.blanket = blankets[line.blanket_id]
    taken = _taken(keys)
    today = today_of(order.customer, at)
    findings = list(_wrong(order, lines, agreed, taken, today=today if is_new else None))
    if findings:
        raise CallOffRefused(findings)
    deltas = {key: taken.get(key, ZERO) - agreed[key].called for key in keys}
    add_to(BlanketLine, {"called": {key: delta for key, delta in deltas.items() if delta}})
    for key, delta in deltas.items():
        agreed[key].called += delta
    for blanket in blankets.values():
        _follow(blanket, agreed.values(), order, at=at, actor=actor)


def _taken(keys: Sequence[int]) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [list(keys)])
        return dict(cursor.fetchall())


def _wrong(
    order: Order,
    lines: Iterable[OrderLine],
    agreed: Mapping[int, BlanketLine],
    taken: Mapping[int, Decimal],
    *,
    today: date | None,
) -> Iterable[tuple[str, str, str]]:
    """Say of each line why it cannot be called off; `today` None: it was called off before."""
    for line in lines:
        assert line.blanket_line_id is not None
        part = agreed[line.blanket_line_id]
        field = f"lines.{line.position - 1}.quantity"
        names = {
            "sku": line.sku,
            "blanket": part.blanket.number,
            "left": _plain(part.left),
            "least": _plain(min(part.minimum_call_off, part.left)),
        }
        if today is not None and not _covers(part, order, line, today):
            message = _("%(blanket)s does not cover %(sku)s for this customer today.")
            yield "blanket_not_valid", field, message % names
        elif taken.get(part.pk, ZERO) > part.agreed:
            message = _("Of %(sku)s, %(blanket)s leaves %(left)s. Take that or less.")
            yield "blanket_exceeded", field, message % names
        elif today is not None and line.ordered < min(part.minimum_call_off, part.left):
            message = _("Of %(sku)s, call off at least %(least)s of %(blanket)s.")
            yield "blanket_below_minimum", field, message % names


def _covers(part: BlanketLine, order: Order, line: OrderLine, today: date) -> bool:
    blanket = part.blanket
    return (
        blanket.customer_id == order.customer_id
        and part.product_id == line.product_id
        and blanket.currency == order.currency
        and blanket.state in (State.ACTIVE, State.FULFILLED)
        and blanket.valid_from <= today <= blanket.valid_until
    )


def _follow(
    blanket: BlanketOrder,
    parts: Iterable[BlanketLine],
    order: Order,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Give a running blanket order the state that its lines say."""
    is_all = all(part.left == 0 for part in parts if part.blanket_id == blanket.pk)
    if is_all and blanket.state == State.ACTIVE:
        blanket.fulfil()
    elif not is_all and blanket.state == State.FULFILLED:
        blanket.reopen()
    audit.save(blanket, at=at, actor=actor, touches=[order.label, order.customer.label])


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
