"""Lots and serial numbers: where they lie, who got some, and recalling them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, stock_lists
from fulfillment.models import Allocation, Lot
from fulfillment.stock_forms import ReasonForm, RedateForm
from fulfillment.views.common import is_done, one_page
from o2c.kernel import clock
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today
from o2c.kernel.sheets.writing import csv_file


@page("fulfillment.view_stocklevel")
def lots(request: HttpRequest) -> HttpResponse:
    """List lots, the first to expire first."""
    view, text = request.GET.get("view", "stock"), request.GET.get("q", "").strip()
    rows = stock_lists.lots(view=view, text=text, today=today())
    context = {"view": view, "text": text, "today": today(), "tab": "lots"}
    return render(request, "fulfillment/lots.html", context | one_page(request, rows))


@page("fulfillment.view_stocklevel")
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Show a lot: where it lies, and who got some."""
    return _page(request, lot_id)


@page("fulfillment.view_stocklevel")
def takers_csv(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Give everybody who got some of it, or has it claimed, as a CSV file."""
    row = get_object_or_404(Lot, pk=lot_id)
    head = [_("Order"), _("Customer PO"), _("Customer"), _("Name"), _("Ship to"), _("Country")]
    head += [_("Item"), _("Quantity"), _("Unit"), _("State"), _("Pick list"), _("Claimed")]
    states = dict(Allocation.State.choices)
    rows = (
        (*said, quantity, unit, str(states[state]), pick_list or "", at.isoformat())
        for *said, quantity, unit, state, pick_list, at in stock_lists.taker_rows(row)
    )
    return csv_file(f"lot-{row.pk}.csv", head, rows)


@action("fulfillment.count_stock")
def recall(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Let nothing of it leave any more."""
    form = ReasonForm(request.POST)
    return _change(
        request, lot_id, form, services.recall_lot, _("Nothing of it leaves any more."), "reason"
    )


@action("fulfillment.count_stock")
def readmit(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Let it leave again."""
    form = ReasonForm(request.POST)
    return _change(request, lot_id, form, services.readmit_lot, _("It may leave again."), "reason")


@action("fulfillment.count_stock")
def redate(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Correct its last day."""
    form = RedateForm(request.POST)
    return _change(request, lot_id, form, services.redate_lot, _("The day is corrected."), "redate")


def _change(
    request: HttpRequest,
    lot_id: int,
    form: forms.Form,
    change: Callable[..., Lot],
    said: str,
    name: str,
) -> HttpResponse:
    def work() -> None:
        change(lot_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data)

    get_object_or_404(Lot, pk=lot_id)
    if is_done(request, form, work):
        messages.success(request, said)
        return redirect("fulfillment:lot", lot_id)
    return _page(request, lot_id, **{f"{name}_form": form})


def _page(request: HttpRequest, lot_id: int, **shown: Any) -> HttpResponse:
    row = get_object_or_404(Lot.objects.select_related("product"), pk=lot_id)
    takers = stock_lists.takers_of_lot(row)
    context = {
        "lot": row,
        "levels": one_page(request, stock_lists.levels_of_lot(row), "places"),
        "on_hand": stock_lists.on_hand_of_lot(row),
        "takers": one_page(request, takers),
        "taker_count": takers.count(),
        "packed": one_page(request, stock_lists.packed_with_lot(row), "packed"),
        "is_expired": bool(row.expires_on and row.expires_on < today()),
        "reason_form": ReasonForm(),
        "redate_form": RedateForm(initial={"expires_on": row.expires_on}),
        "tab": "lots",
    }
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/lot.html", context | shown, status=status)
