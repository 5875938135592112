"""What others ask about products."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import CustomerPartNumber, Product
from catalog.pricing import list_book
from o2c.kernel.money import ZERO
from o2c.kernel.text import fold

PAGE_SIZE = 50


def search_products(text: str, *, after: str = "", limit: int = PAGE_SIZE) -> QuerySet[Product]:
    """Return up to `limit` products by SKU in whose SKU, name or GTIN every word is found;
    `after` is the SKU of the last one seen.
    """
    products = Product.objects.select_related("unit")
    for word in fold(text).split():
        products = products.filter(folded_text__contains=word)
    if after:
        products = products.filter(sku__gt=after)
    return products.order_by("sku")[:limit]


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
    folded = {fold(number) for number in numbers} - {""}
    parts = CustomerPartNumber.objects.filter(
        customer__in=set(customer_ids), folded_number__in=folded
    ).select_related("product")
    found: dict[int, dict[str, Product]] = defaultdict(dict)
    for part in parts:
        found[part.customer_id][part.folded_number] = part.product
    return found


def list_prices(currency: str, product_ids: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """Return the prices of everybody's list in a currency, in the smallest quantity that has one;
    products without a price are left out.
    """
    wanted = list(product_ids)
    book = list_book(currency, wanted, on=on)
    prices = {product_id: book.price(product_id, ZERO) for product_id in wanted}
    return {product_id: price.amount for product_id, price in prices.items() if price}
