"""The ship notice as X12 856: shipment, orders, packages, items."""

from collections.abc import Iterator

from customers.models import Address
from fulfillment.houses import HouseAddress
from orders.partners.responses import X12_TEXT, X12_UNITS, day_of, number_of, x12_trade_number
from orders.partners.writing import Parts
from shipping.notices.content import Notice, NoticeLine, NoticeOrder, NoticePack

# BSN05, code list 1005: what the levels are.
WITH_PACKAGES, WITHOUT = "0001", "0004"
COMPLETE, PARTIAL = "AC", "BP"
# The longest reference, element 127; the letters of a state or province, element 156.
REFERENCE, STATE = 30, 2


class Levels:
    """Numbers the levels of a document: each HL names its parent."""

    def __init__(self) -> None:
        self.count = 0

    def next(self, code: str, parent: int = 0, *, has_below: bool = True) -> Parts:
        """Return the next HL. `count` is its number then."""
        self.count += 1
        above = str(parent) if parent else ""
        return ("HL", str(self.count), above, code, "1" if has_below else "0")


def segments(notice: Notice) -> Iterator[Parts]:
    """Yield everything between ST and SE."""
    left, has_packs = notice.left_at, any(order.packs for order in notice.orders)
    levels = Levels()
    yield (
        *("BSN", "00", notice.number, day_of(left.date()), f"{left:%H%M}"),
        WITH_PACKAGES if has_packs else WITHOUT,
    )
    yield levels.next("S")
    yield from _shipment(notice)
    for order in notice.orders:
        yield from _order(order, levels)
    total = sum(line.quantity for line in notice.lines)
    yield ("CTT", str(levels.count), number_of(total) if total else "")


def _shipment(notice: Notice) -> Iterator[Parts]:
    count, weight = str(notice.package_count), number_of(notice.weight_kg)
    yield ("TD1", "PKG", count, "", "", "", "G", weight, "KG")
    if notice.carrier_code:
        yield ("TD5", "O", "91", notice.carrier_code, "", notice.carrier_name[:35])
    # A number that is cut is another number.
    if 0 < len(notice.tracking_number) <= REFERENCE:
        yield ("REF", "CN", notice.tracking_number)
    yield ("REF", "BM", notice.number)
    yield ("DTM", "011", day_of(notice.left_at.date()), f"{notice.left_at:%H%M}")
    if notice.expected_on:
        yield ("DTM", "017", day_of(notice.expected_on))
    yield from _parties(notice)


def _parties(notice: Notice) -> Iterator[Parts]:
    house, place = notice.house, notice.place
    code = ("UL", place.gln) if place.gln else ("92", place.code) if place.code else ()
    yield ("N1", "SF", house.name[:60], "91", notice.warehouse)
    yield from _address(house)
    yield ("N1", "ST", notice.customer[:60], *code)
    yield from _address(place)


def _address(place: HouseAddress | Address) -> Iterator[Parts]:
    yield ("N3", place.street[:55])
    yield ("N4", place.city[:30], _state(place.region), place.postal_code[:15], place.country)


def _state(region: str) -> str:
    """Return what element 156 takes, which has just two letters; else nothing."""
    code = region.strip()
    return code.upper() if len(code) == STATE and code.isascii() and code.isalpha() else ""


def _order(order: NoticeOrder, levels: Levels) -> Iterator[Parts]:
    yield levels.next("O", 1)
    here = levels.count
    yield ("PRF", order.po_number, "", "", day_of(order.ordered_on))
    yield ("REF", "VN", order.order_number)
    for pack in order.packs:
        yield from _pack(pack, here, levels)
    for line in order.loose:
        yield levels.next("I", here, has_below=False)
        yield from _item(line)


def _pack(pack: NoticePack, parent: int, levels: Levels) -> Iterator[Parts]:
    yield levels.next("P", parent, has_below=bool(pack.lines))
    here = levels.count
    # GM: the number begins with its application identifier.
    yield ("MAN", "GM", f"00{pack.sscc}")
    for line in pack.lines:
        yield levels.next("I", here, has_below=False)
        yield from _item(line)


def _item(line: NoticeLine) -> Iterator[Parts]:
    unit = line.theirs_unit or line.unit
    unit = X12_UNITS.get(unit, unit)
    codes = ["VP", line.sku]
    codes += x12_trade_number(line.gtin)
    codes += ["BP", line.customer_part] if line.customer_part else []
    codes += ["SE" if line.is_serial else "LT", line.lot] if line.lot else []
    yield ("LIN", line.number, *codes)
    yield (
        *("SN1", line.number, number_of(line.quantity), unit, number_of(line.shipped)),
        *(number_of(line.ordered), unit, "", PARTIAL if line.to_follow else COMPLETE),
    )
    if line.description:
        yield ("PID", "F", "", "", "", line.description[:X12_TEXT])
    if line.expires_on:
        yield ("DTM", "036", day_of(line.expires_on))
