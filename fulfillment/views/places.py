"""Setting up houses, places, and which house serves whom."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, stock_lists
from fulfillment.models import Location, SourcingRule, Warehouse
from fulfillment.stock_forms import LocationForm, SourcingForm, ToleranceForm, WarehouseForm
from fulfillment.views.common import is_done, one_page
from o2c.kernel import clock
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of

PERMISSION = "fulfillment.manage_warehouse"


@page(PERMISSION)
def warehouses(request: HttpRequest) -> HttpResponse:
    """List houses, and which is asked first for whom."""
    return _warehouses(request)


@action(PERMISSION)
def add_warehouse(request: HttpRequest) -> HttpResponse:
    """Add a house."""
    form = WarehouseForm(request.POST)

    def work() -> None:
        services.add_warehouse(house=form.house(), at=clock.now(), actor=actor_of(request))

    if is_done(request, form, work):
        messages.success(request, _("The warehouse is added. Add its places next."))
        return redirect("fulfillment:warehouses")
    return _warehouses(request, form=form)


@form_page(PERMISSION)
def warehouse(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Show a house with its places; change what is known of it."""
    row = get_object_or_404(Warehouse, pk=warehouse_id)
    if request.method != "POST":
        return _warehouse(request, row)
    form = WarehouseForm(request.POST)

    def work() -> None:
        services.change_warehouse(
            warehouse_id, house=form.house(), at=clock.now(), actor=actor_of(request)
        )

    if is_done(request, form, work):
        messages.success(request, _("The warehouse is changed."))
        return redirect("fulfillment:warehouse", warehouse_id)
    return _warehouse(request, row, form=form)


@action(PERMISSION)
def add_location(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Add a place."""
    row = get_object_or_404(Warehouse, pk=warehouse_id)
    form = LocationForm(request.POST)

    def work() -> None:
        services.add_location(
            warehouse_id, place=form.place(), at=clock.now(), actor=actor_of(request)
        )

    if is_done(request, form, work):
        messages.success(request, _("The place is added."))
        return redirect("fulfillment:warehouse", warehouse_id)
    return _warehouse(request, row, location_form=form)


@form_page(PERMISSION)
def location(request: HttpRequest, location_id: int) -> HttpResponse:
    """Change a place."""
    row = get_object_or_404(Location.objects.select_related("warehouse"), pk=location_id)
    form = LocationForm(request.POST if request.method == "POST" else None, row=row)

    def work() -> None:
        services.change_location(
            location_id, place=form.place(), at=clock.now(), actor=actor_of(request)
        )

    if request.method == "POST" and is_done(request, form, work):
        messages.success(request, _("The place is changed."))
        return redirect("fulfillment:warehouse", row.warehouse_id)
    status = UNPROCESSABLE if form.errors else 200
    context = {"row": row, "form": form, "tab": "places"}
    return render(request, "fulfillment/location.html", context, status=status)


@action(PERMISSION)
def set_tolerance(request: HttpRequest) -> HttpResponse:
    """Say how much more or less than ordered a role may send."""
    form = ToleranceForm(request.POST)

    def work() -> None:
        role = form.cleaned_data["role"]
        services.set_tolerance(role, **form.rates(), at=clock.now(), actor=actor_of(request))

    if is_done(request, form, work):
        messages.success(request, _("The tolerance is set."))
        return redirect("fulfillment:warehouses")
    return _warehouses(request, tolerance_form=form)


@action(PERMISSION)
def add_sourcing(request: HttpRequest) -> HttpResponse:
    """Say when a house is asked for a country."""
    form = SourcingForm(request.POST)

    def work() -> None:
        entered = form.cleaned_data
        services.set_sourcing(
            country=entered["country"],
            warehouse_id=entered["warehouse"].pk,
            rank=entered["rank"],
            at=clock.now(),
            actor=actor_of(request),
        )

    if is_done(request, form, work):
        messages.success(request, _("The rule holds from now on."))
        return redirect("fulfillment:warehouses")
    return _warehouses(request, sourcing_form=form)


@action(PERMISSION)
def drop_sourcing(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Forget a rule."""
    get_object_or_404(SourcingRule, pk=rule_id)

    def work() -> None:
        services.drop_sourcing(rule_id, at=clock.now(), actor=actor_of(request))

    once_per_form(request, work)
    messages.success(request, _("The rule is gone."))
    return redirect("fulfillment:warehouses")


def _warehouses(request: HttpRequest, **shown: Any) -> HttpResponse:
    context = {
        "rows": list(stock_lists.warehouses()),
        "rules": list(stock_lists.sourcing_rules()),
        "form": WarehouseForm(),
        "tolerances": stock_lists.tolerances(),
        "sourcing_form": SourcingForm(initial={"rank": 1}),
        "tolerance_form": ToleranceForm(),
        "tab": "places",
    }
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/warehouses.html", context | shown, status=status)


def _warehouse(request: HttpRequest, row: Warehouse, **shown: Any) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    context = {
        "warehouse": row,
        "form": WarehouseForm(row=row),
        "location_form": LocationForm(),
        "text": text,
        "tab": "places",
    }
    context |= one_page(request, stock_lists.locations_of(row, text=text)) | shown
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/warehouse.html", context, status=status)
