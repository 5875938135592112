"""Where a customer's goods and invoices go."""

from dataclasses import fields

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from customers import services
from customers.forms import AddressForm, NewAddressForm
from customers.models import Address
from customers.services import Place
from customers.views.common import attempt, customer_or_404, form_answer
from customers.views.customers import show
from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import actor_of

ACTS = {
    "usual": services.make_usual,
    "stop": services.stop_using_address,
    "again": services.use_address_again,
}


@form_page("customers.change_customer")
def address_new(request: HttpRequest, number: str) -> HttpResponse:
    """Add an address."""
    customer = customer_or_404(number)
    form = NewAddressForm(request.POST or None)
    if form.is_valid():
        added = attempt(
            form,
            lambda: services.add_address(
                customer.pk,
                kind=form.cleaned_data["kind"],
                place=form.place(),
                is_default=form.cleaned_data["is_default"],
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if added is not None:
            messages.success(request, _("The address is added."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Add an address"), customer=customer)


@form_page("customers.change_customer")
def address_edit(request: HttpRequest, number: str, address_id: int) -> HttpResponse:
    """Correct an address."""
    customer = customer_or_404(number)
    address = get_object_or_404(Address, pk=address_id, customer=customer)
    values = {field.name: getattr(address, field.name) for field in fields(Place)}
    form = AddressForm(request.POST or None, initial={**values, "seen": mark_of(address)})
    if form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_address(
                address.pk,
                place=form.place(),
                seen=form.cleaned_data["seen"],
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if changed is not None:
            messages.success(request, _("The address is changed."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Change an address"), customer=customer)


@action("customers.change_customer")
def address_act(request: HttpRequest, number: str, address_id: int, act: str) -> HttpResponse:
    """Make an address the usual one, stop using it, or use it again."""
    address = get_object_or_404(Address, pk=address_id, customer__number=number)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](address.pk, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        return show(request, number, error=explain(refusal)[1])
    return redirect("customers:detail", number=number)
