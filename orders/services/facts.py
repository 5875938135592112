"""From what somebody entered to what the rules look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import PriceBook, PricedAt, TaxedAt, price_book, tax_for
from customers.models import Address, Customer
from o2c.kernel import rows
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from orders.rules import Facts, LineFacts
from orders.selectors import po_twin, today_of
from orders.services.locking import lines_of


@dataclass(frozen=True)
class NewLine:
    """A line as entered. Without a price it is priced by the price list; without a day of its
    own it is wanted on the order's.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    requested_on: date | None = None
    # What the price was agreed in, such as a quote; empty: by whoever entered the line.
    price_source: str = ""


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What somebody enters to make an order, or to change a draft."""

    lines: Sequence[NewLine]
    requested_on: date
    ship_to_id: int | None = None
    customer_po: str = ""
    note: str = ""


def facts_of(customer: Customer, entered: Entered, *, at: datetime) -> Facts:
    """Gather what the rules look at; lines are priced and taxed as of the customer's today."""
    today = today_of(customer, at)
    ship_to = _ship_to(customer, entered.ship_to_id)
    products = _products(line.product_id for line in entered.lines)
    book = price_book(customer, products, on=today)
    taxes = tax_for(customer, ship_to, products.values(), on=today) if ship_to else {}
    customer_po = entered.customer_po.strip()
    return Facts(
        customer=customer,
        ship_to=ship_to,
        customer_po=customer_po,
        requested_on=entered.requested_on,
        today=today,
        twin=po_twin(customer_id=customer.pk, customer_po=customer_po),
        lines=[
            LineFacts(
                product=products.get(line.product_id),
                quantity=line.quantity,
                price=_price_of(line, book),
                tax=taxes.get(line.product_id),
                requested_on=line.requested_on or entered.requested_on,
            )
            for line in entered.lines
        ],
    )


def facts_of_draft(order: Order, *, at: datetime) -> Facts:
    """Gather what the rules look at about a stored draft, at the prices that it shows."""
    return Facts(
        customer=order.customer,
        ship_to=order.ship_to,
        customer_po=order.customer_po,
        requested_on=order.requested_on,
        today=today_of(order.customer, at),
        twin=po_twin(
            customer_id=order.customer_id, customer_po=order.customer_po, order_id=order.pk
        ),
        lines=[
            LineFacts(
                product=line.product,
                quantity=line.ordered,
                price=_stored_price(line),
                tax=TaxedAt(category=line.tax_category, rate=line.tax_rate),
                requested_on=line.requested_on,
            )
            for line in _with_products(order)
        ],
    )


def _with_products(order: Order) -> list[OrderLine]:
    lines = list(lines_of(order).values())
    products = _products(line.product_id for line in lines)
    for line in lines:
        line.product = products[line.product_id]
    return lines


def _ship_to(customer: Customer, ship_to_id: int | None) -> Address | None:
    """Return the address asked for, or without a wish the customer's usual one."""
    if ship_to_id is not None:
        return Address.objects.filter(customer=customer.pk, pk=ship_to_id).first()
    return next(iter(_usual_ship_to(customer.pk)), None)


@compiled
def _usual_ship_to(customer_id: int) -> QuerySet[Address]:
    addresses = Address.objects.filter(customer=customer_id, kind=Address.Kind.SHIP_TO)
    return addresses.filter(is_active=True).order_by("-is_default", "pk")[:1]


def _products(product_ids: Iterable[int]) -> dict[int, Product]:
    return {product.pk: product for product in rows.fetch(Product, "id", set(product_ids))}


def _price_of(line: NewLine, book: PriceBook) -> PricedAt | None:
    listed = book.price(line.product_id, line.quantity)
    if line.unit_price is None:
        return listed
    source = line.price_source or _("agreed")
    if listed is None:
        return PricedAt(amount=line.unit_price, source=source)
    return replace(listed, amount=line.unit_price, source=source, discount_rate=ZERO)


def _stored_price(line: OrderLine) -> PricedAt | None:
    """Return the line's price; a line that found none was stored at zero, from nowhere."""
    if not line.unit_price and not line.price_source:
        return None
    return PricedAt(amount=line.unit_price, source=line.price_source, list_amount=line.list_price)
