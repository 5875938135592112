"""Customers, products and stock for the benchmark: plenty of each, so nothing is refused."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from catalog.models import Price, PriceList, Product, TaxRule, UnitOfMeasure
from credit.models import CreditAccount, CreditDecision
from customers.models import Address, Customer, PaymentTerms
from fulfillment.models import Location, StockLevel, StockMove, Warehouse
from o2c.kernel.models import Company
from shipping.models import Carrier, PickupSchedule

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
CUSTOMERS = 200
PRODUCTS = 200
PLENTY = Decimal(10_000_000)


def build() -> None:
    """Fill an empty database."""
    Company.objects.create(
        code="BEN",
        name="Bench Ltd",
        street="1 Main Street",
        postal_code="10115",
        city="Berlin",
        country="DE",
        currency="EUR",
        time_zone="Europe/Berlin",
        tax_number="DE136695976",
        email="bench@company.example",
    )
    _customers()
    _products()


def _customers() -> None:
    terms = PaymentTerms.objects.create(code="N30", name="30 days net", net_days=30)
    customers = Customer.objects.bulk_create(
        Customer(
            name=f"Customer {number}",
            folded_name=f"customer {number}",
            currency="EUR",
            payment_terms=terms,
            created_at=NOW,
        )
        for number in range(CUSTOMERS)
    )
    Address.objects.bulk_create(
        Address(
            customer=customer,
            kind=kind,
            street="1 Quay Street",
            postal_code="20095",
            city="Hamburg",
            country="DE",
            is_default=True,
        )
        for customer in customers
        for kind in Address.Kind.values
    )
    _grant(customers)


def _grant(customers: list[Customer]) -> None:
    """Give each customer more credit than a measurement can use."""
    decisions = CreditDecision.objects.bulk_create(
        CreditDecision(
            customer=customer,
            outcome="approved",
            limit=PLENTY * 100,
            valid_until=date(2099, 12, 31),
            reason="bench",
            decided_at=NOW,
            decided_by="bench",
        )
        for customer in customers
    )
    CreditAccount.objects.bulk_create(
        CreditAccount(
            customer=decision.customer,
            currency="EUR",
            limit=PLENTY * 100,
            latest_decision=decision,
        )
        for decision in decisions
    )


def _products() -> None:
    unit = UnitOfMeasure.objects.create(code="C62", name="piece")
    TaxRule.objects.create(country="DE", region="", category="S", rate=Decimal("0.19"))
    prices = PriceList.objects.create(code="EUR", name="EUR", currency="EUR")
    warehouse = Warehouse.objects.create(
        code="MAIN", name="Main", time_zone="Europe/Berlin", country="DE"
    )
    location = Location.objects.create(warehouse=warehouse, code="A-01")
    _add_products(range(PRODUCTS), unit=unit, prices=prices, location=location)
    carrier = Carrier.objects.create(code="NWF", name="Northway Freight")
    PickupSchedule.objects.bulk_create(
        PickupSchedule(carrier=carrier, warehouse=warehouse, weekday=weekday, cut_off=time(15, 30))
        for weekday in range(5)
    )


def grow(products: int) -> None:
    """Have at least so many products: an order of a thousand lines names a thousand."""
    _add_products(
        range(Product.objects.count(), products),
        unit=UnitOfMeasure.objects.get(),
        prices=PriceList.objects.get(),
        location=Location.objects.get(),
    )


def _add_products(
    numbers: range, *, unit: UnitOfMeasure, prices: PriceList, location: Location
) -> None:
    products = Product.objects.bulk_create(
        Product(
            sku=f"SKU-{number:04}",
            name=f"Product {number}",
            folded_text=f"sku-{number:04} product {number}",
            unit=unit,
            created_at=NOW,
        )
        for number in numbers
    )
    Price.objects.bulk_create(
        Price(price_list=prices, product=product, amount=Decimal(10 + product.pk % 90))
        for product in products
    )
    levels = StockLevel.objects.bulk_create(
        StockLevel(product=product, location=location, on_hand=PLENTY) for product in products
    )
    StockMove.objects.bulk_create(
        StockMove(
            level=level,
            kind="receipt",
            quantity=PLENTY,
            source=f"opening:{level.pk}",
            at=NOW,
            actor="bench",
        )
        for level in levels
    )
