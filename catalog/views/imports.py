"""Importing products and prices: upload, look at what would happen, write it."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from catalog.forms import PricesUploadForm, UploadForm
from catalog.importing.prices import import_prices
from catalog.importing.products import import_products
from catalog.models import PriceList
from o2c.kernel import clock
from o2c.kernel.import_pages import file_page, upload_page
from o2c.kernel.pages import form_page
from o2c.kernel.requests import actor_of
from o2c.kernel.uploads import upload_of

PRODUCTS = "catalog.products"
DONE = "catalog:products"


@form_page("catalog.add_product")
def products(request: HttpRequest) -> HttpResponse:
    """Take a file of products."""
    return upload_page(
        request,
        UploadForm(request.POST or None, request.FILES or None),
        purpose_of=lambda _form: PRODUCTS,
        target=lambda kept, _form: redirect("catalog:import-products-file", kept.seal),
        page=("catalog/import.html", {"title": _("Import products")}),
    )


@form_page("catalog.add_price")
def prices(request: HttpRequest) -> HttpResponse:
    """Take a file of prices."""
    return upload_page(
        request,
        PricesUploadForm(request.POST or None, request.FILES or None),
        purpose_of=lambda form: _prices(form.cleaned_data["price_list"]),
        target=lambda kept, form: redirect(
            "catalog:import-prices-file", kept.seal, form.cleaned_data["price_list"].code
        ),
        page=("catalog/import.html", {"title": _("Import prices")}),
    )


@form_page("catalog.add_product")
def products_file(request: HttpRequest, seal: str) -> HttpResponse:
    """Show what a file of products would change, and change it."""
    upload = upload_of(request, seal, purpose=PRODUCTS)
    run = partial(import_products, at=clock.now(), actor=actor_of(request))
    page = "catalog/import_file.html", {"title": _("Import products")}
    return file_page(request, upload, run, done=DONE, page=page)


@form_page("catalog.add_price")
def prices_file(request: HttpRequest, seal: str, code: str) -> HttpResponse:
    """Show what a file of prices would change, and change it."""
    price_list = get_object_or_404(PriceList, code=code)
    upload = upload_of(request, seal, purpose=_prices(price_list))
    run = partial(import_prices, price_list=price_list, at=clock.now(), actor=actor_of(request))
    title = _("Import prices, %(list)s") % {"list": price_list}
    return file_page(
        request, upload, run, done=DONE, page=("catalog/import_file.html", {"title": title})
    )


def _prices(price_list: PriceList) -> str:
    """Name the purpose of a file of prices: those of one list."""
    return f"catalog.prices:{price_list.pk}"
