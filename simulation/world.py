"""The company that the simulation trades in: people, customers, products, stock, carriers."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from catalog.models import Price, PriceList, Product, TaxRule, UnitOfMeasure
from credit import services as credit
from customers.freight import FreightTerms
from customers.incoterms import Incoterm
from customers.models import Address, Contact, Customer, CustomerUser, PaymentTerms
from fulfillment import services as fulfillment
from fulfillment.models import Location, Warehouse
from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.models import Company, User
from o2c.kernel.transactions import service
from o2c.kernel.working_days import DAY, is_working_day
from shipping.models import Carrier, PickupSchedule
from simulation import agreements, buying, carriers, relations
from simulation.cast import (
    ARTICLES,
    COMMODITY_CODES,
    COMPANY,
    NEWCOMERS,
    OPENING,
    PASSWORD,
    PEOPLE,
    REGULARS,
    Article,
    Habit,
    Person,
)
from simulation.twin import Twin

IMPORT = Actor.importer("simulation")
PORTAL_USER = Person(
    "ellis.grant@harborpump.example", "Ellis", "Grant", "Customer", (roles.CUSTOMER_USER,)
)
PORTAL_CUSTOMER = OPENING[0].name
# Pays the freight; for all others we do.
FREIGHT_PAYER = "Blue Heron Water Works"
# Who does what in the simulated day.
DOERS = {
    "sales": "maya.brandt@kestrelflow.example",
    "credit": "tomas.rey@kestrelflow.example",
    "warehouse": "leon.okafor@kestrelflow.example",
    "shipping": "ana.pires@kestrelflow.example",
    "clerk": "dana.whitlock@kestrelflow.example",
}
STREETS = ["Hafenstraße", "Mühlenweg", "Am Wasserwerk", "Industriering", "Gewerbepark", "Kaiweg"]
# Carrier, when it collects, days on the way.
PICKUPS = [
    ("BRL", "Brightline Parcel", time(13, 0), 1),
    ("NWF", "Northway Freight", time(15, 30), 2),
    ("CAR", "Carrow Lines", time(16, 30), 3),
]
# Kept out of the daily trade: too few to go round, and one that the opening leaves to be counted.
SCARCE = {"MTR-IE4-7K5": 4, "ACT-PN-105": 25, "VLV-GL-040": 60}
# Kept by lot: for how many days from the opening each lot may leave. And by serial number.
BY_LOT = {"ORG-FKM-50": (400, 900), "SEL-MEC-025": (60, 720), "PKG-PTFE-10": (730,)}
BY_SERIAL = ("MTR-IE4-7K5",)


def today() -> date:
    """Return the company's calendar day, before there is a company."""
    return clock.now().astimezone(ZoneInfo(COMPANY["time_zone"])).date()


def instant(day: date) -> datetime:
    """Return eight in the morning of a day, on the company's clock."""
    return datetime.combine(day, time(8), ZoneInfo(COMPANY["time_zone"]))


def working_day(day: date) -> date:
    """Return the day, or the last working day before it."""
    while not is_working_day(day, country=COMPANY["country"]):
        day -= DAY
    return day


def working_days(first: date, end: date) -> list[date]:
    """Return the working days from `first` up to, not including, `end`."""
    days = ((first + timedelta(days=n)) for n in range((end - first).days))
    return [day for day in days if is_working_day(day, country=COMPANY["country"])]


def twin(company: Company, customers: Iterable[Customer], *, seed: int, day: date) -> Twin:
    """Return the twin that trades for these customers, with the company's people and products."""
    users = {user.email: user for user in User.objects.filter(email__in=DOERS.values())}
    products = Product.objects.filter(sku__in=[article.sku for article in ARTICLES])
    prices = {article.sku: (Decimal(article.pack), article.price) for article in ARTICLES}
    buying.PACKS.update({product.pk: prices[product.sku] for product in products})
    return Twin(
        company=company,
        people={role: users[email] for role, email in DOERS.items()},
        customer_ids=[customer.pk for customer in customers],
        product_ids=sorted(product.pk for product in products if product.sku not in SCARCE),
        seed=seed,
        day=day,
    )


def product_ids() -> dict[str, int]:
    return dict(Product.objects.values_list("sku", "pk"))


@service
def build(*, at: datetime) -> Company:
    """Make everything that trade needs, in one step."""
    company = Company.objects.create(**COMPANY)
    _people()
    _catalog(at)
    _customers(at)
    agreements.agree(PriceList.objects.get(code="EUR"), at=at)
    _warehouse(at)
    carriers.furnish(at.date())
    return company


def _people() -> None:
    hashed = make_password(PASSWORD)  # once: it is slow on purpose
    for person in [*PEOPLE, PORTAL_USER]:
        user = User.objects.create(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            title=person.title,
            time_zone=COMPANY["time_zone"],
            password=hashed,
            is_staff=roles.ADMINISTRATOR in person.roles,
        )
        user.groups.set(Group.objects.filter(name__in=person.roles))


def _catalog(at: datetime) -> None:
    unit = UnitOfMeasure.objects.create(code="C62", name="piece")
    TaxRule.objects.create(country="DE", category="S", rate=Decimal("0.19"))
    prices = PriceList.objects.create(code="EUR", name="Price list EUR", currency="EUR")
    products = Product.objects.bulk_create(_product(article, unit, at) for article in ARTICLES)
    Price.objects.bulk_create(
        Price(price_list=prices, product=product, amount=article.price)
        for product, article in zip(products, ARTICLES, strict=True)
    )


