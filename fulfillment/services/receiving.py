"""What lies on the shelf: received, counted, corrected. Every change is a move."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.events import StockReceived
from fulfillment.models import CountTask, Location, StockLevel, StockMove
from fulfillment.services import stock
from fulfillment.services.allocating import hold_backorders
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service


class AlreadyRecorded(DomainError):
    """This receipt is in the books."""

    code = "already_recorded"


class StockPromised(DomainError):
    """More is claimed by orders than would be left."""

    code = "stock_promised"


@service
def receive_stock(
    *,
    location_id: int,
    product_id: int,
    quantity: Decimal,
    source: str,
    reason: str = "",
    at: datetime,
    actor: Actor,
) -> StockLevel:
    """Put goods on the shelf; orders that wait for them are served, the oldest first.

    Args:
        source: the delivery that brought them, once per location and product: `receipt:GR-5`.

    Raises:
        Location.DoesNotExist: no such location.
        InvalidInput: the quantity is not above zero.
        AlreadyRecorded: this delivery was put here before.
    """
    _ensure_positive(quantity)
    Location.objects.only("pk").get(pk=location_id)
    order_ids = hold_backorders([product_id], quantity=quantity)
    level, _is_new = StockLevel.objects.get_or_create(
        product_id=product_id, location_id=location_id
    )
    level = stock.hold([level.product_id])[level.pk]
    if level.moves.filter(source=source, kind=StockMove.Kind.RECEIPT).exists():
        raise AlreadyRecorded(
            _("%(source)s was received here already.")
            % {"source": source.rsplit(":", maxsplit=1)[-1]}
        )
    _move(level, StockMove.Kind.RECEIPT, quantity, source, reason, at=at, actor=actor)
    _announce(level, order_ids, at=at, actor=actor)
    return level


@service
def count_level(level_id: int, *, counted: Decimal, at: datetime, actor: Actor) -> CountTask:
    """Take what was counted as the truth; orders that wait are served from it.

    Raises:
        StockLevel.DoesNotExist: no such level.
        InvalidInput: less than nothing was counted.
        StockPromised: orders claim more than was counted: their pickers report it short first.
    """
    if not counted.is_finite() or counted < 0:
        raise InvalidInput(_("Enter what you counted, 0 if nothing is there."), field="counted")
    level = StockLevel.objects.get(pk=level_id)
    order_ids = hold_backorders([level.product_id], quantity=counted)
    level = stock.hold([level.product_id])[level.pk]
    if counted < level.allocated:
        raise StockPromised(
            _("Orders claim %(claimed)s of these. Pick them first: what is missing is short then.")
            % {"claimed": f"{level.allocated.normalize():f}"},
            field="counted",
        )
    task = _close_task(level, counted, at=at, actor=actor)
    difference = counted - level.on_hand
    if difference:
        source = f"count:{task.pk}"
        _move(level, StockMove.Kind.COUNT, difference, source, task.reason, at=at, actor=actor)
    _announce(level, order_ids, at=at, actor=actor)
    return task


@service
def adjust(
    level_id: int, *, quantity: Decimal, reason: str, at: datetime, actor: Actor
) -> StockLevel:
    """Correct a level by a signed quantity, for a reason.

    Raises:
        StockLevel.DoesNotExist: no such level.
        InvalidInput: nothing would change, or no reason is given.
        StockPromised: orders claim more than would be left.
    """
    if not quantity.is_finite() or not quantity:
        raise InvalidInput(_("Enter by how much: below zero takes away."), field="quantity")
    if not reason.strip():
        raise InvalidInput(_("Say why the stock is corrected."), field="reason")
    level = StockLevel.objects.get(pk=level_id)
    order_ids = hold_backorders([level.product_id], quantity=quantity)
    level = stock.hold([level.product_id])[level.pk]
    if level.available + quantity < 0:
        raise StockPromised(
            _("Only %(free)s can be taken away: orders claim the rest.")
            % {"free": f"{level.available.normalize():f}"},
            field="quantity",
        )
    source = public_id("adjustment")
    _move(level, StockMove.Kind.ADJUSTMENT, quantity, source, reason, at=at, actor=actor)
    if quantity > 0:
        _announce(level, order_ids, at=at, actor=actor)
    return level


def _move(
    level: StockLevel,
    kind: str,
    quantity: Decimal,
    source: str,
    reason: str,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    StockMove.objects.create(
        level=level,
        kind=kind,
        quantity=quantity,
        source=source,
        reason=reason,
        at=at,
        actor=actor.name,
    )
    add_to(StockLevel, {"on_hand": {level.pk: quantity}})
    audit.record(
        f"stocklevel:{level.pk}",
        kind,
        at=at,
        actor=actor,
        changes={"on_hand": (level.on_hand, level.on_hand + quantity)},
        reason=reason,
    )
    level.on_hand += quantity


def _close_task(level: StockLevel, counted: Decimal, *, at: datetime, actor: Actor) -> CountTask:
    task = CountTask.objects.filter(level=level, state=CountTask.State.OPEN).first()
    if task is None:
        task = CountTask(level=level, reason=_("Counted unasked"), opened_at=at)
        audit.create(task, at=at, actor=actor)
    task.state, task.counted, task.counted_at = CountTask.State.COUNTED, counted, at
    return audit.save(task, at=at, actor=actor)


def _announce(level: StockLevel, order_ids: list[int], *, at: datetime, actor: Actor) -> None:
    publish(StockReceived(product_ids=[level.product_id], order_ids=order_ids, at=at, actor=actor))


def _ensure_positive(quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity <= 0:
        raise InvalidInput(_("Enter a quantity above zero."), field="quantity")
