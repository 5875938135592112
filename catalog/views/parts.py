"""What customers call our products: listed, remembered, forgotten."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import selectors, services
from catalog.forms import PartForm
from catalog.models import CustomerPartNumber
from catalog.views.common import customer_asked, is_done
from o2c.kernel import clock
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of


@page("catalog.view_customerpartnumber")
def part_numbers(request: HttpRequest) -> HttpResponse:
    """List part numbers, of one customer when one is named."""
    customer = customer_asked(request)
    initial = {"customer": customer.number if customer else "", "sku": request.GET.get("sku", "")}
    return _page(request, PartForm(initial=initial))


@action("catalog.add_customerpartnumber")
def remember(request: HttpRequest) -> HttpResponse:
    """Remember what a customer calls a product; an older meaning of the number is replaced."""
    form = PartForm(request.POST)
    if form.is_valid() and is_done(
        request,
        form,
        lambda: services.remember_part_number(
            form.cleaned_data["customer"].pk,
            number=form.cleaned_data["number"],
            product_id=form.cleaned_data["sku"].pk,
            description=form.cleaned_data["description"],
            at=clock.now(),
            actor=actor_of(request),
        ),
    ):
        messages.success(request, _("The number is remembered."))
        return _back(form.cleaned_data["customer"].pk)
    return _page(request, form, status=UNPROCESSABLE)


@action("catalog.delete_customerpartnumber")
def forget(request: HttpRequest, part_id: int) -> HttpResponse:
    """Forget a number."""
    part = get_object_or_404(CustomerPartNumber, pk=part_id)
    once_per_form(
        request,
        lambda: services.forget_part_number(part_id, at=clock.now(), actor=actor_of(request)),
    )
    messages.success(request, _("“%(number)s” is forgotten.") % {"number": part.number})
    return _back(part.customer_id)


def _back(customer_id: int) -> HttpResponse:
    return redirect(f"{reverse('catalog:part-numbers')}?customer={customer_id}")


def _page(request: HttpRequest, form: PartForm, *, status: int = 200) -> HttpResponse:
    customer = customer_asked(request)
    context = {
        "form": form,
        "customer": customer,
        "parts": list(selectors.part_numbers(customer_id=customer.pk if customer else None)),
        "most": selectors.SHOWN,
    }
    return render(request, "catalog/part_numbers.html", context, status=status)
