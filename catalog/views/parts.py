"""What customers call our products: listed, remembered, changed, forgotten."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog import selectors, services
from catalog.forms import KnownPartForm, PartForm
from catalog.models import CustomerPartNumber
from catalog.views.common import customer_asked, is_done
from o2c.kernel import clock
from o2c.kernel.forms import once_per_form
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of

# As many as a customer's page shows before it points to the list.
IN_PANEL = 8


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
            **form.said(),
            at=clock.now(),
            actor=actor_of(request),
        ),
    ):
        messages.success(request, _("The number is remembered."))
        return _back(form.cleaned_data["customer"].pk)
    return _page(request, form, status=UNPROCESSABLE)


@form_page("catalog.change_customerpartnumber")
def change(request: HttpRequest, part_id: int) -> HttpResponse:
    """Put a remembered number right: its product, name, unit or what one of theirs holds."""
    parts = CustomerPartNumber.objects.select_related("customer", "product")
    part = get_object_or_404(parts, pk=part_id)
    form = KnownPartForm(request.POST or None, initial=_values(part))
    if form.is_valid() and is_done(
        request,
        form,
        lambda: services.change_part_number(
            part_id,
            meaning=services.Meaning(**form.said()),
            seen=form.cleaned_data["seen"],
            at=clock.now(),
            actor=actor_of(request),
        ),
    ):
        messages.success(request, _("The changes are saved."))
        return _back(part.customer_id)
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "part": part, "cancel": _numbers_of(part.customer_id)}
    return render(request, "catalog/part_number.html", context, status=status)


@page("catalog.view_customerpartnumber")
def panel(request: HttpRequest) -> HttpResponse:
    """Answer a customer's page with the numbers that they have of their own."""
    customer = customer_asked(request)
    if customer is None:
        raise Http404
    parts = list(selectors.part_numbers(customer_id=customer.pk)[: IN_PANEL + 1])
    context = {"customer": customer, "parts": parts[:IN_PANEL], "has_more": len(parts) > IN_PANEL}
    return render(request, "catalog/part_panel.html", context)


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


def _values(part: CustomerPartNumber) -> dict[str, Any]:
    return {
        "number": part.number,
        "sku": part.product.sku,
        "description": part.description,
        "unit": part.unit_id,
        "factor": f"{part.factor.normalize():f}",
        "seen": mark_of(part),
    }


def _back(customer_id: int) -> HttpResponse:
    return redirect(_numbers_of(customer_id))


def _numbers_of(customer_id: int) -> str:
    return f"{reverse('catalog:part-numbers')}?customer={customer_id}"


def _page(request: HttpRequest, form: PartForm, *, status: int = 200) -> HttpResponse:
    customer = customer_asked(request)
    context = {
        "form": form,
        "customer": customer,
        "parts": list(selectors.part_numbers(customer_id=customer.pk if customer else None)),
        "most": selectors.SHOWN,
    }
    return render(request, "catalog/part_numbers.html", context, status=status)
