"""What the company has agreed about prices: breaks, a contract, a discount, part numbers, packs."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from catalog import services as catalog
from catalog.models import Price, PriceList, Product, ProductUnit, UnitOfMeasure
from customers.models import Customer
from o2c.kernel.actors import Actor
from simulation.cast import OPENING, REGULARS

IMPORT = Actor.importer("simulation")
# Cheaper from so many on: SKU, quantity, price.
BREAKS = [
    ("ORG-FKM-50", "2000", "1.6500"),
    ("ORG-FKM-50", "10000", "1.4800"),
    ("VLV-BL-015", "500", "12.9000"),
    ("GSK-SPW-4-150", "1000", "16.9500"),
]
# What the portal's customer calls our products.
PARTS = [
    ("HP-20-0801", "VLV-BF-080", "Absperrklappe DN 80"),
    ("HP-20-1001", "VLV-BF-100", "Absperrklappe DN 100"),
    ("HP-77-0038", "SEL-MEC-038", "Gleitringdichtung 38 mm"),
]
CONTRACT_PRICES = [("PMP-CE-15", "1219.0000"), ("PMP-DI-05", "585.0000")]
CARTON = ("GSK-SPW-4-150", Decimal(50), "4006381333931")
YEAR = timedelta(days=365)


def agree(everybody: PriceList, *, at: datetime) -> None:
    """Make what the price check and the order screen have to show."""
    products = {product.sku: product for product in Product.objects.all()}
    day = at.date()
    Price.objects.bulk_create(
        Price(
            price_list=everybody,
            product=products[sku],
            amount=Decimal(amount),
            min_quantity=Decimal(quantity),
        )
        for sku, quantity, amount in BREAKS
    )
    _contract(products, day, at=at)
    catalog.grant_discount(
        rate=Decimal("0.05"),
        customer_id=_named(REGULARS[-2].name).pk,
        group="Seals",
        valid_from=day,
        at=at,
        actor=IMPORT,
    )
    _part_numbers(products, at=at)
    sku, factor, gtin = CARTON
    carton = UnitOfMeasure.objects.create(code="CT", name="carton")
    ProductUnit.objects.create(product=products[sku], unit=carton, factor=factor, gtin=gtin)


def _contract(products: dict[str, Product], day: date, *, at: datetime) -> None:
    contract = catalog.create_price_list(
        code="KC-118",
        name="Contract KC-118",
        currency="EUR",
        customer_id=_named(REGULARS[-1].name).pk,
        valid_from=day,
        valid_until=day + 2 * YEAR,
        at=at,
        actor=IMPORT,
    )
    Price.objects.bulk_create(
        Price(price_list=contract, product=products[sku], amount=Decimal(amount))
        for sku, amount in CONTRACT_PRICES
    )


def _part_numbers(products: dict[str, Product], *, at: datetime) -> None:
    customer = _named(OPENING[0].name)
    for number, sku, description in PARTS:
        catalog.remember_part_number(
            customer.pk,
            number=number,
            product_id=products[sku].pk,
            description=description,
            at=at,
            actor=IMPORT,
        )


def _named(name: str) -> Customer:
    return Customer.objects.get(name=name)
