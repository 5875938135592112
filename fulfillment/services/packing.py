"""Packing, and the goods leaving the house."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.events import PickPacked
from fulfillment.models import Package, PickList
from fulfillment.services import stock
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


@service
def pack(
    pick_list_id: int, *, weights: Sequence[Decimal], at: datetime, actor: Actor
) -> list[Package]:
    """Close the packages of a picked list, each with its weight in kg.

    Raises:
        TransitionNotAllowed: it is not picked, or packed already.
        InvalidInput: there is no package, or a weight is not above zero.
    """
    pick_list = lock(PickList, pick_list_id)
    pick_list.pack(at=at)
    if not weights:
        raise InvalidInput(_("Enter the weight of at least one package."), field="weights")
    for position, weight in enumerate(weights):
        if not weight.is_finite() or weight <= 0:
            raise InvalidInput(_("Enter a weight above zero, in kg."), field=f"weights.{position}")
    packages = [
        Package(pick_list=pick_list, number=number, weight_kg=weight)
        for number, weight in enumerate(weights, start=1)
    ]
    rows.insert(packages)
    audit.save(pick_list, at=at, actor=actor, touches=[f"order:{pick_list.order_id}"])
    publish(PickPacked(pick_list_id=pick_list.pk, at=at, actor=actor))
    return packages


@service
def ship_stock(*, pick_list_ids: Sequence[int], source: str, at: datetime, actor: Actor) -> None:
    """Let the goods of packed pick lists leave: claims and stock go down together.

    Args:
        source: what takes them, once for ever: `shipment:17`.

    Raises:
        TransitionNotAllowed: a pick list is not packed, or has left already.
    """
    for pick_list in lock_many(PickList, pick_list_ids).values():
        pick_list.hand_over()
        audit.save(pick_list, at=at, actor=actor)
    stock.ship(pick_list_ids, source=source, at=at, actor=actor.name)
