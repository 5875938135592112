"""The pack station: what is put into which package, and its number in the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import Package, PackageLine, PickLine, PickList
from fulfillment.services.items import TooMany, item_of
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.gs1 import make_sscc
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.sql import add_to
from o2c.kernel.transactions import service

CODE_SHOWN = 60
# More than any lorry carries.
MOST_KG = Decimal(100_000)
NEXT_SERIALS = "SELECT nextval('package_serial') FROM generate_series(1, %s)"


class NotPacking(DomainError):
    """Only what is picked, and not packed yet, is put into packages."""

    code = "not_packing"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A package as it is closed: weight in kg; its sides in cm, all of them or none."""

    weight_kg: Decimal
    kind: str = Package.Kind.PARCEL
    length_cm: int | None = None
    width_cm: int | None = None
    height_cm: int | None = None


@service
def put_in(
    pick_list_id: int, *, code: str, quantity: Decimal, at: datetime, actor: Actor
) -> list[PickLine]:
    """Put a scanned item into the open package, or out of it below zero; return its lines.

    The first item opens a package. Each line tells `in_boxes`, what of it is packed.

    Raises:
        NotPacking: the list is not picked, or packed already.
        BadBarcode, WrongItem, LotNeeded: the code names nothing of the list.
        TooMany: so many were not picked, or are not in the open package.
    """
    pick_list = _lock_picked(pick_list_id)
    lines = selectors.lines_with_packed(pick_list_id)
    item = item_of(code, lines, where=pick_list)
    if not quantity.is_finite() or not quantity:
        raise InvalidInput(_("Count at least one."), field="quantity")
    box = _open_package(pick_list)
    inside = {line.pick_line_id: line for line in PackageLine.objects.filter(package=box)}
    fitting = [line for line in lines if item.is_on(line)]
    moved = _moved(fitting, inside, quantity * item.pieces)
    _write(box, inside, moved)
    changes = {code[:CODE_SHOWN]: (None, sum(moved.values(), ZERO))}
    audit.record(pick_list.label, "pack item", at=at, actor=actor, changes=changes)
    for line, more in moved.items():
        line.in_boxes += more  # type: ignore[attr-defined]
    return list(moved)


@service
def close_package(pick_list_id: int, *, box: Box, at: datetime, actor: Actor) -> Package:
    """Close the open package with its weight; give it an SSCC where our company has a prefix.

    Raises:
        NotPacking: the list is not picked, packed already, or no package is open.
        InvalidInput: the weight is not above zero, or only some of its sides are given.
    """
    pick_list = _lock_picked(pick_list_id)
    package = Package.objects.filter(pick_list=pick_list, weight_kg=0).order_by("number").first()
    if package is None or not package.lines.exists():
        raise NotPacking(_("No package is open: scan an item into it first."))
    check_box(box)
    for name, value in vars(box).items():
        setattr(package, name, value)
    [(package.serial, package.sscc)] = new_numbers(1)
    package.save(update_fields=[*vars(box), "serial", "sscc"])
    changes = {f"package {package.number}": (None, package.sscc or f"{package.weight_kg} kg")}
    audit.record(pick_list.label, "close package", at=at, actor=actor, changes=changes)
    return package


def check_box(box: Box, *, field: str = "weight_kg") -> None:
    """Refuse what no package is.

    Raises:
        InvalidInput: no weight that a package has, or only some of its sides are given.
    """
    if not box.weight_kg.is_finite() or box.weight_kg <= 0:
        raise InvalidInput(_("Enter a weight above zero, in kg."), field=field)
    if box.weight_kg > MOST_KG:
        raise InvalidInput(_("Enter the weight in kg: that is no package."), field=field)
    sides = [box.length_cm, box.width_cm, box.height_cm]
    if any(sides) and not all(side and side > 0 for side in sides):
        raise InvalidInput(_("Enter length, width and height, or none of them."), field="length_cm")


def new_numbers(count: int) -> list[tuple[str, str]]:
    """Return new serial numbers, each with its SSCC; that is empty without a company prefix."""
    prefix = the_company().gs1_prefix
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SERIALS, [count])
        serials = [serial for (serial,) in cursor.fetchall()]
    return [(str(serial), make_sscc(prefix, serial) if prefix else "") for serial in serials]


def ensure_all_packed(pick_list: PickList) -> None:
    """Refuse to end before each picked piece is in a closed package.

    Raises:
        NotPacking: a package is open, or something lies beside the packages.
    """
    if Package.objects.filter(pick_list=pick_list, weight_kg=0).exists():
        raise NotPacking(_("Close the open package first, with its weight."))
    beside = [
        f"{(line.picked or ZERO) - line.in_boxes:f}".rstrip("0").rstrip(".")  # type: ignore[attr-defined]
        + f" × {line.order_line.product.sku}"
        for line in selectors.lines_with_packed(pick_list.pk)
        if (line.picked or ZERO) > line.in_boxes  # type: ignore[attr-defined]
    ]
    if beside:
        message = _("Not in a package yet: %(items)s.")
        raise NotPacking(message % {"items": ", ".join(beside[:5])})


def _lock_picked(pick_list_id: int) -> PickList:
    pick_list = lock(PickList, pick_list_id)
    ensure_picked(pick_list)
    return pick_list


def ensure_picked(pick_list: PickList) -> None:
    """Refuse a locked list that is not being packed.

    Raises:
        NotPacking: it is not picked, or packed already.
    """
    if pick_list.state != PickList.State.PICKED:
        message = _("%(list)s is %(state)s: only what is picked is packed.")
        shown = {"list": pick_list, "state": str(pick_list.get_state_display()).lower()}
        raise NotPacking(message % shown)


def _open_package(pick_list: PickList) -> Package:
    """Return the package that is being filled; it weighs nothing until it is closed."""
    packages = list(Package.objects.filter(pick_list=pick_list).order_by("number"))
    for package in packages:
        if not package.weight_kg:
            return package
    number = packages[-1].number + 1 if packages else 1
    return Package.objects.create(pick_list=pick_list, number=number, weight_kg=ZERO)


def _moved(
    lines: Sequence[PickLine], inside: dict[int, PackageLine], quantity: Decimal
) -> dict[PickLine, Decimal]:
    """Return how much of each line goes in, or comes out of this package."""
    left, moved = quantity, {}
    for line in lines:
        room = (line.picked or ZERO) - line.in_boxes  # type: ignore[attr-defined]
        held = inside[line.pk].quantity if line.pk in inside else ZERO
        step = min(left, room) if left > 0 else max(left, -held)
        if step:
            moved[line] = step
            left -= step
    if left > 0:
        message = _("That is %(left)s more than was picked: put them back.")
        raise TooMany(message % {"left": f"{left.normalize():f}"}, field="quantity")
    if left < 0:
        raise TooMany(_("So many are not in the open package."), field="quantity")
    return moved


def _write(box: Package, inside: dict[int, PackageLine], moved: dict[PickLine, Decimal]) -> None:
    emptied = [
        inside[line.pk].pk
        for line, step in moved.items()
        if line.pk in inside and inside[line.pk].quantity == -step
    ]
    PackageLine.objects.filter(pk__in=emptied).delete()
    changed = {
        inside[line.pk].pk: step
        for line, step in moved.items()
        if line.pk in inside and inside[line.pk].pk not in emptied
    }
    add_to(PackageLine, {"quantity": changed})
    PackageLine.objects.bulk_create(
        PackageLine(package=box, pick_line=line, quantity=step)
        for line, step in moved.items()
        if line.pk not in inside
    )
