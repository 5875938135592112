"""The company that the real files trade with: people, terms, a warehouse and its carriers."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale

from catalog import services as catalog
from catalog.models import PriceList, Product, UnitOfMeasure
from catalog.services import ProductDetails
from customers.models import PaymentTerms
from fulfillment import services as fulfillment
from fulfillment.models import Location, Warehouse
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company, User
from shipping.models import Carrier, PickupSchedule

ZONE = "America/Los_Angeles"
NIGHT = 20
IMPORT = Actor.importer("acceptance")
# Countries as files write them, where their English name is another.
SPOKEN = {
    "USA": "US",
    "UK": "GB",
    "Hong Kong": "HK",
    "EIRE": "IE",
    "RSA": "ZA",
    "Channel Islands": "JE",
}
COUNTRIES: dict[str, str] = {
    **{name: code for code, name in Locale("en").territories.items()},
    **SPOKEN,
}


@dataclass(frozen=True, kw_only=True)
class House:
    """What every suite needs to trade."""

    company: Company
    warehouse: Warehouse
    terms: PaymentTerms
    manager: Actor
    # Signs second what the manager proposes.
    director: Actor
    floor: Actor
    clerk: Actor


def build() -> House:
    """Make the company; the customers and products come from the files."""
    UnitOfMeasure.objects.create(code="C62", name="piece")
    return House(
        company=Company.objects.create(
            code="ACC",
            name="Acceptance Trading",
            street="100 Market Street",
            postal_code="94080",
            city="San Francisco",
            region="CA",
            country="US",
            currency="USD",
            time_zone=ZONE,
            tax_number="00-0000000",
            email="receivables@trading.example",
        ),
        warehouse=_warehouse(),
        terms=PaymentTerms.objects.create(code="N30", name="30 days net", net_days=30),
        manager=person("Credit", "Manager"),
        director=person("Finance", "Director"),
        floor=person("Warehouse", "Shift"),
        clerk=person("Receivables", "Clerk"),
    )


def person(first_name: str, last_name: str) -> Actor:
    """Add somebody of ours who acts."""
    email = f"{first_name}.{last_name}@trading.example".lower()
    return Actor.user(User.objects.create_user(email, first_name=first_name, last_name=last_name))


def instant(day: date, hour: int) -> datetime:
    """Return an hour of a day on the company's clock."""
    return datetime.combine(day, time(hour), ZoneInfo(ZONE))


def country_code(name: str) -> str:
    """Return the ISO code of a country by the name that a file gives it.

    Raises:
        KeyError: nobody knows this country.
    """
    return COUNTRIES[name.strip()]


def price_list(currency: str) -> PriceList:
    """Return everybody's price list in a currency: all suites share it."""
    found = PriceList.objects.filter(currency=currency, customer=None).first()
    if found is not None:
        return found
    name = f"Price list {currency}"
    return PriceList.objects.create(code=f"LIST-{currency}", name=name, currency=currency)


def stock_up(house: House, product: Product, quantity: Decimal, *, at: datetime) -> Location:
    """Give a product a place of its own and put the opening stock there."""
    place = Location.objects.create(warehouse=house.warehouse, code=product.sku[:20])
    fulfillment.receive_stock(
        location_id=place.pk,
        product_id=product.pk,
        quantity=quantity,
        source=f"opening:{product.sku}",
        reason="As in the file",
        at=at,
        actor=IMPORT,
    )
    return place


def add_product(
    sku: str, name: str, *, group: str = "", tax_category: str, at: datetime
) -> Product:
    details = ProductDetails(
        sku=sku,
        name=name or sku,
        unit_id="C62",
        group=group,
        weight_kg=Decimal("0.5"),
        tax_category=tax_category,
    )
    return catalog.create_product(details=details, at=at, actor=IMPORT)


def _warehouse() -> Warehouse:
    warehouse = Warehouse.objects.create(
        code="SFO", name="San Francisco", time_zone=ZONE, country="US"
    )
    carrier = Carrier.objects.create(code="PAC", name="Pacific Freight")
    PickupSchedule.objects.bulk_create(
        PickupSchedule(
            carrier=carrier, warehouse=warehouse, weekday=weekday, cut_off=time(17), transit_days=2
        )
        for weekday in range(5)
    )
    return warehouse
