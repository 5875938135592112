"""What a customer pays for a product on a day, and which tax is charged: each in one statement.

How tax is decided says `catalog.taxation`. Which price counts:

1. A list of the customer's own (a contract) goes before everybody's, also where it is dearer.
2. Among lists of one kind, the one that began last goes first; without a first day it began never.
3. On a list, the price with the largest minimum that the quantity reaches. A list that has no
   price for so small a quantity is passed over for the next.
4. From everybody's list a discount is taken off, and one only, the closest: of this customer
   (their product, then their product group, then all that they buy), else of anybody (the
   product, then the product group). A contract's price is net.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db.models import DateField, DecimalField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from catalog.models import Discount, Price
from catalog.models.validity import holds_on
from catalog.tax_rates import tax_for
from catalog.taxation import TaxedAt
from customers.models import Customer
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO

__all__ = [
    "Break",
    "PriceBook",
    "PricedAt",
    "TaxedAt",
    "list_book",
    "price_book",
    "price_books",
    "tax_for",
]

# Unit prices have four decimals, whatever the currency.
PRICE_STEP = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class PricedAt:
    """The price of one unit, excluding tax, and where it comes from, for people.

    `list_amount` is what our lists and discounts say for this customer and quantity: the amount
    itself, unless somebody agreed another. `discount_rate` is what was taken off, a fraction.
    """

    amount: Decimal
    source: str
    list_amount: Decimal | None = None
    discount_rate: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Break:
    """The price from a quantity on."""

    min_quantity: Decimal
    price: PricedAt


class _Entry(NamedTuple):
    """A price of a list, or with `list_id` None a discount, whose rate is the `value`."""

    list_id: int | None
    customer_id: int | None
    currency: str
    product_id: int | None
    group: str
    min_quantity: Decimal | None
    value: Decimal
    name: str
    since: date | None

    @property
    def rank(self) -> tuple[bool, date, int]:
        """The first list is the one with the largest."""
        return self.customer_id is not None, self.since or date.min, self.list_id or 0


class _Index:
    """Prices by product, the one that counts first, and discounts; of many customers, or of one."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self.discounts: dict[tuple[int | None, int | None, str], Decimal] = {}
        self._prices: dict[tuple[str, int | None], list[_Entry]] = defaultdict(list)
        for entry in entries:
            if entry.list_id is None:
                place = (entry.customer_id, entry.product_id, entry.group)
                self.discounts[place] = entry.value
            else:
                self._prices[entry.currency, entry.product_id].append(entry)
        for prices in self._prices.values():
            if len(prices) > 1:
                prices.sort(key=lambda entry: (entry.rank, entry.min_quantity), reverse=True)

    def prices(self, currency: str, product_id: int) -> Sequence[_Entry]:
        return self._prices.get((currency, product_id), ())


class PriceBook:
    """What one customer pays on one day for some products."""

    def __init__(
        self, customer_id: int | None, currency: str, *, own: _Index, everybodys: _Index
    ) -> None:
        self._customer_id = customer_id
        self._currency = currency
        self._own = own
        self._everybodys = everybodys

    def _entries(self, product_id: int) -> Sequence[_Entry]:
        """Return the prices of a product, the customer's own before everybody's."""
        own = self._own.prices(self._currency, product_id)
        return [*own, *self._everybodys.prices(self._currency, product_id)]

    def price(self, product_id: int, quantity: Decimal) -> PricedAt | None:
        """Return the price of one unit when so many are bought; None: no list has one.

        A quantity that nobody can buy, such as a negative one, is priced like the smallest.
        """
        wanted = quantity if quantity.is_finite() and quantity > 0 else ZERO
        for entry in self._entries(product_id):
            if entry.min_quantity is not None and entry.min_quantity <= wanted:
                return self._priced(product_id, entry)
        return None

    def breaks(self, product_id: int) -> list[Break]:
        """Return every quantity from which the price differs, smallest first."""
        quantities = {entry.min_quantity or ZERO for entry in self._entries(product_id)}
        found: list[Break] = []
        for quantity in sorted(quantities):
            price = self.price(product_id, quantity)
            if price and not (found and found[-1].price.amount == price.amount):
                found.append(Break(min_quantity=quantity, price=price))
        return found

    def next_break(self, product_id: int, quantity: Decimal) -> Break | None:
        """Return the next larger quantity at which one unit costs less than at this one."""
        now = self.price(product_id, quantity)
        cheaper = (
            step
            for step in self.breaks(product_id)
            if step.min_quantity > quantity and (now is None or step.price.amount < now.amount)
        )
        return next(cheaper, None)

    def _priced(self, product_id: int, entry: _Entry) -> PricedAt:
        rate = ZERO if entry.customer_id else self._discount_rate(product_id, entry.group)
        amount = entry.value
        if rate:
            amount = (amount * (1 - rate)).quantize(PRICE_STEP, ROUND_HALF_UP)
        return PricedAt(
            amount=amount,
            source=_source(entry, rate),
            list_amount=amount,
            discount_rate=rate,
        )

    def _discount_rate(self, product_id: int, group: str) -> Decimal:
        own, everybodys = self._own.discounts, self._everybodys.discounts
        if not (own or everybodys):
            return ZERO
        places = (
            (self._customer_id, product_id, ""),
            (self._customer_id, None, group),
            (self._customer_id, None, ""),
            (None, product_id, ""),
            (None, None, group),
        )
        known = (own.get(place, everybodys.get(place)) for place in places)
        return next((rate for rate in known if rate is not None), ZERO)


