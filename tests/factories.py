"""Test data, one factory per model, with the least a row needs.

Documents past their first state are made by the services, never by a factory: a row that no
service could have written proves nothing.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog.models import (
    CustomerPartNumber,
    Discount,
    Price,
    PriceList,
    Product,
    ProductUnit,
    TaxExemption,
    TaxRule,
    UnitOfMeasure,
)
from credit.models import CreditAccount, CreditDecision
from customers.models import Address, Contact, Customer, PaymentTerms
from fulfillment.models import ExpectedReceipt, Location, Lot, StockLevel, StockMove, Warehouse
from o2c.kernel.models import Company, User
from orders.models import Order, OrderLine
from shipping.models import Carrier, PickupSchedule

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company
        django_get_or_create = ["code"]

    code = "KES"
    name = "Kestrel Flow Supply"
    street = "40 Tannery Row"
    postal_code = "10115"
    city = "Berlin"
    country = "DE"
    currency = "EUR"
    time_zone = "Europe/Berlin"
    tax_number = "DE136695976"
    email = "receivables@kestrelflow.example"
    bank_name = "Merrimack Valley Trust"
    bank_account = "DE02120300000000202051"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@kestrelflow.example")
    first_name = "Uma"
    last_name = factory.Sequence(lambda n: f"Nr{n}")
    password = "!"


class PaymentTermsFactory(DjangoModelFactory[PaymentTerms]):
    class Meta:
        model = PaymentTerms
        django_get_or_create = ["code"]

    code = "N30"
    name = "30 days net"
    net_days = 30


class CustomerFactory(DjangoModelFactory[Customer]):
    """A customer in EUR with a bill-to and a ship-to address in Germany (19 % tax)."""

    class Meta:
        model = Customer
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Customer {n}")
    folded_name = factory.LazyAttribute(lambda row: row.name.lower())
    email = factory.Sequence(lambda n: f"payables{n}@customer.example")
    currency = "EUR"
    payment_terms = factory.SubFactory(PaymentTermsFactory)
    created_at = NOW
    bill_to = factory.RelatedFactory(
        "tests.factories.AddressFactory", "customer", kind="bill_to", is_default=True
    )
    ship_to = factory.RelatedFactory(
        "tests.factories.AddressFactory", "customer", kind="ship_to", is_default=True
    )


class AddressFactory(DjangoModelFactory[Address]):
    class Meta:
        model = Address

    customer = factory.SubFactory(CustomerFactory)
    kind = "ship_to"
    label = "Dock 4"
    street = "Quay Street 1"
    postal_code = "20095"
    city = "Hamburg"
    country = "DE"


class ContactFactory(DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    role = "payables"
    name = "Rosa Lindqvist"
    email = "rosa@customer.example"


class UnitFactory(DjangoModelFactory[UnitOfMeasure]):
    class Meta:
        model = UnitOfMeasure
        django_get_or_create = ["code"]

    code = "C62"
    name = "piece"


class TaxRuleFactory(DjangoModelFactory[TaxRule]):
    class Meta:
        model = TaxRule
        django_get_or_create = ["country", "region", "category", "valid_from"]

    country = "DE"
    region = ""
    category = "S"
    valid_from = None
    rate = Decimal("0.19")


class TaxExemptionFactory(DjangoModelFactory[TaxExemption]):
    class Meta:
        model = TaxExemption

    customer = factory.SubFactory(CustomerFactory)
    country = "US"
    certificate = factory.Sequence(lambda n: f"RC-{n}")
    created_at = NOW


class ProductUnitFactory(DjangoModelFactory[ProductUnit]):
    """A carton of 12."""

    class Meta:
        model = ProductUnit

    product = factory.SubFactory("tests.factories.ProductFactory")
    unit = factory.SubFactory(UnitFactory, code="CT", name="carton")
    factor = Decimal(12)


class PriceListFactory(DjangoModelFactory[PriceList]):
    class Meta:
        model = PriceList
        django_get_or_create = ["code"]

    code = "EUR"
    name = "Price list EUR"
    currency = "EUR"


class ProductFactory(DjangoModelFactory[Product]):
    """A product at 50.00 EUR on the general price list, 19 % tax; the company that sells it."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    sku = factory.Sequence(lambda n: f"SKU-{n:04}")
    name = "Butterfly valve DN80"
    folded_text = factory.LazyAttribute(lambda row: f"{row.sku} {row.name}".lower())
    unit = factory.SubFactory(UnitFactory)
    weight_kg = Decimal("1.500")
    created_at = NOW
    price = factory.RelatedFactory("tests.factories.PriceFactory", "product")

    @factory.post_generation
    def tax(self, create, extracted, **kwargs):
        TaxRuleFactory.create()

    @factory.post_generation
    def company(self, create, extracted, **kwargs):
        CompanyFactory.create()


