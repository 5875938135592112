"""The list of products and prices, and what a combobox offers of it."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog import selectors
from catalog.models import Product
from catalog.pricing import PricedAt, list_book, price_book
from catalog.views.common import customer_asked
from customers.models import Customer
from o2c.kernel.company import the_company
from o2c.kernel.pages import page
from o2c.kernel.requests import today, wants_part

OPTIONS = 8

Priced = list[tuple[Product, PricedAt | None]]


@page("catalog.view_product")
def product_list(request: HttpRequest) -> HttpResponse:
    """List products, or those that the search finds, at list prices or at a customer's."""
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    customer = customer_asked(request)
    size = selectors.PAGE_SIZE
    found = list(
        selectors.search_products(
            text, customer_id=customer.pk if customer else None, after=after, limit=size + 1
        )
    )
    currency = customer.currency if customer else the_company().currency
    context = {
        "products": _priced(found[:size], customer, currency),
        "currency": currency,
        "customer": customer,
        "text": text,
        "after": found[size - 1].sku if len(found) > size else "",
    }
    template = "catalog/products.html"
    if wants_part(request):
        template += "#rows" if after else "#found"
    return render(request, template, context)


@page("catalog.view_product")
def product_options(request: HttpRequest) -> HttpResponse:
    """Answer a SKU field's combobox with products that fit, at this customer's prices.

    A form has many such fields, so what was typed is the value of whichever field asks.
    """
    text = next((request.GET[name] for name in request.GET if name.endswith("sku")), "")
    customer = customer_asked(request)
    customer_id = customer.pk if customer else None
    found = (
        list(selectors.search_products(text, customer_id=customer_id, limit=OPTIONS))
        if text.strip()
        else []
    )
    found = [product for product in found if product.status == Product.Status.ACTIVE]
    priced = (
        _priced(found, customer, customer.currency)
        if customer
        else [(product, None) for product in found]
    )
    return render(request, "catalog/options.html", {"products": priced})


def _priced(products: Sequence[Product], customer: Customer | None, currency: str) -> Priced:
    """Return the products, each at the price of the smallest quantity that it is sold in."""
    ids = [product.pk for product in products]
    book = (
        price_book(customer, ids, on=today()) if customer else list_book(currency, ids, on=today())
    )
    return [(product, book.price(product.pk, _least(product))) for product in products]


def _least(product: Product) -> Decimal:
    return max(product.minimum_quantity, product.pack_multiple)
