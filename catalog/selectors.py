"""What others ask about products."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from catalog.models import (
    CustomerPartNumber,
    Discount,
    Price,
    PriceList,
    Product,
    ProductUnit,
    TaxExemption,
)
from catalog.pricing import list_book
from o2c.kernel.models import AuditEntry
from o2c.kernel.money import ZERO
from o2c.kernel.text import fold

PAGE_SIZE = 50
# As many rows as a page shows of what belongs to one product or customer.
SHOWN = 200
HISTORY = 20


def search_products(
    text: str, *, customer_id: int | None = None, after: str = "", limit: int = PAGE_SIZE
) -> QuerySet[Product]:
    """Return up to `limit` products by SKU in whose SKU, name or GTIN every word is found, or
    which this customer has a number for that holds the text; `after` is the SKU last seen.
    """
    products = matching(text, customer_id=customer_id).select_related("unit")
    if after:
        products = products.filter(sku__gt=after)
    return products.order_by("sku")[:limit]


def matching(text: str, *, customer_id: int | None = None) -> QuerySet[Product]:
    """Return products in whose SKU, name or GTIN every word is found, or which this customer has
    a number for that holds the text; without text all.
    """
    folded = fold(text)
    if not folded:
        return Product.objects.all()
    named = Q()
    for word in folded.split():
        named &= Q(folded_text__contains=word)
    return Product.objects.filter(named | _called(folded, customer_id) if customer_id else named)


def _called(folded: str, customer_id: int) -> Q:
    theirs = CustomerPartNumber.objects.filter(customer=customer_id, folded_number__contains=folded)
    return Q(pk__in=theirs.values("product"))


def products_by_code(codes: Iterable[str], *, customer_id: int | None = None) -> dict[str, Product]:
    """Return products by what was typed, each the whole of a SKU, of the customer's own part
    number, or of a GTIN; what is first in this list counts. One statement, with a customer two.
    """
    typed = {code.strip() for code in codes} - {""}
    if not typed:
        return {}
    spellings = {spelling for code in typed for spelling in (code, code.upper())}
    products = list(Product.objects.filter(Q(sku__in=spellings) | Q(gtin__in=typed)))
    by_gtin = {product.gtin: product for product in products if product.gtin}
    by_sku = {product.sku: product for product in products}
    theirs = part_numbers_of([customer_id], typed).get(customer_id, {}) if customer_id else {}
    found = {
        code: by_sku.get(code)
        or by_sku.get(code.upper())
        or theirs.get(fold(code))
        or by_gtin.get(code)
        for code in typed
    }
    return {code: product for code, product in found.items() if product is not None}


def part_numbers_of(
    customer_ids: Iterable[int], numbers: Iterable[str]
) -> dict[int, dict[str, Product]]:
    """Return what customers call our products, as customer -> folded number -> product."""
    return {
        customer_id: {number: part.product for number, part in parts.items()}
        for customer_id, parts in parts_of(customer_ids, numbers).items()
    }


def parts_of(
    customer_ids: Iterable[int], numbers: Iterable[str]
) -> dict[int, dict[str, CustomerPartNumber]]:
    """Return customers' part numbers with their products, as customer -> folded number -> row."""
    folded = {fold(number) for number in numbers} - {""}
    parts = CustomerPartNumber.objects.filter(
        customer__in=set(customer_ids), folded_number__in=folded
    ).select_related("product")
    found: dict[int, dict[str, CustomerPartNumber]] = defaultdict(dict)
    for part in parts:
        found[part.customer_id][part.folded_number] = part
    return found


def list_prices(currency: str, product_ids: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """Return the prices of everybody's list in a currency, in the smallest quantity that has one;
    products without a price are left out.
    """
    wanted = list(product_ids)
    book = list_book(currency, wanted, on=on)
    prices = {product_id: book.price(product_id, ZERO) for product_id in wanted}
    return {product_id: price.amount for product_id, price in prices.items() if price}


def product_for_page(product_id: int) -> Product:
    """Return one product with its unit and successor.

    Raises:
        Product.DoesNotExist: no such product.
    """
    return Product.objects.select_related("unit", "successor").get(pk=product_id)


def prices_of(product: Product) -> QuerySet[Price]:
    """Return a product's prices: everybody's first, by list, quantity and day."""
    prices = Price.objects.filter(product=product).select_related("price_list__customer")
    return prices.order_by(
        F("price_list__customer__folded_name").asc(nulls_first=True),
        "price_list__code",
        "min_quantity",
        F("valid_from").asc(nulls_first=True),
        "pk",
    )[:SHOWN]


def packs_of(product: Product) -> QuerySet[ProductUnit]:
    return product.pack_units.select_related("unit").order_by("factor", "pk")


def part_numbers(
    *, product: Product | None = None, customer_id: int | None = None
) -> QuerySet[CustomerPartNumber]:
    """Return what customers call a product, or what a customer calls all products."""
    parts = CustomerPartNumber.objects.select_related("customer", "product__unit", "unit")
    if product is not None:
        parts = parts.filter(product=product)
    if customer_id is not None:
        parts = parts.filter(customer=customer_id)
    return parts.order_by("customer__folded_name", "folded_number", "pk")[:SHOWN]


def discounts_for(*, customer_id: int | None) -> QuerySet[Discount]:
    """Return discounts, a customer's or all, the latest first."""
    discounts = Discount.objects.select_related("customer", "product")
    if customer_id is not None:
        discounts = discounts.filter(customer=customer_id)
    return discounts.order_by("-pk")[:SHOWN]


def price_lists_for(*, customer_id: int | None) -> QuerySet[PriceList]:
    """Return lists with how many prices they hold, a customer's or all, everybody's first."""
    lists = PriceList.objects.select_related("customer").annotate(size=Count("prices"))
    if customer_id is not None:
        lists = lists.filter(customer=customer_id)
    return lists.order_by(F("customer__folded_name").asc(nulls_first=True), "code")[:SHOWN]


def exemptions_for(*, customer_id: int | None) -> QuerySet[TaxExemption]:
    """Return tax certificates, a customer's or all, the latest first."""
    exemptions = TaxExemption.objects.select_related("customer")
    if customer_id is not None:
        exemptions = exemptions.filter(customer=customer_id)
    return exemptions.order_by("-pk")[:SHOWN]


def history_of(label: str) -> QuerySet[AuditEntry]:
    """Return the latest changes of a document, such as `product:17`, newest first."""
    entries = AuditEntry.objects.filter(objects_touched__contains=[label])
    return entries.order_by("-at", "-pk")[:HISTORY]
