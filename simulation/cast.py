"""The invented company, its people, products and customers. No real person or firm is meant."""

from dataclasses import dataclass
from decimal import Decimal

from o2c.kernel import roles

PASSWORD = "kestrel-demo-2026"  # noqa: S105  for demo data only; printed by show_signins

COMPANY = {
    "code": "KES",
    "name": "Kestrel Flow Supply",
    "street": "40 Tannery Row",
    "postal_code": "20457",
    "city": "Hamburg",
    "country": "DE",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "tax_number": "DE136695976",
    "eori": "DE1366959760000",
    "email": "receivables@kestrelflow.example",
    "phone": "+49 40 555 0108",
    "bank_name": "Elbe Handelsbank",
    "bank_account": "DE02 1203 0000 0000 2020 51",
    # GS1 keeps 952 for demonstrations and examples: nobody's packages are numbered so.
    "gs1_prefix": "9521234",
}


@dataclass(frozen=True)
class Person:
    """One of us, with the roles that decide what they see."""

    email: str
    first_name: str
    last_name: str
    title: str
    roles: tuple[str, ...]


PEOPLE = [
    Person("maya.brandt@kestrelflow.example", "Maya", "Brandt", "Inside sales", (roles.SALES_REP,)),
    Person(
        "tomas.rey@kestrelflow.example", "Tomás", "Rey", "Credit analyst", (roles.CREDIT_ANALYST,)
    ),
    Person("leon.okafor@kestrelflow.example", "Leon", "Okafor", "Picker", (roles.WAREHOUSE,)),
    Person("ana.pires@kestrelflow.example", "Ana", "Pires", "Shipping", (roles.SHIPPING,)),
    Person(
        "dana.whitlock@kestrelflow.example",
        "Dana",
        "Whitlock",
        "Receivables",
        (roles.AR_CLERK, roles.COLLECTOR),
    ),
    Person(
        "priya.natarajan@kestrelflow.example",
        "Priya",
        "Natarajan",
        "Finance director",
        (roles.FINANCE_MANAGER, roles.CREDIT_MANAGER),
    ),
    Person("wes.turner@kestrelflow.example", "Wes", "Turner", "Auditor", (roles.AUDITOR,)),
    Person(
        "ines.calder@kestrelflow.example",
        "Ines",
        "Calder",
        "Administrator",
        (roles.ADMINISTRATOR,),
    ),
]


@dataclass(frozen=True)
class Article:
    """A product: SKU, name, price in EUR, weight in kg, group, how many a pack holds."""

    sku: str
    name: str
    price: Decimal
    weight: Decimal
    group: str
    pack: int = 1


def _articles(group: str, *rows: tuple[str, str, str, str, int]) -> list[Article]:
    return [
        Article(sku, name, Decimal(price), Decimal(weight), group, pack)
        for sku, name, price, weight, pack in rows
    ]


# Of the Combined Nomenclature.
COMMODITY_CODES = {
    "Valves": "84818099",
    "Pumps": "84137051",
    "Seals": "84842000",
    "Filters": "84212980",
    "Bearings and hoses": "84821090",
}

ARTICLES = [
    *_articles(
        "Valves",
        ("VLV-BF-050", "Butterfly valve DN50, wafer, EPDM seat", "96.40", "2.1", 1),
        ("VLV-BF-080", "Butterfly valve DN80, wafer, EPDM seat", "164.00", "3.4", 1),
        ("VLV-BF-100", "Butterfly valve DN100, wafer, EPDM seat", "198.50", "4.6", 1),
        ("VLV-BL-015", "Ball valve 1/2 inch, brass, full bore", "14.20", "0.3", 5),
        ("VLV-BL-025", "Ball valve 1 inch, brass, full bore", "23.80", "0.6", 5),
        ("VLV-CK-080", "Check valve DN80, dual plate", "142.00", "3.8", 1),
        ("VLV-GL-040", "Globe valve DN40, PN16", "188.00", "7.2", 1),
        ("ACT-PN-105", "Pneumatic actuator AD105, F05/F07", "286.00", "3.9", 1),
    ),
    *_articles(
        "Pumps",
        ("PMP-CE-15", "Centrifugal pump 15 m³/h, stainless", "1284.00", "31.0", 1),
        ("PMP-CE-40", "Centrifugal pump 40 m³/h, stainless", "2140.00", "58.0", 1),
        ("PMP-DI-05", "Diaphragm pump 1/2 inch, PP", "612.00", "8.5", 1),
        ("MTR-IE3-7K5", "Motor 7.5 kW, 4-pole, IE3, B3 foot", "1184.00", "62.0", 1),
        ("MTR-IE4-7K5", "Motor 7.5 kW, 4-pole, IE4, B3 foot", "1262.00", "64.0", 1),
        ("CPL-JAW-L100", "Jaw coupling L100, spider NBR", "38.60", "1.2", 1),
    ),
    *_articles(
        "Seals",
        ("SEL-MEC-025", "Mechanical seal 25 mm, SiC/SiC/FKM", "148.00", "0.2", 1),
        ("SEL-MEC-038", "Mechanical seal 38 mm, SiC/SiC/FKM", "212.50", "0.4", 1),
        ("GSK-SPW-4-150", "Spiral-wound gasket 4 inch CL150, 316L/graphite", "18.75", "0.2", 10),
        ("GSK-SPW-6-150", "Spiral-wound gasket 6 inch CL150, 316L/graphite", "26.40", "0.3", 10),
        ("ORG-FKM-50", "O-ring 50 × 3, FKM 75", "1.85", "0.01", 50),
        ("PKG-PTFE-10", "Packing PTFE 10 mm, per metre", "9.60", "0.1", 5),
    ),
    *_articles(
        "Filters",
        ("FLT-BAG-25U", "Filter bag 25 µm, size 2, polypropylene", "6.90", "0.1", 10),
        ("FLT-CAR-10", "Filter cartridge 10 inch, 5 µm", "8.40", "0.2", 10),
        ("FLT-HSG-1", "Filter housing size 1, stainless", "344.00", "9.4", 1),
        ("STR-Y-050", "Y-strainer DN50, PN16", "72.00", "4.0", 1),
    ),
    *_articles(
        "Bearings and hoses",
        ("BRG-6204-2RS", "Ball bearing 20×47×14, sealed", "7.92", "0.1", 1),
        ("BRG-6205-2RS", "Ball bearing 25×52×15, sealed", "9.84", "0.13", 1),
        ("BRG-6206-2RS", "Ball bearing 30×62×16, sealed", "12.10", "0.2", 1),
        ("HOS-HYD-12-50", "Hydraulic hose 1/2 inch 2SN, 50 m", "264.00", "28.0", 1),
        ("HOS-AIR-10-25", "Air hose 10 mm, 25 m", "41.50", "3.1", 1),
        ("CLP-HOS-12", "Hose clamp 12–22 mm, stainless", "0.88", "0.02", 100),
    ),
]


