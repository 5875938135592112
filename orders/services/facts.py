"""From what somebody entered to what the rules look at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from orders.models import BlanketLine, Order, OrderLine, QuoteLine
from orders.rules import Facts, House, LineFacts, Stated
from orders.selectors import today_of
from orders.services.background import Background, background_of, house_of
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
    # Why it is sold at another price than listed.
    price_reason: str = ""
    # How the customer calls the product, and the unit that their document names.
    customer_part: str = ""
    unit: str = ""
    # The line of a blanket order that it calls off, at the price that was agreed there.
    blanket_line_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What somebody enters to make an order, or to change a draft."""

    lines: Sequence[NewLine]
    requested_on: date
    ship_to_id: int | None = None
    customer_po: str = ""
    note: str = ""
    stated: Stated = field(default_factory=Stated)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What our books say about what was entered. `today` is the customer's."""

    customer: Customer
    today: date
    ship_to: Address | None
    products: Mapping[int, Product]
    book: PriceBook
    taxes: Mapping[int, TaxedAt]
    blankets: Mapping[int, BlanketLine]
    background: Background
    house: House


def facts_of(customer: Customer, entered: Entered, *, at: datetime, order_id: int = 0) -> Facts:
    """Gather what the rules look at; lines are priced and taxed as of the customer's today.

    `order_id` is the stored order that this is about: it is no twin and no habit of its own.
    """
    return facts_from(_look_up(customer, entered, at=at, order_id=order_id), entered)


def facts_from(known: Known, entered: Entered) -> Facts:
    """Put together what was entered and what is known about it."""
    return Facts(
        customer=known.customer,
        ship_to=known.ship_to,
        customer_po=entered.customer_po.strip(),
        requested_on=entered.requested_on,
        today=known.today,
        twin=known.background.twin,
        habits=known.background.habits,
        house=known.house,
        stated=entered.stated,
        lines=[_line_of(line, entered, known) for line in entered.lines],
    )


def _line_of(line: NewLine, entered: Entered, known: Known) -> LineFacts:
    agreement = _agreement_of(line, known.blankets)
    return LineFacts(
        product=known.products.get(line.product_id),
        quantity=line.quantity,
        price=_price_of(line, known.book, known.blankets),
        blanket_line_id=line.blanket_line_id,
        tax=known.taxes.get(line.product_id),
        requested_on=line.requested_on or entered.requested_on,
        reason=line.price_reason.strip() or agreement,
        is_agreed=bool(agreement),
        unit=line.unit,
        customer_part=line.customer_part,
    )


def _look_up(customer: Customer, entered: Entered, *, at: datetime, order_id: int) -> Known:
    today = today_of(customer, at)
    ship_to = _ship_to(customer, entered.ship_to_id)
    products = products_of(line.product_id for line in entered.lines)
    book = price_book(customer, products, on=today)
    taxes = tax_for(customer, ship_to, products.values(), on=today) if ship_to else {}
    blankets = blankets_of(entered.lines)
    background = background_of(
        customer_id=customer.pk,
        customer_po=entered.customer_po.strip(),
        product_ids=list(products),
        order_id=order_id,
    )
    return Known(
        customer=customer,
        today=today,
        ship_to=ship_to,
        products=products,
        book=book,
        taxes=taxes,
        blankets=blankets,
        background=background,
        house=house_of(at, background.thresholds),
    )


def facts_of_draft(order: Order, *, at: datetime) -> Facts:
    """Gather what the rules look at about a stored draft, at the prices that it shows."""
    lines = _with_products(order)
    quoted = _quoted_lines(order, lines)
    known = background_of(
        customer_id=order.customer_id,
        customer_po=order.customer_po,
        product_ids=[line.product_id for line in lines],
        order_id=order.pk,
    )
    return Facts(
        customer=order.customer,
        ship_to=order.ship_to,
        customer_po=order.customer_po,
        requested_on=order.requested_on,
        today=today_of(order.customer, at),
        twin=known.twin,
        habits=known.habits,
        house=house_of(at, known.thresholds),
        lines=[
            LineFacts(
                product=line.product,
                quantity=line.ordered,
                price=_stored_price(line),
                tax=TaxedAt(category=line.tax_category, rate=line.tax_rate),
                requested_on=line.requested_on,
                reason=line.price_reason,
                is_agreed=line.blanket_line_id is not None or line.pk in quoted,
                customer_part=line.customer_part,
            )
            for line in lines
        ],
    )


def _quoted_lines(order: Order, lines: Iterable[OrderLine]) -> set[int]:
    """Return the lines that ask for no less than the order's quote gave: it was approved so.

    Nothing is asked when no line costs less than listed.
    """
    reduced = [line for line in lines if line.list_price and line.unit_price < line.list_price]
    if not reduced:
        return set()
    offered: dict[tuple[int, Decimal], Decimal] = defaultdict(Decimal)
    for given in QuoteLine.objects.filter(quote__order=order.pk):
        offered[given.product_id, given.unit_price] += given.quantity
    covered = set()
    for line in reduced:
        terms = line.product_id, line.unit_price
        if line.ordered <= offered[terms]:
            offered[terms] -= line.ordered
            covered.add(line.pk)
    return covered


def _with_products(order: Order) -> list[OrderLine]:
    lines = list(lines_of(order).values())
    products = products_of(line.product_id for line in lines)
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


def products_of(product_ids: Iterable[int]) -> dict[int, Product]:
    products = {product.pk: product for product in rows.fetch(Product, "id", set(product_ids))}
    _name_successors(products.values())
    return products


def _name_successors(products: Iterable[Product]) -> None:
    """Read what takes the place of discontinued products; one statement, if there are any."""
    old = [
        product
        for product in products
        if product.successor_id and product.status == Product.Status.DISCONTINUED
    ]
    wanted = {product.successor_id for product in old}
    found = {row.pk: row for row in rows.fetch(Product, "id", wanted)} if wanted else {}
    for product in old:
        product.successor = found[product.successor_id or 0]


def blankets_of(lines: Iterable[NewLine]) -> dict[int, BlanketLine]:
    """Return the lines of blanket orders that are called off; nothing is asked when none is."""
    keys = [line.blanket_line_id for line in lines if line.blanket_line_id is not None]
    if not keys:
        return {}
    return BlanketLine.objects.select_related("blanket").in_bulk(keys)


def _agreement_of(line: NewLine, blankets: Mapping[int, BlanketLine]) -> str:
    """Name the quote or blanket order that the line's price was agreed in; empty: none."""
    agreed = blankets.get(line.blanket_line_id or 0)
    if agreed is None:
        return line.price_source
    return _("Blanket order %(number)s") % {"number": agreed.blanket.number}


def _price_of(
    line: NewLine, book: PriceBook, blankets: Mapping[int, BlanketLine]
) -> PricedAt | None:
    listed = book.price(line.product_id, line.quantity)
    agreed = blankets.get(line.blanket_line_id or 0)
    amount = agreed.unit_price if agreed and line.unit_price is None else line.unit_price
    source = _agreement_of(line, blankets) or _("agreed")
    if amount is None:
        return listed
    if listed is None:
        return PricedAt(amount=amount, source=source)
    return replace(listed, amount=amount, source=source, discount_rate=ZERO)


def _stored_price(line: OrderLine) -> PricedAt | None:
    """Return the line's price; a line that found none was stored at zero, from nowhere."""
    if not line.unit_price and not line.price_source:
        return None
    return PricedAt(amount=line.unit_price, source=line.price_source, list_amount=line.list_price)
