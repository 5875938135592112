"""What a customer sees of their own orders, and the catalogue at their own prices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import CustomerPartNumber, Product
from catalog.pricing import Break, PricedAt, price_book
from catalog.selectors import search_products
from customers.models import Customer
from o2c.kernel.text import fold
from orders.models import Channel, Order, OrderLine
from orders.portal.arrivals import with_arrival

PAGE = 30
MOST_FOUND = 12
ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A product as one customer can buy it; `breaks` are the quantities where it gets cheaper."""

    product: Product
    price: PricedAt | None
    breaks: Sequence[Break]
    own_number: str


def own_orders(customer: Customer) -> "QuerySet[Order]":
    """Return what a customer may see: all that was handed over, and baskets kept in the portal."""
    theirs = ~Q(state=Order.State.DRAFT) | Q(channel=Channel.PORTAL)
    return Order.objects.filter(theirs, customer=customer)


def order_page(
    customer: Customer, *, text: str = "", before: int | None = None
) -> tuple[list[Order], bool]:
    """Return a page of a customer's orders, newest first, and whether there are more."""
    orders = with_arrival(own_orders(customer).select_related("ship_to"))
    if text:
        orders = orders.filter(Q(number__iexact=text) | Q(customer_po__icontains=text))
    if before is not None:
        orders = orders.filter(pk__lt=before)
    found = list(orders.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def own_order(customer: Customer, number: str) -> Order:
    """Return a customer's order by its number.

    Raises:
        Order.DoesNotExist: no such order of this customer.
    """
    orders = own_orders(customer).select_related("ship_to", "payment_terms")
    return with_arrival(orders).get(number=number)


def own_lines(order: Order) -> list[OrderLine]:
    """Return an order's lines in their order."""
    return list(order.lines.order_by("position", "pk"))


def wanted_of(order: Order) -> list[tuple[str, Decimal]]:
    """Return SKU and quantity of each line, for a basket."""
    lines = order.lines.order_by("position", "pk")
    return list(lines.values_list("product__sku", "ordered"))


def offers(customer: Customer, text: str, *, on: date) -> list[Offer]:
    """Find products by words, SKU, GTIN or the customer's own number, at the customer's prices."""
    if not text.strip():
        return []
    named = CustomerPartNumber.objects.filter(
        customer=customer, folded_number__startswith=fold(text)
    ).select_related("product__unit")
    own = [part.product for part in named.order_by("folded_number")[:MOST_FOUND]]
    known = {product.pk: product for product in [*own, *search_products(text, limit=MOST_FOUND)]}
    sold = [row for row in known.values() if row.status == Product.Status.ACTIVE][:MOST_FOUND]
    numbers = own_numbers(customer, [product.pk for product in sold])
    book = price_book(customer, [product.pk for product in sold], on=on)
    return [
        Offer(
            product=product,
            price=book.price(product.pk, max(product.minimum_quantity, ONE)),
            breaks=book.breaks(product.pk)[1:],
            own_number=numbers.get(product.pk, ""),
        )
        for product in sold
    ]


def own_numbers(customer: Customer, product_ids: Iterable[int]) -> dict[int, str]:
    """Return what the customer calls our products, by product."""
    parts = CustomerPartNumber.objects.filter(customer=customer, product__in=product_ids)
    return dict(parts.order_by("-pk").values_list("product", "number"))
