"""Purchase orders as somebody means them: what every reading is compared with."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TAX = Decimal("0.19")
NAMES = (
    *("Butterfly valve DN80", "Ball valve 1/2 inch", "Pump PX 210 stainless", "Flange PN16 DN50"),
    *("Gasket set 40 x 60", "Pressure gauge 0-10 bar", "Pipe clamp M8 zinc", "Check valve DN25"),
    *("Hose 19 mm, 25 m roll", "Filter cartridge 5 micron", "Impeller 180 mm bronze"),
    *("O-ring 30x3 NBR", "Actuator 24 V", "Control cabinet IP65", "Level sensor 4-20 mA"),
)


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A customer of the measurement."""

    number: str
    name: str
    vat: str
    street: str
    place: str
    email: str
    currency: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Item:
    sku: str
    name: str
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Line:
    item: Item
    quantity: int

    @property
    def amount(self) -> Decimal:
        return (self.item.price * self.quantity).quantize(CENT, ROUND_HALF_UP)


@dataclass(kw_only=True)
class Order:
    """`freight`: a charge that is printed under the lines and belongs to no line."""

    buyer: Buyer
    po_number: str
    ordered_on: date
    requested_on: date
    lines: list[Line] = field(default_factory=list)
    freight: Decimal = Decimal(0)
    # A printed amount that does not fit: somebody typed it.
    misprint: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


BUYERS = (
    Buyer(
        number="C-20001",
        name="Harbor Pump & Valve Ltd",
        vat="GB123456782",
        street="14 Quay Road",
        place="Leeds LS1 4AP",
        email="orders@harborpump.example",
        currency="EUR",
        language="en",
    ),
    Buyer(
        number="C-20002",
        name="Nordwerk Anlagenbau GmbH",
        vat="DE136695976",
        street="Industriestraße 7",
        place="24103 Kiel",
        email="einkauf@nordwerk.example",
        currency="EUR",
        language="de",
    ),
    Buyer(
        number="C-20003",
        name="Société Hydraulique du Midi",
        vat="FR83404833048",
        street="12 rue des Fontaines",
        place="31000 Toulouse",
        email="achats@shm.example",
        currency="EUR",
        language="fr",
    ),
    Buyer(
        number="C-20004",
        name="Aguas del Ebro S.A.",
        vat="ESA13585625",
        street="Calle Mayor 45",
        place="50001 Zaragoza",
        email="compras@aguasebro.example",
        currency="EUR",
        language="es",
    ),
    Buyer(
        number="C-20005",
        name="Waterland Techniek B.V.",
        vat="NL004495445B01",
        street="Havenweg 3",
        place="1013 AB Amsterdam",
        email="inkoop@waterland.example",
        currency="EUR",
        language="nl",
    ),
    Buyer(
        number="C-20006",
        name="Keystone Fluid Power Inc",
        vat="",
        street="820 Mill Street",
        place="Scranton PA 18503",
        email="purchasing@keystonefluid.example",
        currency="USD",
        language="en-us",
    ),
)


def items(count: int, *, chance: random.Random) -> list[Item]:
    """Return products with numbers as companies give them."""
    shapes = ("KV-{:03}", "{:05}A", "PX{:04}", "10-{:04}-2", "HX.{:03}.80", "7{:06}")
    made: dict[str, Item] = {}
    while len(made) < count:
        sku = chance.choice(shapes).format(chance.randrange(1, 999))
        places = chance.choice((2, 2, 2, 3))
        price = Decimal(chance.randrange(45, 2_400_00)).scaleb(-2)
        if places > 2:  # noqa: PLR2004  a tenth of a cent
            price = (price / 100).quantize(Decimal("0.001"))
        made.setdefault(sku, Item(sku=sku, name=chance.choice(NAMES), price=price))
    return list(made.values())


def order(
    number: int, *, buyer: Buyer, goods: list[Item], most: int, chance: random.Random
) -> Order:
    """Return one purchase order; every twelfth has freight, every fifteenth a typing error."""
    count = chance.randint(1, most)
    ordered = date(2026, 11, 1) + timedelta(days=chance.randrange(20))
    made = Order(
        buyer=buyer,
        po_number=chance.choice(("45{:05}", "PO-{:05}", "B26/{:04}", "2026-{:05}")).format(number),
        ordered_on=ordered,
        requested_on=date(2026, 12, 1) + timedelta(days=chance.randrange(60)),
        lines=[
            Line(item=item, quantity=chance.choice((1, 2, 5, 6, 10, 12, 24, 50, 100, 250, 1200)))
            for item in chance.sample(goods, count)
        ],
    )
    if number % 12 == 0:
        made.freight = Decimal("25.00")
    if number % 15 == 0:
        made.misprint = Decimal("1.00")
    return made
