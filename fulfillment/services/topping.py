"""More than was ordered, within the tolerance: ordered, claimed and put on the list in one step."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from credit.services import read_accounts
from fulfillment import selectors
from fulfillment.models import Allocation, PickLine, PickList, StockLevel
from fulfillment.services import stock
from fulfillment.services.items import TooMany
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order
from orders.services import amend_order, lines_of, lock_order


@service
def top_up(
    order_id: int,
    pick_list: PickList,
    more: Mapping[PickLine, Decimal],
    *,
    at: datetime,
    actor: Actor,
) -> list[PickLine]:
    """Let an order have so much more of what a locked list takes from its places.

    The order is amended, so that credit, customer and bill know; its claims go to the places that
    the goods were taken from. Return the new lines of the list, all found.

    Raises:
        TooMany: so much more does not lie there, or is promised to others.
        OrderInvalid: the customer could not have ordered so much.
        DomainError: credit refuses it.
    """
    if not more:
        return []
    order = lock_order(order_id)
    per_line: dict[int, Decimal] = defaultdict(Decimal)
    for line, quantity in more.items():
        per_line[line.order_line_id] += quantity
    _amend(order, pick_list, per_line, more, at=at, actor=actor)
    claims = selectors.unpicked_claims(per_line)
    if sum(claim.quantity for claim in claims) < sum(per_line.values()):
        raise _too_many(next(iter(more)))
    _move(claims, more)
    return _put_on(pick_list, more, at=at)


def hold_for(order: Order, lines: Iterable[PickLine], *, at: datetime) -> None:
    """Lock all places of what these lines take, for a step that may ask for more than one of them.

    What credit asks of the customer, who may owe more then, comes before stock.
    """
    read_accounts([order.customer_id], at=at)
    stock.hold({line.order_line.product_id for line in lines})


def take_back(
    order_id: int,
    pick_list: PickList,
    back: Mapping[PickLine, Decimal],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Let a locked order want no more what of `back` a list had taken on top of it.

    That is claimed without a list already, and given back as what was claimed last.
    """
    over: dict[int, Decimal] = defaultdict(Decimal)
    for line, quantity in back.items():
        if is_on_top(line):
            over[line.order_line_id] -= quantity
    if over:
        _amend(lock_order(order_id), pick_list, over, back, at=at, actor=actor)


def is_on_top(line: PickLine) -> bool:
    """Say whether a line was sent beyond what was ordered, within the tolerance."""
    return line.allocation.reason == Allocation.Reason.OVER


def _amend(
    order: Order,
    pick_list: PickList,
    per_line: Mapping[int, Decimal],
    picked: Iterable[PickLine],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Change what is ordered; what is refused of it is said of the lines `picked`."""
    held = lines_of(order)
    changes = [
        LineChange(line_id=key, quantity=held[key].ordered - held[key].cancelled + quantity)
        for key, quantity in per_line.items()
    ]
    reason = _("Sent within the tolerance, by %(list)s") % {"list": pick_list}
    keys = {line.order_line_id: line.pk for line in picked}
    places = {f"lines.{place}": f"lines.{keys[key]}.picked" for place, key in enumerate(per_line)}
    try:
        amend_order(
            order.pk, changes=AmendmentChanges(lines=changes), reason=reason, at=at, actor=actor
        )
    except InvalidInput as refusal:
        refusal.rename(lambda field: places.get(field.rpartition(".")[0], "lines"))
        raise


def _move(claims: Sequence[Allocation], more: Mapping[PickLine, Decimal]) -> None:
    """Let the places that the goods were taken from be claimed, instead of those of the claims."""
    moved: dict[int, Decimal] = defaultdict(Decimal)
    for claim in claims:
        moved[claim.level_id] -= claim.quantity
    for line, quantity in more.items():
        moved[line.allocation.level_id] += quantity
    held = StockLevel.objects.in_bulk(moved)  # all of the product are locked since it was claimed
    for line in more:
        level_id = line.allocation.level_id
        if held[level_id].available < moved[level_id]:
            raise _too_many(line)
    add_to(StockLevel, {"allocated": {key: step for key, step in moved.items() if step}})
    Allocation.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        state=Allocation.State.RELEASED
    )


def _too_many(line: PickLine) -> TooMany:
    message = _("So many more of %(sku)s are not free there: by the books others are to have them.")
    field = f"lines.{line.pk}.picked"
    return TooMany(message % {"sku": line.order_line.sku}, field=field)


def _put_on(
    pick_list: PickList, more: Mapping[PickLine, Decimal], *, at: datetime
) -> list[PickLine]:
    last = PickLine.objects.filter(pick_list=pick_list).aggregate(last=Max("position"))["last"]
    claims = Allocation.objects.bulk_create(
        Allocation(
            line_id=line.order_line_id,
            level_id=line.allocation.level_id,
            quantity=quantity,
            reason=Allocation.Reason.OVER,
            allocated_at=at,
        )
        for line, quantity in more.items()
    )
    lines = [
        PickLine(
            pick_list=pick_list,
            allocation=claim,
            order_line=line.order_line,
            position=last + number,
            quantity=claim.quantity,
            scanned=claim.quantity,
            picked=claim.quantity,
        )
        for number, (line, claim) in enumerate(zip(more, claims, strict=True), start=1)
    ]
    return PickLine.objects.bulk_create(lines)
