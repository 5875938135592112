"""What is known about many orders at once: each question is asked once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from catalog.models import Product
from catalog.pricing import PriceBook, price_books
from catalog.tax_rates import TaxBook
from customers.models import Address, Customer
from orders.models import BlanketLine, Order
from orders.rules import House
from orders.selectors import today_of
from orders.services.background import house_of
from orders.services.facts import Entered, Known, blankets_of, products_of
from orders.services.histories import Histories

Wanted = Sequence[tuple[Customer, Entered]]


@dataclass(frozen=True, kw_only=True)
class Library:
    """The books for some orders of customers whom this step has locked.

    The orders are placed one after the other, and each is a habit of its customer's next one:
    `note` tells the library of it.
    """

    at: datetime
    products: Mapping[int, Product]
    blankets: Mapping[int, BlanketLine]
    places: Mapping[int, Address]
    usual_places: Mapping[int, Address]
    prices: Mapping[int, PriceBook]
    taxes: Mapping[date, TaxBook]
    histories: Histories
    house: House

    def look_up(self, customer: Customer, entered: Entered) -> Known:
        """Return what is known about an order, the ones noted before it included."""
        today = today_of(customer, self.at)
        ids = {line.product_id for line in entered.lines}
        products = {key: self.products[key] for key in ids if key in self.products}
        ship_to = self._ship_to(customer, entered.ship_to_id)
        tax_book = self.taxes[today]
        return Known(
            customer=customer,
            today=today,
            ship_to=ship_to,
            products=products,
            book=self.prices[customer.pk],
            taxes=tax_book.tax_for(customer, ship_to, products.values()) if ship_to else {},
            blankets=self.blankets,
            background=self.histories.background_of(
                customer.pk, customer_po=entered.customer_po.strip(), product_ids=ids
            ),
            house=self.house,
        )

    def note(self, order: Order) -> None:
        """Count an order that was just entered among those of its customer."""
        self.histories.note(order)

    def _ship_to(self, customer: Customer, ship_to_id: int | None) -> Address | None:
        if ship_to_id is None:
            return self.usual_places.get(customer.pk)
        found = self.places.get(ship_to_id)
        return found if found is not None and found.customer_id == customer.pk else None


def library_for(wanted: Wanted, *, at: datetime) -> Library:
    """Read what the rules look at about these orders; as many statements however many they are."""
    lines = [line for _customer, entered in wanted for line in entered.lines]
    products = products_of(line.product_id for line in lines)
    customers = {customer.pk: customer for customer, _entered in wanted}
    places, usual = _places(wanted)
    histories = Histories(wanted)
    by_day: dict[date, list[Customer]] = defaultdict(list)
    for customer in customers.values():
        by_day[today_of(customer, at)].append(customer)
    prices: dict[int, PriceBook] = {}
    for day, group in by_day.items():
        prices |= price_books(group, products, on=day)
    return Library(
        at=at,
        products=products,
        blankets=blankets_of(lines),
        places=places,
        usual_places=usual,
        prices=prices,
        taxes={
            day: TaxBook(group, [*places.values(), *usual.values()], on=day)
            for day, group in by_day.items()
        },
        histories=histories,
        house=house_of(at, histories.thresholds),
    )


def _places(wanted: Wanted) -> tuple[dict[int, Address], dict[int, Address]]:
    """Return the addresses that were asked for by key, and each customer's usual one."""
    asked = {entered.ship_to_id for _customer, entered in wanted} - {None}
    places = Address.objects.in_bulk(asked) if asked else {}
    usual: dict[int, Address] = {}
    for address in _usual_places({customer.pk for customer, _entered in wanted}):
        usual.setdefault(address.customer_id, address)
    return places, usual


def _usual_places(customer_ids: set[int]) -> Iterable[Address]:
    kind = Address.Kind.SHIP_TO
    found = Address.objects.filter(customer__in=customer_ids, kind=kind, is_active=True)
    return found.order_by("customer", "-is_default", "pk")
