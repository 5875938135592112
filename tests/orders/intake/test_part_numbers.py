"""A document names products as its customer does, at the prices of what it orders."""

from decimal import Decimal

from catalog.models import Product
from orders.models import OrderLine
from tests.factories import CustomerFactory, CustomerPartNumberFactory, PriceFactory
from tests.orders.intake.conftest import rules

CSV = "Customer,PO Number,SKU,Quantity,Price\nC-17850,4711,hw 77,200,{price}\n"


def valve_as(number, customer):
    valve = Product.objects.get(sku="85123A")
    CustomerPartNumberFactory.create(
        customer=customer, product=valve, number=number, folded_number=number.lower()
    )
    PriceFactory.create(product=valve, min_quantity=200, amount=Decimal(40))


def test_places_by_the_customers_own_number_at_the_break(books, intake):
    valve_as("HW 77", books)

    (result,) = intake(CSV.format(price="40"), "--commit")

    line = OrderLine.objects.get()
    assert (result["status"], result["findings"]) == ("accepted", [])
    assert (line.sku, line.unit_price) == ("85123A", 40)


def test_says_when_the_price_is_that_of_fewer(books, intake):
    valve_as("HW 77", books)

    (result,) = intake(CSV.format(price="50"))

    assert rules(result) == [("price_differs", "lines.0.unit_price")]
    assert "the price is 50, listed is 40" in result["findings"][0]["message"]


def test_knows_nobody_elses_numbers(books, intake):
    valve_as("HW 77", CustomerFactory.create())

    (result,) = intake(CSV.format(price="40"))

    assert rules(result) == [("unknown_product", "lines.0.sku")]
