"""What the pages of this stage share."""

from collections.abc import Callable, Mapping

from django import forms
from django.http import Http404, HttpRequest

from catalog import selectors
from catalog.models import Product
from customers.models import Customer
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.requests import number_of


def product_or_404(product_id: int) -> Product:
    try:
        return selectors.product_for_page(product_id)
    except Product.DoesNotExist:
        raise Http404 from None


def customer_asked(request: HttpRequest) -> Customer | None:
    """Return the customer whom the address names, by key."""
    key = number_of(request.GET.get("customer"))
    return Customer.objects.filter(pk=key).first() if key else None


def is_done(
    request: HttpRequest,
    form: forms.Form,
    work: Callable[[], object],
    *,
    names: Mapping[str, str] = {},
) -> bool:
    """Do it once; a refusal is shown at the field that it names."""
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=names)
        return False
    return True
