"""The ship notice as EDIFACT DESADV D.96A: the consignment, then each package, then its lines."""

from collections.abc import Iterator, Sequence

from customers.models import Address
from fulfillment.houses import HouseAddress
from orders.models import TradingPartner
from orders.partners.responses import EDIFACT_UNITS, day_of, number_of
from orders.partners.writing import Element, Parts
from shipping.notices.content import Notice, NoticeLine, NoticeOrder, NoticePack

VERSION = "D:96A:UN"
PALLET, CARTON = "201", "CT"
NAME = 35
# The longest conveyance reference (8028), the longest reference (1154), and the longest region
# (3229).
CONVEYANCE, REFERENCE, REGION = 17, 35, 9


class Lines:
    """Numbers the packing levels and the lines of a message: both count through."""

    def __init__(self) -> None:
        self.levels, self.lines = 1, 0

    def next_level(self) -> Parts:
        """Return the next CPS, below the consignment."""
        self.levels += 1
        return ("CPS", str(self.levels), "1")

    def next_line(self) -> str:
        self.lines += 1
        return str(self.lines)


def segments(notice: Notice, partner: TradingPartner) -> Iterator[Parts]:
    """Yield everything between UNH and UNT."""
    yield ("BGM", "351", notice.number, "9")
    yield from _days(notice)
    yield ("MEA", "AAX", "AAD", ["KGM", number_of(notice.weight_kg)])
    if len(notice.orders) == 1:
        yield ("RFF", ["ON", notice.orders[0].po_number])
    if fitting(notice.tracking_number, REFERENCE):
        yield ("RFF", ["CN", notice.tracking_number])
    yield ("NAD", "SU", [partner.our_identifier, "", "92"])
    yield ("NAD", "BY", [partner.identifier, "", "92"])
    yield _place(notice)
    yield _house(notice)
    if notice.carrier_code:
        carrier = [notice.carrier_code, "", "91", notice.carrier_name[:NAME]]
        yield ("TDT", "20", fitting(notice.tracking_number, CONVEYANCE), "", "", carrier)
    yield ("CPS", "1")
    yield ("PAC", str(notice.package_count))
    numbers = Lines()
    for order in notice.orders:
        yield from _order(order, numbers)
    yield ("CNT", ["2", str(numbers.lines)])


def fitting(number: str, most: int) -> str:
    """Return a number that fits, else nothing: one that is cut is another number."""
    return number if len(number) <= most else ""


def _days(notice: Notice) -> Iterator[Parts]:
    yield ("DTM", ["137", day_of(notice.left_at.date()), "102"])
    yield ("DTM", ["11", f"{notice.left_at:%Y%m%d%H%M}", "203"])
    if notice.expected_on:
        yield ("DTM", ["17", day_of(notice.expected_on), "102"])


def _place(notice: Notice) -> Parts:
    place = notice.place
    code: Element = [place.gln, "", "9"] if place.gln else [place.code, "", "92"]
    return (
        *("NAD", "DP", code if place.gln or place.code else "", ""),
        *([notice.customer[:NAME]], [place.street[:NAME]]),
        *_town(place),
    )


def _house(notice: Notice) -> Parts:
    """Return where the goods were loaded."""
    house = notice.house
    return (
        *("NAD", "SF", [notice.warehouse, "", "92"], ""),
        *([house.name[:NAME]], [house.street[:NAME]]),
        *_town(house),
    )


def _town(place: HouseAddress | Address) -> Parts:
    return (
        *(place.city[:NAME], fitting(place.region, REGION)),
        *(place.postal_code[:9], place.country),
    )


def _order(order: NoticeOrder, numbers: Lines) -> Iterator[Parts]:
    for pack in order.packs:
        yield numbers.next_level()
        yield from _pack(pack)
        yield from _lines(order, pack.lines, numbers)
    if order.loose:
        yield numbers.next_level()
        yield from _lines(order, order.loose, numbers)


def _pack(pack: NoticePack) -> Iterator[Parts]:
    yield ("PAC", "1", "", PALLET if pack.is_pallet else CARTON)
    yield ("MEA", "AAY", "AAD", ["KGM", number_of(pack.weight_kg)])
    yield ("PCI", "33E")
    yield ("GIN", "BJ", pack.sscc)


def _lines(order: NoticeOrder, lines: Sequence[NoticeLine], numbers: Lines) -> Iterator[Parts]:
    for line in lines:
        yield ("LIN", numbers.next_line(), "", [line.sku, "SA"])
        yield from _line(line)
        yield ("RFF", ["ON", order.po_number, line.number])
        yield ("RFF", ["VN", order.order_number])


def _line(line: NoticeLine) -> Iterator[Parts]:
    unit = line.theirs_unit or EDIFACT_UNITS.get(line.unit, line.unit)
    codes = [[line.gtin, "EN"]] if line.gtin else []
    codes += [[line.customer_part, "BP"]] if line.customer_part else []
    if codes:
        yield ("PIA", "1", *codes)
    if line.description:
        yield ("IMD", "F", "", ["", "", "", line.description[:NAME], line.description[NAME:70]])
    yield ("QTY", ["12", number_of(line.quantity), unit])
    yield ("QTY", ["21", number_of(line.ordered), unit])
    if line.to_follow:
        yield ("QTY", ["83", number_of(line.to_follow), unit])
    if line.lot:
        yield ("GIN", "BN" if line.is_serial else "BX", line.lot[:NAME])
    if line.expires_on:
        yield ("DTM", ["361", day_of(line.expires_on), "102"])
