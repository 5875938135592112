"""What a ship notice says, before any format of a partner's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from customers.models import Address
from fulfillment.houses import HouseAddress, address_of
from fulfillment.models import Package
from o2c.kernel.models import Company
from shipping.contents import Goods, OrderPart
from shipping.models import Shipment

# The buyer's number and unit of each order line.
Names = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """So much of a line, of one lot. `shipped` is all of the line that has left until now.

    `to_follow` is told once a line, however many packages it is in.
    """

    number: str
    sku: str
    gtin: str
    customer_part: str
    description: str
    unit: str
    theirs_unit: str
    quantity: Decimal
    ordered: Decimal
    shipped: Decimal
    to_follow: Decimal
    lot: str = ""
    is_serial: bool = False
    expires_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NoticePack:
    sscc: str
    is_pallet: bool
    weight_kg: Decimal
    lines: list[NoticeLine]


@dataclass(frozen=True, kw_only=True)
class NoticeOrder:
    """`loose`: what is in no package that has a number of its own."""

    po_number: str
    order_number: str
    ordered_on: date
    packs: list[NoticePack]
    loose: list[NoticeLine]

    @property
    def lines(self) -> list[NoticeLine]:
        return [*(line for pack in self.packs for line in pack.lines), *self.loose]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One shipment to one partner. `left_at` is the time of the house that it left."""

    number: str
    left_at: datetime
    expected_on: date | None
    carrier_code: str
    carrier_name: str
    tracking_number: str
    weight_kg: Decimal
    package_count: int
    seller: Company
    house: HouseAddress
    warehouse: str
    customer: str
    place: Address
    orders: list[NoticeOrder] = field(default_factory=list)

    @property
    def lines(self) -> list[NoticeLine]:
        return [line for order in self.orders for line in order.lines]


def notice_of(
    shipment: Shipment, parts: Iterable[OrderPart], names: Names, company: Company
) -> Notice:
    """Return what is told of these orders of a shipment that has left."""
    assert shipment.dispatched_at is not None
    packages = [box.package for part in parts for box in part.boxes]
    carrier = shipment.carrier
    return Notice(
        number=shipment.number,
        left_at=shipment.dispatched_at.astimezone(ZoneInfo(shipment.warehouse.time_zone)),
        expected_on=shipment.expected_on,
        carrier_code=carrier.code if carrier else "",
        carrier_name=carrier.name if carrier else "",
        tracking_number=shipment.tracking_number,
        weight_kg=sum((package.weight_kg for package in packages), Decimal(0)),
        package_count=len(packages),
        seller=company,
        house=address_of(shipment.warehouse, company),
        warehouse=shipment.warehouse.code,
        customer=shipment.customer.name,
        place=shipment.ship_to,
        orders=[_order(part, names) for part in parts],
    )


def _order(part: OrderPart, names: Names) -> NoticeOrder:
    told: set[int] = set()
    packs, loose = [], []
    for box in part.boxes:
        lines = [_line(one, names, told) for one in box.goods]
        if box.package.sscc:
            packs.append(_pack(box.package, lines))
        else:
            loose += lines
    return NoticeOrder(
        po_number=part.order.customer_po,
        order_number=part.order.number,
        ordered_on=part.order.created_at.date(),
        packs=packs,
        loose=[*loose, *(_line(one, names, told) for one in part.loose)],
    )


def _pack(package: Package, lines: list[NoticeLine]) -> NoticePack:
    return NoticePack(
        sscc=package.sscc,
        is_pallet=package.kind == Package.Kind.PALLET,
        weight_kg=package.weight_kg,
        lines=lines,
    )


def _line(one: Goods, names: Names, told: set[int]) -> NoticeLine:
    line = one.line
    number, unit = names.get(line.pk, (str(line.position), ""))
    wanted = line.ordered - line.cancelled
    rest = max(wanted - line.shipped, Decimal(0)) if line.pk not in told else Decimal(0)
    told.add(line.pk)
    return NoticeLine(
        number=number,
        sku=line.sku,
        gtin=line.product.gtin,
        customer_part=line.customer_part,
        description=line.description,
        unit=line.unit,
        theirs_unit=unit,
        quantity=one.quantity,
        ordered=wanted,
        shipped=line.shipped,
        to_follow=rest,
        lot=one.lot.code if one.lot else "",
        is_serial=bool(one.lot and one.lot.is_serial),
        expires_on=one.lot.expires_on if one.lot else None,
    )
