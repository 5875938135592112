"""Which lots and serial numbers came back: only what had left with the very line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.models import Lot, PickLine
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from shipping.models import ReturnLine

SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """So much of an announced line has come, of one lot where the product is kept by lot."""

    line_id: int
    quantity: Decimal
    lot_code: str = ""


@dataclass(frozen=True, kw_only=True)
class LotsOut:
    """The lots of some shipped lines.

    `known`: by product and code; `left`: by shipped line, how much of each lot is still out, by
    key of the lot, with None for what was not kept by lot when it left.
    """

    known: Mapping[tuple[int, str], Lot]
    left: Mapping[int, Mapping[int | None, Decimal]]


def lots_out(lines: Sequence[ReturnLine], goods: Iterable[Arrived]) -> LotsOut:
    """Return what can come back of these lines, by lot; three statements."""
    products = {line.shipment_line.order_line.product_id for line in lines}
    codes = {one.lot_code.strip() for one in goods} - {""}
    found = Lot.objects.filter(product__in=products, code__in=codes)
    return LotsOut(known={(lot.product_id, lot.code): lot for lot in found}, left=_left(lines))


def lots_of(line: ReturnLine, parts: Sequence[Arrived], out: LotsOut) -> list[int | None]:
    """Return the lot of each part; none where the product is not kept by lot.

    Raises:
        InvalidInput: a lot is missing, unknown, named twice, or did not leave with this line, or
            not so much of it; `field` is `lines.<line id>`.
    """
    field, product = f"lines.{line.pk}", line.shipment_line.order_line.product
    codes = [part.lot_code.strip() for part in parts]
    if product.tracking == Product.Tracking.NONE:
        if any(codes) or len(parts) > 1:
            message = _("%(sku)s is not kept by lot.") % {"sku": product.sku}
            raise InvalidInput(message, field=field)
        return [None]
    if len(set(codes)) < len(codes):
        raise InvalidInput(_("The same lot is entered twice."), field=field)
    lots: list[int | None] = []
    for code, part in zip(codes, parts, strict=True):
        lot = out.known.get((product.pk, code))
        if lot is None:
            raise InvalidInput(
                _("We never had lot “%(code)s” of %(sku)s. Read it from the goods again.")
                % {"code": code, "sku": product.sku},
                field=field,
            )
        _ensure_left(line, part, lot, out.left[line.shipment_line_id])
        lots.append(lot.pk)
    return lots


def _ensure_left(
    line: ReturnLine, part: Arrived, lot: Lot, left: Mapping[int | None, Decimal]
) -> None:
    field = f"lines.{line.pk}"
    facts = {"code": lot.code, "shipment": line.shipment_line.shipment.number}
    if lot.is_serial and part.quantity != 1:
        raise InvalidInput(_("A serial number stands for one piece."), field=field)
    if left.get(None, ZERO) > 0:  # Nobody noted which lots those were.
        return
    if lot.pk not in left:
        raise InvalidInput(
            _("Lot “%(code)s” did not leave with %(shipment)s. What left is: %(lots)s.")
            % {**facts, "lots": _words(left)},
            field=field,
        )
    if part.quantity > left[lot.pk]:
        raise InvalidInput(
            _("Of lot “%(code)s” only %(left)s left with %(shipment)s and has not come back.")
            % {**facts, "left": f"{left[lot.pk].normalize():f}"},
            field=field,
        )


def _left(lines: Sequence[ReturnLine]) -> dict[int, dict[int | None, Decimal]]:
    """Return what was picked for the shipped lines, by lot, less what has come back of it."""
    shipped = {line.shipment_line_id: line.shipment_line for line in lines}
    left: dict[int, dict[int | None, Decimal]] = {key: defaultdict(Decimal) for key in shipped}
    keys = {(line.pick_list_id, line.order_line_id): key for key, line in shipped.items()}
    picked = PickLine.objects.filter(
        pick_list__in={line.pick_list_id for line in shipped.values()},
        order_line__in={line.order_line_id for line in shipped.values()},
        picked__gt=0,
    ).values_list("pick_list", "order_line", "allocation__level__lot", "picked")
    for pick_list_id, order_line_id, lot_id, quantity in picked:
        if key := keys.get((pick_list_id, order_line_id)):
            left[key][lot_id] += quantity or ZERO
    back = ReturnLine.objects.filter(shipment_line__in=list(shipped), lot__isnull=False)
    sums = back.values_list("shipment_line", "lot").annotate(sum=Sum("received"))
    for key, lot_id, quantity in sums.order_by():
        if lot_id in left[key]:
            left[key][lot_id] -= quantity
    return left


def _words(left: Mapping[int | None, Decimal]) -> str:
    """Name the first lots that left."""
    lots = Lot.objects.filter(pk__in=[key for key in left if key]).order_by("code")
    names = list(lots.values_list("code", flat=True)[: SHOWN + 1])
    return ", ".join([*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])
