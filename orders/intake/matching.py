"""What our own books say about the documents of one file: asked in sets, never per line."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from catalog.models import CustomerPartNumber, Product, ProductUnit
from catalog.pricing import PriceBook, price_books
from catalog.selectors import parts_of
from catalog.units import packs_of
from customers.models import Address, Customer
from o2c.kernel.money import ZERO
from o2c.kernel.text import fold
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.edi.partners import Partners
from orders.intake.learning import Units, units_of
from orders.models import IntakeDocument, Order
from orders.rules import House
from orders.services.background import house_of

UNUSED_ORDERS = (Order.State.DRAFT, Order.State.CANCELLED, Order.State.DECLINED)
# Documents that stand for an order, now or once somebody has looked.
STANDING = (IntakeDocument.State.ACCEPTED, IntakeDocument.State.IN_REVIEW)
GTIN_WIDTHS = (8, 12, 13, 14)
SHORTEST_GTIN, LONGEST_GTIN = 8, 14


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What a line means; `part` or `pack`, where the customer's number or a pack's GTIN says so."""

    product: Product
    part: CustomerPartNumber | None = None
    pack: ProductUnit | None = None


@dataclass(kw_only=True)
class Settled:
    """What is settled of a file already, before its next orders are looked up.

    `used` as in `Books`; `parts` are those that stand, now or since the file was taken in before.
    """

    used: dict[tuple[int, str], str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Books:
    """Customers and products by the codes that the file uses, prices and what was ordered."""

    customers: dict[str, Customer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    # Packs by their own GTIN, in every way to write it.
    gtins_of_packs: dict[str, ProductUnit] = field(default_factory=dict)
    # The packs that products are sold in: product -> unit -> how many of ours it holds.
    packs: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    # What each customer calls our products: customer -> folded number -> part number.
    part_numbers: dict[int, dict[str, CustomerPartNumber]] = field(default_factory=dict)
    house: House = field(default_factory=House)
    prices: dict[int, PriceBook] = field(default_factory=dict)
    # (customer, PO number) -> the order's number, or nothing when it waits for review.
    used: MutableMapping[tuple[int, str], str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    # How many of our unit one of a customer's holds.
    units: Units = field(default_factory=dict)
    # Customer -> places of delivery, where a document of theirs names one.
    places: dict[int, list[Address]] = field(default_factory=dict)
    # (customer, PO number) -> the order that a change or cancellation is about.
    orders: dict[tuple[int, str], Order] = field(default_factory=dict)
    partners: Partners = field(default_factory=Partners)

    def customer(self, code: str) -> Customer | None:
        return self.customers.get(code.casefold())

    def product(self, line: ReadLine, customer: Customer | None) -> Product | None:
        """Return the product that a line means."""
        meant = self.meant(line, customer)
        return meant.product if meant else None

    def meant(self, line: ReadLine, customer: Customer | None) -> Meant | None:
        """Return what a line means: by our SKU, then the customer's own number, then a GTIN."""
        found_by = (self.products.get(code.casefold()) for code in line.codes)
        known = next((product for product in found_by if product), None)
        if known is not None and known.sku.casefold() == line.sku.casefold():
            return Meant(product=known)
        theirs = self.part_numbers.get(customer.pk, {}) if customer else {}
        found = (theirs.get(fold(code)) for code in (line.sku, line.customer_part) if code)
        part = next((part for part in found if part), None)
        if part is not None:
            return Meant(product=part.product, part=part)
        if known is not None:
            return Meant(product=known)
        packs = (self.gtins_of_packs.get(code) for code in line.codes)
        pack = next((pack for pack in packs if pack), None)
        return Meant(product=pack.product, pack=pack) if pack else None

    def place(self, order: ReadOrder, customer: Customer) -> Address | None:
        """Return the customer's address that the document means; the surest name counts first."""
        names = [fold(name) for name in (order.places or [order.ship_to]) if name]
        for name in names:
            for address in self.places.get(customer.pk, []):
                if name in (address.gln, *map(fold, _names_of(address))):
                    return address
        return None

    def order(self, document: ReadOrder) -> Order | None:
        """Return the order that a change or a cancellation is about."""
        customer = self.customer(document.customer)
        return self.orders.get((customer.pk, document.po_number)) if customer else None

    def all_products(self) -> list[Product]:
        theirs = (part.product for parts in self.part_numbers.values() for part in parts.values())
        packed = (pack.product for pack in self.gtins_of_packs.values())
        return [*self.products.values(), *theirs, *packed]

    def price(
        self, customer: Customer, product: Product, quantity: Decimal | None
    ) -> Decimal | None:
        """Return what the customer pays for one unit, in their currency, when they buy so many."""
        book = self.prices.get(customer.pk)
        price = book.price(product.pk, ZERO if quantity is None else quantity) if book else None
        return price.amount if price else None


def customers_by_code(codes: Iterable[str]) -> dict[str, Customer]:
    """Find customers by number, with or without its prefix, by VAT number or by exact name."""
    wanted = {code.casefold() for code in codes if code}
    if not wanted:
        return {}
    numbers = {code.upper() for code in wanted} | {f"C-{code}" for code in wanted if code.isdigit()}
    found = Customer.objects.select_related("payment_terms").filter(
        Q(number__in=numbers)
        | Q(vat_number__in=numbers)
        | Q(folded_name__in={fold(code) for code in wanted})
    )
    by_code: dict[str, Customer] = {}
    for customer in found.order_by("-pk"):
        short = customer.number.removeprefix("C-")
        names = (customer.name, customer.folded_name, customer.vat_number, short)
        by_code |= {name.casefold(): customer for name in names if name}
    for customer in found:
        by_code[customer.number.casefold()] = customer
    return by_code


def products_by_code(codes: Iterable[str]) -> dict[str, Product]:
    """Find products by SKU in any case, or by GTIN, whatever zeros it is filled up with."""
    codes = [code for code in codes if code]
    wanted = {variant for code in codes for variant in (code, code.upper(), code.lower())}
    wanted |= {variant for code in codes for variant in gtin_variants(code)}
    if not wanted:
        return {}
    found = Product.objects.filter(Q(sku__in=wanted) | Q(gtin__in=wanted)).order_by("-pk")
    by_code: dict[str, Product] = {}
    for product in found:
        by_code |= dict.fromkeys(gtin_variants(product.gtin), product)
    for product in found:
        by_code[product.sku.casefold()] = product
    return by_code


def packs_by_gtin(codes: Iterable[str]) -> dict[str, ProductUnit]:
    """Find packs, such as a carton of 12, by their own GTIN, whatever zeros it is filled up with.

    Nothing is asked when no code can be one.
    """
    digits = (code for code in codes if code.isascii() and code.isdecimal())
    wanted = {form for code in digits if len(code) >= SHORTEST_GTIN for form in gtin_variants(code)}
    if not wanted:
        return {}
    found = ProductUnit.objects.filter(gtin__in=wanted).select_related("product").order_by("-pk")
    return {form: pack for pack in found for form in gtin_variants(pack.gtin)}


def _names_of(address: Address) -> tuple[str, ...]:
    return (address.code, address.label, address.street)


def gtin_variants(code: str) -> set[str]:
    """Return the ways to write one trade item number: of 8, 12, 13 or 14 digits."""
    digits = code.lstrip("0")
    if not (code.isascii() and code.isdecimal()) or not SHORTEST_GTIN <= len(code) <= LONGEST_GTIN:
        return {code} if code else set()
    return {code} | {digits.zfill(width) for width in GTIN_WIDTHS if len(digits) <= width}


def consult(
    orders: Sequence[ReadOrder],
    *,
    customers: dict[str, Customer],
    at: datetime,
    settled: Settled | None = None,
    apart_from: int | None = None,
    partners: Partners | None = None,
) -> Books:
    """Ask the books about documents of a file; the number of statements is always the same.

    Prices are those of each customer's day. `settled` is what the file's documents before these
    have become; what becomes of these is noted there. `apart_from` is a kept document that is
    asked about itself: it is no twin of its own.
    """
    settled = settled or Settled()
    books = Books(customers=customers, partners=partners or Partners(), parts=settled.parts)
    lines = [line for order in orders for line in order.lines]
    known = {customer for order in orders if (customer := books.customer(order.customer))}
    books.products = products_by_code({code for line in lines for code in line.codes})
    codes = {code for line in lines for code in (line.sku, line.customer_part)}
    books.gtins_of_packs = packs_by_gtin({code for line in lines for code in line.codes})
    books.part_numbers = parts_of({row.pk for row in known}, codes)
    books.prices = _prices(known, books.all_products(), at)
    wanted = Q(
        customer__in={row.pk for row in known},
        customer_po__in={order.po_number for order in orders} - {""},
    )
    books.used = ChainMap(settled.used, _used(wanted, apart_from))
    books.places = _places(orders, books)
    if known and any(line.unit for line in lines):
        product_ids = {product.pk for product in books.all_products()}
        books.units = units_of({customer.pk for customer in known}, product_ids)
        books.packs = packs_of(product_ids)
    if any(line.unit_price is not None for line in lines):
        books.house = house_of(at)
    books.orders = _changed_orders(orders, wanted)
    return books


def _places(orders: Sequence[ReadOrder], books: Books) -> dict[int, list[Address]]:
    asked = [books.customer(order.customer) for order in orders if order.ship_to]
    keys = {customer.pk for customer in asked if customer}
    places: dict[int, list[Address]] = defaultdict(list)
    if keys:
        for address in _active_places(keys):
            places[address.customer_id].append(address)
    return places


def _active_places(customer_ids: set[int]) -> QuerySet[Address]:
    kind = Address.Kind.SHIP_TO
    places = Address.objects.filter(customer__in=customer_ids, kind=kind, is_active=True)
    return places.order_by("pk")


def _changed_orders(orders: Sequence[ReadOrder], wanted: Q) -> dict[tuple[int, str], Order]:
    """Return the latest order of each PO number, if any document of the file changes one."""
    if not any(order.changes_another for order in orders):
        return {}
    found = Order.objects.filter(wanted).exclude(state=Order.State.DRAFT).order_by("pk")
    return {(order.customer_id, order.customer_po): order for order in found}


def _prices(
    customers: Iterable[Customer], products: Iterable[Product], at: datetime
) -> dict[int, PriceBook]:
    """Return the customers' price books; customers are asked about together if their days agree."""
    product_ids = {product.pk for product in products}
    by_day: dict[date, list[Customer]] = defaultdict(list)
    for customer in customers:
        by_day[at.astimezone(ZoneInfo(customer.time_zone)).date()].append(customer)
    books: dict[int, PriceBook] = {}
    for day, group in by_day.items():
        books |= price_books(group, product_ids, on=day)
    return books


def _used(wanted: Q, apart_from: int | None) -> dict[tuple[int, str], str]:
    waiting = IntakeDocument.objects.filter(wanted, state=IntakeDocument.State.IN_REVIEW)
    others = waiting if apart_from is None else waiting.exclude(pk=apart_from)
    used = dict.fromkeys(others.values_list("customer", "customer_po"), "")
    orders = Order.objects.filter(wanted).exclude(state__in=UNUSED_ORDERS)
    for customer, po_number, number in orders.values_list("customer", "customer_po", "number"):
        used[customer, po_number] = number
    return used


def standing_parts(sha256: str) -> set[str]:
    """Return the parts of a file that stand since it was taken in before."""
    if not sha256:
        return set()
    # A return stays one however often it comes; what a person rejected may be sent again.
    settled = Q(state__in=STANDING) | Q(findings__contains=[{"rule": "return_document"}])
    documents = IntakeDocument.objects.filter(settled, file__sha256=sha256)
    return set(documents.values_list("part", flat=True))
