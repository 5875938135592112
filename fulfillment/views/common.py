"""What the pages about stock share."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.models import Location
from fulfillment.services import PlaceScanned
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.requests import page_of

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


def is_done(
    request: HttpRequest,
    form: forms.Form,
    work: Callable[[], object],
    *,
    names: Mapping[str, str] = {},
) -> bool:
    """Do what a valid form asks for, once; a refusal is shown at the field that it names."""
    if not form.is_valid():
        return False
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=names)
        return False
    return True


def one_page(request: HttpRequest, rows: "QuerySet[M]", name: str = "page") -> dict[str, Any]:
    """Return the page of a list that is asked for, as `rows`, and the number of the next.

    `name`: what the list's page is called in the address, where a screen has several lists.
    """
    page = page_of(request, name)
    start = page * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    is_more = len(found) > PAGE_SIZE
    return {"rows": found[:PAGE_SIZE], "next_page": page + 1 if is_more else None}


def add_product(form: forms.Form) -> bool:
    """Put the product in the place of its SKU; say so when there is none."""
    if "sku" in form.errors:
        return False
    product = Product.objects.filter(sku__iexact=form.cleaned_data["sku"]).first()
    if product is None:
        form.add_error("sku", _("There is no such SKU."))
        return False
    form.cleaned_data["sku"] = product
    return True


def add_location(form: forms.Form) -> bool:
    """Put the place in the place of its code; say so when there is none in this warehouse."""
    if {"warehouse", "location"} & form.errors.keys():
        return False
    entered = form.cleaned_data
    location = Location.objects.filter(
        warehouse=entered["warehouse"], code__iexact=entered["location"]
    ).first()
    if location is None:
        form.add_error("location", _("There is no such location in this warehouse."))
        return False
    entered["location"] = location
    return True


def place_of(refusal: Exception) -> int | None:
    """Return the place that was scanned instead of goods: the page goes to its lines."""
    return refusal.location_id if isinstance(refusal, PlaceScanned) else None


def plain(quantity: Decimal) -> str:
    """Return a quantity as people enter it: 12.5, not 12.500."""
    return f"{quantity.normalize():f}"