def _product(article: Article, unit: UnitOfMeasure, at: datetime) -> Product:
    return Product(
        sku=article.sku,
        name=article.name,
        folded_text=f"{article.sku} {article.name}".lower(),
        group=article.group,
        unit=unit,
        pack_multiple=article.pack,
        minimum_quantity=article.pack,
        weight_kg=article.weight,
        origin_country=COMPANY["country"],
        commodity_code=COMMODITY_CODES[article.group],
        tracking=_tracking(article.sku),
        expires=article.sku in BY_LOT,
        created_at=at,
    )


def _tracking(sku: str) -> str:
    if sku in BY_SERIAL:
        return Product.Tracking.SERIAL
    return Product.Tracking.LOT if sku in BY_LOT else Product.Tracking.NONE


def _customers(at: datetime) -> None:
    terms = [
        PaymentTerms.objects.create(code=f"N{days}", name=f"{days} days net", net_days=days)
        for days in (30, 14)
    ]
    special = relations.agree()
    rep = User.objects.get(email=DOERS["sales"])
    approved: dict[int, Habit] = {}
    for number, habit in enumerate([*OPENING, *NEWCOMERS, *REGULARS]):
        customer = Customer.objects.create(
            name=habit.name,
            folded_name=habit.name.lower(),
            email=_mail(habit, "payables"),
            currency="EUR",
            time_zone=COMPANY["time_zone"],
            # Every fifth pays within 14 days, some as was agreed with them alone.
            incoterm=Incoterm.DAP,
            freight_terms=_freight_terms(habit),
            payment_terms=special.get(habit.name, terms[number % 5 == 4]),  # noqa: PLR2004
            sales_rep=rep,
            created_at=at,
        )
        _reach(customer, habit, number)
        if habit.limit:
            approved[customer.pk] = habit
    # All of them first: who decides about several customers in one step locks them in one go.
    for pk, customer in lock_many(Customer, approved).items():
        _approve(customer, approved[pk], at)
    portal = User.objects.get(email=PORTAL_USER.email)
    CustomerUser.objects.create(user=portal, customer=Customer.objects.get(name=PORTAL_CUSTOMER))


def _freight_terms(habit: Habit) -> str:
    is_payer = habit.name == FREIGHT_PAYER
    return FreightTerms.CHARGED if is_payer else FreightTerms.BORNE


def _reach(customer: Customer, habit: Habit, number: int) -> None:
    for kind, label in (("bill_to", ""), ("ship_to", "Goods in")):
        Address.objects.create(
            customer=customer,
            kind=kind,
            label=label,
            street=f"{STREETS[number % len(STREETS)]} {7 + number}",
            postal_code=f"{20000 + 137 * number}",
            city=habit.city,
            country="DE",
            is_default=True,
        )
    Contact.objects.create(
        customer=customer,
        role="payables",
        name=habit.contact,
        email=_mail(habit, "payables"),
        phone=f"+49 40 555 {1000 + number}",
    )


def _mail(habit: Habit, box: str) -> str:
    return f"{box}@{''.join(filter(str.isalnum, habit.name.lower()))}.example"


def _approve(customer: Customer, habit: Habit, at: datetime) -> None:
    credit.set_limit(
        customer.pk,
        limit=Decimal(habit.limit),
        valid_until=at.date() + timedelta(days=730),
        reason="Taken over with the account.",
        at=at,
        actor=IMPORT,
    )


def _warehouse(at: datetime) -> None:
    warehouse = Warehouse.objects.create(
        code="HAM",
        name="Hamburg",
        time_zone=COMPANY["time_zone"],
        street="Reiherdamm 44",
        postal_code="20457",
        city="Hamburg",
        country="DE",
    )
    for code, name, cut_off, transit in PICKUPS:
        carrier = Carrier.objects.create(code=code, name=name)
        PickupSchedule.objects.bulk_create(
            PickupSchedule(
                carrier=carrier,
                warehouse=warehouse,
                weekday=weekday,
                cut_off=cut_off,
                transit_days=transit,
            )
            for weekday in range(5)
        )
    for number, (sku, product_id) in enumerate(sorted(product_ids().items())):
        location = Location.objects.create(
            warehouse=warehouse,
            code=f"{'ABCDE'[number % 5]}-{number // 5 + 1:02}-{number % 3 + 1:02}",
            zone="ABCDE"[number % 5],
            walk_order=number,
        )
        fulfillment.receive_goods(
            location_id=location.pk,
            product_id=product_id,
            goods=_goods(sku, at),
            source=f"opening:{sku}",
            reason="Opening stock",
            at=at,
            actor=IMPORT,
        )
    for code, kind in (("DOCK", Location.Kind.RECEIVING), ("Q-01", Location.Kind.QUARANTINE)):
        Location.objects.create(warehouse=warehouse, code=code, kind=kind, walk_order=1000)


def _goods(sku: str, at: datetime) -> list[fulfillment.Goods]:
    """Return the opening stock of a product, in its lots or by serial number."""
    quantity = Decimal(SCARCE.get(sku, 40_000))
    if sku in BY_SERIAL:
        numbers = range(1, int(quantity) + 1)
        one = Decimal(1)
        return [fulfillment.Goods(quantity=one, lot_code=f"{sku[-3:]}-{n:05}") for n in numbers]
    if sku not in BY_LOT:
        return [fulfillment.Goods(quantity=quantity)]
    return [
        fulfillment.Goods(
            quantity=quantity / len(BY_LOT[sku]),
            lot_code=f"{at:%y}{number:02}-{sku[:3]}",
            expires_on=at.date() + timedelta(days=days),
        )
        for number, days in enumerate(BY_LOT[sku], start=1)
    ]
