"""Pages about what carriers have charged: one shipment, and a bill as a file."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.forms import carry_out, once_per_form
from o2c.kernel.import_pages import file_page, upload_page
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import actor_of
from o2c.kernel.uploads import upload_of
from shipping import services
from shipping.charges_file import import_charges
from shipping.forms import ChargeForm, ChargesForm
from shipping.models import Shipment
from shipping.views import show_shipment

PERMISSION = "shipping.manage_carrier"
# What a file of these pages is brought for.
CHARGES = "shipping.charges"


@action(PERMISSION)
def charge(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what the carrier has charged for a shipment."""
    row, form = get_object_or_404(Shipment, number=number), ChargeForm(request.POST)

    def work() -> None:
        entered = form.cleaned_data
        services.record_charge(row.pk, at=clock.now(), actor=actor_of(request), **entered)

    _none, status = carry_out(form, lambda: once_per_form(request, work))
    if form.errors:
        return show_shipment(request, number, status=status, charge_form=form)
    messages.success(request, _("It is noted."))
    return redirect("shipping:shipment", number)


@form_page(PERMISSION)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a carrier's bill as a file."""
    return upload_page(
        request,
        ChargesForm(request.POST or None, request.FILES or None),
        purpose_of=lambda _form: CHARGES,
        target=lambda kept, _form: redirect("shipping:charges-file", kept.seal),
        page=("shipping/charges_import.html", {}),
    )


@form_page(PERMISSION)
def file(request: HttpRequest, seal: str) -> HttpResponse:
    """Show what a file would change, and change it."""
    kept = upload_of(request, seal, purpose=CHARGES)
    run = partial(import_charges, at=clock.now(), actor=actor_of(request))
    page = "shipping/charges_file.html", {"title": _("Import carriers' charges")}
    return file_page(request, kept, run, done="shipping:audits", page=page)