class PriceFactory(DjangoModelFactory[Price]):
    class Meta:
        model = Price

    price_list = factory.SubFactory(PriceListFactory)
    product = factory.SubFactory(ProductFactory, price=None)
    amount = Decimal("50.0000")


class DiscountFactory(DjangoModelFactory[Discount]):
    """5 % off for whom and what the test says."""

    class Meta:
        model = Discount

    rate = Decimal("0.05")


class CustomerPartNumberFactory(DjangoModelFactory[CustomerPartNumber]):
    class Meta:
        model = CustomerPartNumber

    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    number = factory.Sequence(lambda n: f"PART {n}")
    folded_number = factory.LazyAttribute(lambda row: row.number.lower())
    created_at = NOW


class WarehouseFactory(DjangoModelFactory[Warehouse]):
    class Meta:
        model = Warehouse
        django_get_or_create = ["code"]

    code = "MAIN"
    name = "Main warehouse"
    time_zone = "Europe/Berlin"
    country = "DE"


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location
        django_get_or_create = ["warehouse", "code"]

    warehouse = factory.SubFactory(WarehouseFactory)
    code = "A-01-01"


class StockLevelFactory(DjangoModelFactory[StockLevel]):
    """100 pieces on hand, with the move that brought them."""

    class Meta:
        model = StockLevel
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    location = factory.SubFactory(LocationFactory)
    on_hand = Decimal(100)

    @factory.post_generation
    def move(self, create, extracted, **kwargs):
        if self.on_hand:
            StockMove.objects.create(
                level=self,
                kind=StockMove.Kind.RECEIPT,
                quantity=self.on_hand,
                source=f"opening:{self.pk}",
                at=NOW,
                actor="Opening stock",
            )


class LotFactory(DjangoModelFactory[Lot]):
    class Meta:
        model = Lot

    product = factory.SubFactory(ProductFactory, tracking="lot")
    code = factory.Sequence(lambda n: f"L-{n + 1}")
    created_at = NOW


class ExpectedReceiptFactory(DjangoModelFactory[ExpectedReceipt]):
    """50 pieces, expected in a week."""

    class Meta:
        model = ExpectedReceipt

    reference = factory.Sequence(lambda n: f"PO-{n + 1}")
    supplier = "Nordic Pump Works"
    warehouse = factory.SubFactory(WarehouseFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = Decimal(50)
    expected_on = TODAY + timedelta(days=7)
    created_at = NOW


class CreditAccountFactory(DjangoModelFactory[CreditAccount]):
    """Approved for 10,000.00 EUR until the end of 2027."""

    class Meta:
        model = CreditAccount

    customer = factory.SubFactory(CustomerFactory)
    currency = "EUR"
    limit = Decimal("10000.000")
    latest_decision = factory.LazyAttribute(
        lambda row: CreditDecision.objects.create(
            customer=row.customer,
            outcome="approved",
            limit=row.limit,
            valid_until=date(2027, 12, 31),
            reason="Known for years",
            decided_at=NOW,
            decided_by="Tomás Rey",
        )
    )


class OrderLineFactory(DjangoModelFactory[OrderLine]):
    class Meta:
        model = OrderLine

    position = factory.Sequence(lambda n: n % 30000 + 1)
    product = factory.SubFactory(ProductFactory)
    sku = factory.LazyAttribute(lambda row: row.product.sku)
    description = "Butterfly valve DN80"
    unit = "C62"
    unit_price = Decimal("50.0000")
    ordered = Decimal(2)
    net_amount = factory.LazyAttribute(lambda row: row.ordered * row.unit_price)
    tax_category = "S"
    tax_rate = Decimal("0.19000")
    requested_on = date(2026, 11, 25)


class OrderFactory(DjangoModelFactory[Order]):
    """A draft of one line, 2 × 50.00 = 100.00 EUR and 19.00 tax."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    public_id = factory.Sequence(lambda n: f"ord_test{n}")
    customer = factory.SubFactory(CustomerFactory)
    ship_to = factory.LazyAttribute(lambda row: row.customer.addresses.get(kind="ship_to"))
    channel = "rep"
    currency = "EUR"
    payment_terms = factory.LazyAttribute(lambda row: row.customer.payment_terms)
    requested_on = date(2026, 11, 25)
    net_amount = Decimal("100.000")
    tax_amount = Decimal("19.000")
    gross_amount = Decimal("119.000")
    created_at = NOW
    line = factory.RelatedFactory(OrderLineFactory, factory_related_name="order")


class CarrierFactory(DjangoModelFactory[Carrier]):
    class Meta:
        model = Carrier
        django_get_or_create = ["code"]

    code = "NWF"
    name = "Northway Freight"


class PickupScheduleFactory(DjangoModelFactory[PickupSchedule]):
    """Wednesdays at 15:30 from the main warehouse, one day on the way."""

    class Meta:
        model = PickupSchedule

    carrier = factory.SubFactory(CarrierFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    weekday = 2
    cut_off = time(15, 30)
    transit_days = 1
