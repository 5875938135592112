"""Packing, and the goods leaving the house."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.events import PickPacked
from fulfillment.models import Package, PackageLine, PickList
from fulfillment.selectors import today_of
from fulfillment.services import stock
from fulfillment.services.boxes import Box, check_box, ensure_all_packed, new_numbers
from fulfillment.services.soundness import ensure_sound
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


@service
def pack(
    pick_list_id: int, *, weights: Sequence[Decimal] = (), at: datetime, actor: Actor
) -> list[Package]:
    """End packing: with the packages of the pack station, or with one for each weight in kg.

    With weights, what is in the packages is known only when there is a single one.

    Raises:
        TransitionNotAllowed: it is not picked, or packed already.
        NotPacking: a package is open, or something lies beside the packages.
        InvalidInput: there is no package, or a weight is not above zero.
    """
    pick_list = lock(PickList, pick_list_id)
    pick_list.pack(at=at)
    packages = list(pick_list.packages.order_by("number"))
    if packages:
        ensure_all_packed(pick_list)
    else:
        packages = _weighed(pick_list, weights)
    audit.save(pick_list, at=at, actor=actor, touches=[f"order:{pick_list.order_id}"])
    publish(PickPacked(pick_list_id=pick_list.pk, at=at, actor=actor))
    return packages


def _weighed(pick_list: PickList, weights: Sequence[Decimal]) -> list[Package]:
    if not weights:
        raise InvalidInput(_("Enter the weight of at least one package."), field="weights")
    for position, weight in enumerate(weights):
        check_box(Box(weight_kg=weight), field=f"weights.{position}")
    packages = [
        Package(pick_list=pick_list, number=number, weight_kg=weight, serial=serial, sscc=sscc)
        for number, (weight, (serial, sscc)) in enumerate(
            zip(weights, new_numbers(len(weights)), strict=True), start=1
        )
    ]
    rows.insert(packages)
    if len(packages) == 1:
        found = pick_list.lines.filter(picked__gt=0).values_list("pk", "picked")
        rows.insert(
            [
                PackageLine(package=packages[0], pick_line_id=pk, quantity=picked)
                for pk, picked in found
                if picked
            ]
        )
    return packages


@service
def ship_stock(*, pick_list_ids: Sequence[int], source: str, at: datetime, actor: Actor) -> None:
    """Let the goods of packed pick lists leave: claims and stock go down together.

    Args:
        source: what takes them, once for ever: `shipment:17`.

    Raises:
        TransitionNotAllowed: a pick list is not packed, or has left already.
        UnsoundLot: goods of a lot are in it that is recalled, or has expired.
    """
    for pick_list in lock_many(PickList, pick_list_ids).values():
        pick_list.hand_over()
        audit.save(pick_list, at=at, actor=actor)
    ensure_sound(pick_list_ids, on=today_of(at))
    stock.ship(pick_list_ids, source=source, at=at, actor=actor.name)
