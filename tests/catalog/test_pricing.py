"""What a customer pays for a product."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.pricing import PricedAt, list_book, price_book, price_books, tax_for
from tests.factories import (
    TODAY,
    AddressFactory,
    CustomerFactory,
    DiscountFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
)

ONE = Decimal(1)
DAY = timedelta(days=1)


def own_list(customer, product, amount, code="KC-118", **more):
    own = PriceListFactory.create(code=code, name=f"Contract {code}", customer=customer, **more)
    PriceFactory.create(price_list=own, product=product, amount=Decimal(amount))
    return own


def amount_of(customer, product, quantity=ONE, *, on=TODAY):
    price = price_book(customer, [product.pk], on=on).price(product.pk, Decimal(quantity))
    return price and price.amount


def source_of(customer, product, quantity=ONE, *, on=TODAY):
    return price_book(customer, [product.pk], on=on).price(product.pk, Decimal(quantity)).source


def test_takes_the_customers_own_price_first(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(customer, product, "55.5")

    price = price_book(customer, [product.pk], on=TODAY).price(product.pk, ONE)

    amount = Decimal("55.5000")
    assert price == PricedAt(amount=amount, source="Contract KC-118", list_amount=amount)


def test_gives_nobody_the_price_of_another(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(CustomerFactory.create(), product, "45.5")

    assert source_of(customer, product) == "Price list EUR"


def test_knows_no_price_in_another_currency(db):
    assert amount_of(CustomerFactory.create(currency="USD"), ProductFactory.create()) is None


def test_takes_the_contract_that_began_last(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(customer, product, "44", "OPEN")
    own_list(customer, product, "43", "OLD", valid_from=TODAY - 30 * DAY)
    own_list(customer, product, "45", "NEW", valid_from=TODAY, valid_until=TODAY)

    days = (TODAY - 31 * DAY, TODAY - DAY, TODAY, TODAY + DAY)

    assert [source_of(customer, product, on=day) for day in days] == [
        "Contract OPEN",
        "Contract OLD",
        "Contract NEW",
        "Contract OLD",
    ]


def test_a_price_holds_on_its_first_and_last_day(db):
    customer, product = CustomerFactory.create(), ProductFactory.create(price=None)
    PriceFactory.create(product=product, valid_from=TODAY, valid_until=TODAY + DAY)

    days = (TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY)

    assert [amount_of(customer, product, on=day) for day in days] == [None, 50, 50, None]


def test_takes_the_largest_break_that_the_quantity_reaches(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    PriceFactory.create(product=product, min_quantity=200, amount=Decimal(40))
    PriceFactory.create(product=product, min_quantity=1000, amount=Decimal(35))

    quantities = ("1", "199.999", "200", "999", "1000", "-5", "NaN")

    assert [amount_of(customer, product, quantity) for quantity in quantities] == [
        *(50, 50, 40, 40, 35),
        *(50, 50),
    ]
    assert source_of(customer, product, 200) == "Price list EUR, from 200"


def test_passes_over_a_contract_that_is_for_more(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own = PriceListFactory.create(code="KC", name="Contract KC", customer=customer)
    PriceFactory.create(price_list=own, product=product, min_quantity=100, amount=Decimal(30))

    assert source_of(customer, product, 99) == "Price list EUR"
    assert source_of(customer, product, 100) == "Contract KC, from 100"


def test_takes_off_only_the_closest_discount(db):
    customer, product = CustomerFactory.create(), ProductFactory.create(group="Valves")
    steps = [
        ({"group": "Valves"}, "0.01"),
        ({"product": product}, "0.02"),
        ({"customer": customer}, "0.03"),
        ({"customer": customer, "group": "Valves"}, "0.04"),
        ({"customer": customer, "product": product}, "0.05"),
    ]

    amounts = []
    for scope, rate in steps:
        DiscountFactory.create(rate=Decimal(rate), **scope)
        amounts.append(amount_of(customer, product))

    assert amounts == [Decimal(text) for text in ("49.5", "49", "48.5", "48", "47.5")]
    assert source_of(customer, product) == "Price list EUR − 5 %"


def test_gives_nobody_the_discount_of_another(db):
    customer, product = CustomerFactory.create(), ProductFactory.create(group="Valves")
    DiscountFactory.create(customer=CustomerFactory.create())
    DiscountFactory.create(group="Pumps")
    DiscountFactory.create(customer=customer, valid_until=TODAY - DAY)

    assert amount_of(customer, product) == 50


def test_takes_no_discount_off_a_contract(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    own_list(customer, product, "45.5")
    DiscountFactory.create(customer=customer)

    assert source_of(customer, product) == "Contract KC-118"


def test_says_what_was_taken_off_and_rounds_half_up_to_four_decimals(db):
    customer, product = CustomerFactory.create(), ProductFactory.create(price=None)
    PriceFactory.create(product=product, amount=Decimal("0.0250"))
    DiscountFactory.create(customer=customer, rate=Decimal("0.025"))

    price = price_book(customer, [product.pk], on=TODAY).price(product.pk, ONE)

    assert price == PricedAt(
        amount=Decimal("0.0244"),
        source="Price list EUR − 2.5 %",
        list_amount=Decimal("0.0244"),
        discount_rate=Decimal("0.025"),
    )


def test_lists_every_quantity_at_which_the_price_differs(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    for quantity, amount in ((100, 50), (200, 40), (500, 42), (1000, 35)):
        PriceFactory.create(product=product, min_quantity=quantity, amount=Decimal(amount))

    book = price_book(customer, [product.pk], on=TODAY)

    steps = [(step.min_quantity, step.price.amount) for step in book.breaks(product.pk)]
    assert steps == [(0, 50), (200, 40), (500, 42), (1000, 35)]
    found = [book.next_break(product.pk, Decimal(quantity)) for quantity in (1, 200, 1000)]
    assert [step and step.min_quantity for step in found] == [200, 1000, None]


def test_asks_once_for_twenty_products(db):
    customer, products = CustomerFactory.create(), ProductFactory.create_batch(20)
    DiscountFactory.create(customer=customer)

    with CaptureQueriesContext(connection) as captured:
        book = price_book(customer, [product.pk for product in products], on=TODAY)

    found = {book.price(product.pk, ONE).amount for product in products}
    assert (found, len(captured)) == ({Decimal("47.5")}, 1)


def test_asks_once_for_several_customers(db):
    customer, other, foreign = (
        CustomerFactory.create(),
        CustomerFactory.create(),
        CustomerFactory.create(currency="USD"),
    )
    product = ProductFactory.create()
    own_list(customer, product, "45.5")
    DiscountFactory.create(customer=other)

    with CaptureQueriesContext(connection) as captured:
        books = price_books([customer, other, foreign], [product.pk], on=TODAY)

    prices = {pk: book.price(product.pk, ONE) for pk, book in books.items()}
    assert {pk: price and price.source for pk, price in prices.items()} == {
        customer.pk: "Contract KC-118",
        other.pk: "Price list EUR − 5 %",
        foreign.pk: None,
    }
    assert len(captured) == 1


def test_asks_nothing_for_nobody(db):
    with CaptureQueriesContext(connection) as captured:
        assert price_books([], [1], on=TODAY) == {}

    assert len(captured) == 0


def test_somebody_unknown_pays_the_list_price(db):
    product = ProductFactory.create()
    own_list(CustomerFactory.create(), product, "45.5")

    book = list_book("EUR", [product.pk], on=TODAY)

    assert book.price(product.pk, ONE).amount == 50


@pytest.mark.parametrize(
    ("first", "last"),
    [(None, None), (date(2026, 3, 1), date(2026, 3, 1)), (date(2026, 12, 31), None)],
)
def test_two_prices_never_hold_on_one_day(db, first, last):
    product = ProductFactory.create(price=None)
    PriceFactory.create(
        product=product, valid_from=date(2026, 3, 1), valid_until=date(2026, 12, 31)
    )

    with pytest.raises(IntegrityError, match="catalog_price_once_a_day"), transaction.atomic():
        PriceFactory.create(product=product, valid_from=first, valid_until=last)


def test_two_discounts_of_one_kind_never_hold_on_one_day(db):
    DiscountFactory.create(group="Valves")

    with pytest.raises(IntegrityError, match="catalog_discount_once_a_day"), transaction.atomic():
        DiscountFactory.create(group="Valves", valid_from=TODAY)


def test_taxes_are_asked_once_for_twenty_products(db):
    customer, products = CustomerFactory.create(), ProductFactory.create_batch(20)
    ship_to = AddressFactory.build(customer=customer)

    with CaptureQueriesContext(connection) as captured:
        taxes = tax_for(customer, ship_to, products, on=TODAY)

    # Which company sells, and what is kept of the place and the customer.
    assert (len(taxes), len(captured)) == (20, 2)
