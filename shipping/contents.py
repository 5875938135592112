"""What a shipment holds, order by order and package by package: what every paper says of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from fulfillment.models import Lot, Package, PackageLine, PickLine
from fulfillment.services import not_packed
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from shipping.models import Shipment, ShipmentLine


@dataclass(frozen=True, kw_only=True)
class Goods:
    """So much of an order line, of one lot."""

    line: OrderLine
    quantity: Decimal
    lot: Lot | None = None


@dataclass(frozen=True, kw_only=True)
class Box:
    """A package, the `place`th of the shipment, and what is known to be in it."""

    package: Package
    place: int
    goods: list[Goods] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class OrderPart:
    """What of one order goes along. `loose`: nobody has said in which package it is."""

    order: Order
    boxes: list[Box]
    loose: list[Goods]

    @property
    def goods(self) -> list[Goods]:
        """Everything, packed or not."""
        return [*(one for box in self.boxes for one in box.goods), *self.loose]


def parts_of(shipment: Shipment) -> list[OrderPart]:
    """Return the orders that a shipment carries something of; three statements, however many.

    Of a pick list in a single package everything is in that package.
    """
    lists = ShipmentLine.objects.filter(shipment=shipment).values("pick_list")
    picked = _picked(lists)
    packages = list(Package.objects.filter(pick_list__in=lists).order_by("pick_list", "number"))
    inside = _inside(packages, picked)
    rest = {line.pk: line.picked or ZERO for line in picked.values()}
    boxes: dict[int, list[Box]] = defaultdict(list)
    for place, package in enumerate(packages, start=1):
        goods = _taken(inside[package.pk], picked, rest)
        boxes[package.pick_list_id].append(Box(package=package, place=place, goods=goods))
    return _orders(picked.values(), boxes, rest)


def packages_of(parts: Iterable[OrderPart]) -> list[Package]:
    """Return the packages of a shipment, in the order of their places."""
    boxes = [box for part in parts for box in part.boxes]
    return [box.package for box in sorted(boxes, key=lambda box: box.place)]


def _picked(lists: "QuerySet[ShipmentLine, Any]") -> dict[int, PickLine]:
    found = PickLine.objects.filter(pick_list__in=lists, picked__gt=0).select_related(
        "order_line__product__unit", "order_line__order__customer", "allocation__level__lot"
    )
    return {line.pk: line for line in found.order_by("order_line__order", "order_line__position")}


def _inside(
    packages: Sequence[Package], picked: dict[int, PickLine]
) -> dict[int, list[tuple[int, Decimal]]]:
    """Return what is known to be in each package: pick line and quantity."""
    inside: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in PackageLine.objects.filter(package__in=packages).order_by("pk"):
        inside[row.package_id].append((row.pick_line_id, row.quantity))
    count = Counter(package.pick_list_id for package in packages)
    for package in packages:
        if count[package.pick_list_id] == 1 and not inside[package.pk]:
            inside[package.pk] = [
                (line.pk, line.picked or ZERO)
                for line in picked.values()
                if line.pick_list_id == package.pick_list_id
            ]
    return inside


def _taken(
    inside: Sequence[tuple[int, Decimal]], picked: dict[int, PickLine], rest: dict[int, Decimal]
) -> list[Goods]:
    """Take out of the rest what is in a package."""
    goods = []
    for key, quantity in inside:
        rest[key] -= quantity
        goods.append(_goods(picked[key], quantity))
    return goods


def _goods(line: PickLine, quantity: Decimal) -> Goods:
    return Goods(line=line.order_line, quantity=quantity, lot=line.allocation.level.lot)


def _orders(
    picked: Iterable[PickLine], boxes: dict[int, list[Box]], rest: dict[int, Decimal]
) -> list[OrderPart]:
    parts: dict[int, OrderPart] = {}
    seen: set[int] = set()
    for line in picked:
        order = line.order_line.order
        part = parts.setdefault(order.pk, OrderPart(order=order, boxes=[], loose=[]))
        if line.pick_list_id not in seen:
            seen.add(line.pick_list_id)
            part.boxes.extend(boxes[line.pick_list_id])
        if rest[line.pk] > 0:
            part.loose.append(_goods(line, rest[line.pk]))
    return list(parts.values())


def lacking(shipment: Shipment) -> list[str]:
    """Return the SKUs for which a shipment waits: its customer takes orders only as a whole."""
    if not shipment.customer.ships_complete:
        return []
    return not_packed(set(shipment.lines.values_list("order", flat=True)))