@dataclass(frozen=True)
class Habit:
    """How a customer buys and pays.

    `appetite` weighs how often it orders; it pays `delay` days after the due date, give or
    take `spread`; `limit` is its approved credit in EUR, 0 when nobody has decided yet.
    """

    name: str
    city: str
    appetite: int
    delay: int
    spread: int
    limit: int
    contact: str = "Sam Porter"


# Those that the first page shows: each has a part to play.
OPENING = [
    Habit("Harbor Pump & Valve", "Bremerhaven", 5, -7, 2, 60_000, "Ellis Grant"),
    Habit("Tamarack Paper Mills", "Rostock", 4, 31, 6, 80_000, "Rosa Lindqvist"),
    Habit("Blue Heron Water Works", "Lübeck", 4, -6, 2, 60_000, "Jonas Weil"),
    Habit("Juniper HVAC Partners", "Kiel", 3, -7, 2, 40_000, "Carla Mendes"),
    Habit("Redwater Mining Supply", "Goslar", 3, 45, 12, 45_000, "Piet van Dam"),
    Habit("Prairie Gasket & Seal", "Celle", 3, -3, 2, 25_000, "Ida Holm"),
    Habit("Granite State Tooling", "Kassel", 2, 3, 2, 30_000, "Noel Baker"),
    Habit("Summit Ridge Mechanical", "Erfurt", 2, 0, 2, 30_000, "Vera Stone"),
    Habit("Old Mill Packaging", "Stade", 2, 14, 5, 25_000, "Hugo Lang"),
    Habit("Copperline Process Systems", "Jena", 2, 20, 8, 50_000, "Mira Koch"),
]
# First-time customers: nobody has decided about their credit.
NEWCOMERS = [
    Habit("Northgate Dairy Systems", "Husum", 1, 0, 2, 0, "Lena Falk"),
    Habit("Alder Creek Robotics", "Gera", 1, 0, 2, 0, "Omar Diaz"),
]
# Those whose trade grows behind it.
REGULARS = [
    Habit("Lakeshore Hydraulics", "Schwerin", 6, -4, 3, 70_000),
    Habit("Stonebridge Dairy Equipment", "Verden", 5, -1, 2, 60_000),
    Habit("Cascade Bottling Lines", "Trier", 5, 9, 5, 60_000),
    Habit("Delta Crane & Rigging", "Emden", 5, 16, 8, 80_000),
    Habit("Fairhaven Shipyard Services", "Wismar", 4, 38, 15, 60_000),
    Habit("Ironwood Fabrication", "Siegen", 6, 2, 3, 50_000),
    Habit("Bayview Marine Fittings", "Cuxhaven", 4, -8, 2, 40_000),
    Habit("Hawthorn Irrigation", "Uelzen", 5, 4, 4, 45_000),
    Habit("Quarry Lane Aggregates", "Halle", 4, 12, 6, 50_000),
    Habit("Silver Birch Timber", "Soltau", 4, -2, 2, 40_000),
    Habit("Pinecrest Heating", "Fulda", 6, 5, 3, 45_000),
    Habit("Meridian Food Machinery", "Minden", 5, -5, 2, 70_000),
    Habit("Oakmere Chemicals", "Stendal", 4, 7, 4, 60_000),
    Habit("Westport Cold Storage", "Leer", 3, 24, 10, 35_000),
    Habit("Crown Point Elevators", "Hameln", 3, 0, 3, 40_000),
    Habit("Birchwood Breweries", "Bamberg", 4, -3, 2, 50_000),
    Habit("Kingfisher Aquatics", "Plön", 3, 10, 4, 30_000),
    Habit("Foxglove Pharma Supply", "Marburg", 5, -7, 2, 90_000),
    Habit("Rockwell Road Builders", "Gotha", 3, 28, 9, 45_000),
    Habit("Thistle Energy Services", "Norden", 4, 3, 3, 60_000),
]
