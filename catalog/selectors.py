"""What others ask about products."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import Price, Product
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


def products_by_code(codes: Iterable[str]) -> dict[str, Product]:
    """Return products by what was typed, each the whole of a SKU or a GTIN, in one statement."""
    typed = {code.strip() for code in codes} - {""}
    spellings = {spelling for code in typed for spelling in (code, code.upper())}
    products = list(Product.objects.filter(Q(sku__in=spellings) | Q(gtin__in=typed)))
    by_gtin = {product.gtin: product for product in products if product.gtin}
    by_sku = {product.sku: product for product in products}
    found = {
        code: by_sku.get(code) or by_sku.get(code.upper()) or by_gtin.get(code) for code in typed
    }
    return {code: product for code, product in found.items() if product is not None}


def list_prices(currency: str, product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return the prices of everybody's list in a currency; products without one are left out."""
    prices = Price.objects.filter(
        price_list__customer=None, price_list__currency=currency, product__in=product_ids
    )
    return dict(prices.values_list("product_id", "amount"))
