"""Pages about products and prices."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog import selectors
from catalog.models import Product
from catalog.pricing import PricedAt, price_book
from customers.models import Customer
from o2c.kernel.company import the_company
from o2c.kernel.pages import page
from o2c.kernel.requests import number_of, today, wants_part

OPTIONS = 8


@page("catalog.view_product")
def product_list(request: HttpRequest) -> HttpResponse:
    """List products with their list price, or those that the search finds."""
    text, after = request.GET.get("q", ""), request.GET.get("after", "")
    size = selectors.PAGE_SIZE
    found = list(selectors.search_products(text, after=after, limit=size + 1))
    currency = the_company().currency
    prices = selectors.list_prices(currency, [product.pk for product in found], on=today())
    context = {
        "products": [(product, prices.get(product.pk)) for product in found[:size]],
        "currency": currency,
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
    found = list(selectors.search_products(text, limit=OPTIONS)) if text.strip() else []
    found = [product for product in found if product.status == Product.Status.ACTIVE]
    customer = Customer.objects.filter(pk=number_of(request.GET.get("customer")) or 0).first()
    context = {"products": _priced(found, customer)}
    return render(request, "catalog/options.html", context)


def _priced(
    products: Sequence[Product], customer: Customer | None
) -> list[tuple[Product, PricedAt | None]]:
    """Return the products, each at the customer's price for the smallest quantity it is sold in."""
    if customer is None:
        return [(product, None) for product in products]
    book = price_book(customer, [product.pk for product in products], on=today())
    return [(product, book.price(product.pk, product.minimum_quantity)) for product in products]