def _source(entry: _Entry, rate: Decimal) -> str:
    """Say where a price comes from: "Price list EUR, from 200 − 5 %"."""
    source = entry.name
    if entry.min_quantity:
        source = _("%(list)s, from %(quantity)s") % {
            "list": source,
            "quantity": f"{entry.min_quantity.normalize():f}",
        }
    return f"{source} − {(rate * 100).normalize():f} %" if rate else source


def price_book(customer: Customer, product_ids: Iterable[int], *, on: date) -> PriceBook:
    """Return what the customer pays on a day, in their currency, in one statement."""
    return price_books([customer], product_ids, on=on)[customer.pk]


def price_books(
    customers: Iterable[Customer], product_ids: Iterable[int], *, on: date
) -> dict[int, PriceBook]:
    """Return the books of several customers by their key, in one statement."""
    known = {customer.pk: customer.currency for customer in customers}
    if not known:
        return {}
    entries = _entries(list(known), list(set(known.values())), list(set(product_ids)), on)
    everybodys = _Index(entry for entry in entries if entry.customer_id is None)
    own: Mapping[int, list[_Entry]] = defaultdict(list)
    for entry in entries:
        if entry.customer_id is not None:
            own[entry.customer_id].append(entry)
    return {
        key: PriceBook(key, currency, own=_Index(own.get(key, ())), everybodys=everybodys)
        for key, currency in known.items()
    }


def list_book(currency: str, product_ids: Iterable[int], *, on: date) -> PriceBook:
    """Return what somebody pays with whom nothing is agreed, in one statement."""
    entries = _entries([], [currency], list(set(product_ids)), on)
    return PriceBook(None, currency, own=_Index(()), everybodys=_Index(entries))


def _entries(
    customer_ids: list[int], currencies: list[str], product_ids: list[int], on: date
) -> Sequence[_Entry]:
    return [_Entry(*row) for row in _rows(customer_ids, currencies, product_ids, on)]


@compiled
def _rows(
    customer_ids: list[int], currencies: list[str], product_ids: list[int], on: date
) -> QuerySet[Price, tuple[Any, ...]]:
    return _list_prices(customer_ids, currencies, product_ids, on).union(
        _discounts(customer_ids, product_ids, on), all=True
    )


def _list_prices(
    customer_ids: list[int], currencies: list[str], product_ids: list[int], on: date
) -> QuerySet[Price, tuple[Any, ...]]:
    return Price.objects.filter(
        holds_on(on),
        holds_on(on, of="price_list__"),
        Q(price_list__customer=None) | Q(price_list__customer__in=customer_ids),
        price_list__currency__in=currencies,
        product__in=product_ids,
    ).values_list(
        "price_list_id",
        "price_list__customer_id",
        "price_list__currency",
        "product_id",
        "product__group",
        "min_quantity",
        "amount",
        "price_list__name",
        "price_list__valid_from",
    )


def _discounts(
    customer_ids: list[int], product_ids: list[int], on: date
) -> QuerySet[Discount, tuple[Any, ...]]:
    return Discount.objects.filter(
        holds_on(on),
        Q(customer=None) | Q(customer__in=customer_ids),
        Q(product=None) | Q(product__in=product_ids),
    ).values_list(
        Value(None, output_field=DecimalField()),
        "customer_id",
        Value(""),
        "product_id",
        "group",
        Value(None, output_field=DecimalField()),
        "rate",
        Value(""),
        Value(None, output_field=DateField()),
    )
