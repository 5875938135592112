"""What a scanned code names among the lines of a pick list: an item, and which lot of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product, ProductUnit
from fulfillment.models import Location, Lot, PickBatch, PickLine, PickList
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.gs1 import gtins_like, read_label

ONE = Decimal(1)


class NotPicking(DomainError):
    """Only a pick list that somebody is walking with is scanned."""

    code = "not_picking"


class WrongItem(InvalidInput):
    code = "wrong_item"


class PlaceScanned(WrongItem):
    """The label of a shelf was scanned, not the goods."""

    code = "place_scanned"

    def __init__(self, message: str, *, location_id: int) -> None:
        super().__init__(message, field="code")
        self.location_id = location_id


class LotNeeded(InvalidInput):
    """The item alone does not say which lot or piece is in hand."""

    code = "lot_needed"


class TooMany(InvalidInput):
    code = "too_many"


class AlreadyScanned(TooMany):
    """A serial number stands for one piece: a second scan of it is a mistake."""

    code = "already_scanned"


@dataclass(frozen=True, kw_only=True)
class Item:
    """What a code names: a product, how many pieces one scan stands for, and which lot.

    `expires_on` is what the label says of the lot; None: it says nothing.
    """

    product: Product
    pieces: Decimal = ONE
    lot_code: str = ""
    expires_on: date | None = None

    @property
    def is_serial(self) -> bool:
        return self.product.tracking == Product.Tracking.SERIAL

    def is_on(self, line: PickLine) -> bool:
        """Say whether a line asks for this, and for no other lot."""
        is_same = line.order_line.product_id == self.product.pk
        return is_same and self.lot_code in ("", lot_code_of(line))


def lot_code_of(line: PickLine) -> str:
    """Return the lot or serial number that a line is to take; empty: not kept by lot."""
    lot = line.allocation.level.lot
    return lot.code if lot else ""


def item_of(code: str, lines: Sequence[PickLine], *, where: PickList | PickBatch) -> Item:
    """Return what a code names among these lines.

    Raises:
        BadBarcode: GS1 data that is damaged.
        WrongItem: nothing of these lines. `where` is what they belong to.
        PlaceScanned: it is the code of a place in its house.
        LotNeeded: the product is kept by lot or serial number, and the code names none.
    """
    label = read_label(code)
    if label.sscc and not label.gtin:
        message = _("%(code)s is the number of a package. Scan the item.")
        raise WrongItem(message % {"code": label.sscc}, field="code")
    products = {line.order_line.product_id: line.order_line.product for line in lines}
    item = (
        _by_gtin(label.gtin, products)
        if label.gtin
        else _by_text(label.text, products) or _by_lot(label.text, lines, products)
    )
    if item is None:
        shown = label.gtin or label.text or code
        _ensure_no_place(shown.strip(), lines, where)
        message = _("%(code)s is not on %(list)s: put it back.")
        raise WrongItem(message % {"code": shown[:60], "list": where}, field="code")
    pieces = item.pieces * (label.count or 1)
    lot_code = item.lot_code
    if item.product.tracking != Product.Tracking.NONE:
        lot_code = lot_code or (label.serial if item.is_serial else label.lot)
        _ensure_named(item.product, lot_code, lines)
    return Item(product=item.product, pieces=pieces, lot_code=lot_code, expires_on=label.expires_on)


def _ensure_no_place(text: str, lines: Sequence[PickLine], where: PickList | PickBatch) -> None:
    """Refuse the code of a place; say whether it is one to take something from."""
    found = Location.objects.filter(warehouse=where.warehouse_id, code__iexact=text)
    for place in found.order_by("pk")[:1]:
        is_here = any(line.allocation.level.location_id == place.pk for line in lines)
        message = (
            _("That is the place %(place)s, scan the goods.")
            if is_here
            else _("That is the place %(place)s, and nothing of %(list)s lies there.")
        )
        shown = {"place": place.code, "list": where}
        raise PlaceScanned(message % shown, location_id=place.pk)


def _by_gtin(gtin: str, products: dict[int, Product]) -> Item | None:
    """Look among the products, then among their packs: one scan of a box is all that is in it."""
    names = gtins_like(gtin)
    for product in products.values():
        if product.gtin and product.gtin in names:
            return Item(product=product)
    packs = ProductUnit.objects.filter(product__in=products, gtin__in=names).exclude(gtin="")
    for pack in packs.order_by("pk")[:1]:
        return Item(product=products[pack.product_id], pieces=pack.factor)
    return None


def _by_text(text: str, products: dict[int, Product]) -> Item | None:
    for product in products.values():
        if text and product.sku.casefold() == text.casefold():
            return Item(product=product)
    return _by_gtin(text, products) if text.isascii() and text.isdigit() else None


def _by_lot(text: str, lines: Sequence[PickLine], products: dict[int, Product]) -> Item | None:
    """Take a bare lot or serial number: of these lines first, then of their products at large."""
    for line in lines:
        if text and lot_code_of(line) == text:
            return Item(product=line.order_line.product, lot_code=text)
    tracked = [pk for pk, one in products.items() if one.tracking != Product.Tracking.NONE]
    found = list(Lot.objects.filter(product__in=tracked, code=text)[:2]) if tracked else []
    if len(found) == 1:
        return Item(product=products[found[0].product_id], lot_code=text)
    return None


def _ensure_named(product: Product, lot_code: str, lines: Sequence[PickLine]) -> None:
    if lot_code:
        return
    expected = dict.fromkeys(
        lot_code_of(line) for line in lines if line.order_line.product_id == product.pk
    )
    message = (
        _("%(sku)s is kept by serial number: scan that of the piece. The list names %(lots)s.")
        if product.tracking == Product.Tracking.SERIAL
        else _("%(sku)s is kept by lot: scan the lot. The list names %(lots)s.")
    )
    shown = {"sku": product.sku, "lots": ", ".join(list(expected)[:3])}
    raise LotNeeded(message % shown, field="code")
