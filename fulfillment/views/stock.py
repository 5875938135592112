"""Stock: what lies where, deliveries, counts, and what is missing."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, worklists
from fulfillment.forms import ReceiveForm
from fulfillment.reasons import give_reasons
from fulfillment.selectors import backordered_lines
from fulfillment.views.common import one_page
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today, wants_part

MOVES_SHOWN = 50


@page("fulfillment.view_stocklevel")
def stock(request: HttpRequest) -> HttpResponse:
    """List stock by SKU and place, with a form for what has come."""
    return stock_page(request, ReceiveForm(initial={"sku": request.GET.get("q", "")}))


@page("fulfillment.view_picklist")
def shortages(request: HttpRequest) -> HttpResponse:
    """Show what waits for stock and why, and what is to be counted."""
    now = clock.now()
    tasks = one_page(request, worklists.open_counts(), "counts")
    waiting = one_page(request, worklists.waiting_lines(at=now))
    context = {
        "tasks": tasks["rows"],
        "next_tasks": tasks["next_page"],
        "task_count": worklists.open_counts().count(),
        "waiting": give_reasons(waiting["rows"], at=now),
        "next_page": waiting["next_page"],
        "waiting_count": backordered_lines().count(),
        "today": today(),
    }
    return render(request, "fulfillment/shortages.html", context)


@action("fulfillment.release_picklist")
def allocate(request: HttpRequest, order_id: int) -> HttpResponse:
    """Try again to allocate an order, from what has become free."""
    refusal = _attempt(
        request,
        lambda: services.allocate_again(order_id, at=clock.now(), actor=actor_of(request)),
    )
    if refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("Allocated as far as stock goes."))
    return redirect("fulfillment:shortages")


def stock_page(request: HttpRequest, form: ReceiveForm) -> HttpResponse:
    """Show the levels, with the form for what has come."""
    text, view = request.GET.get("q", "").strip(), request.GET.get("view", "")
    context = {
        "text": text,
        "view": view,
        "form": form,
        "today": today(),
        "tab": "stock",
    } | one_page(request, worklists.stock_levels(text=text, view=view))
    template = "fulfillment/stock.html"
    if wants_part(request) and request.method == "GET":
        template += "#found"
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, context, status=status)


def _attempt(request: HttpRequest, work: Callable[[], object]) -> Exception | None:
    """Do it once; return why it was refused."""
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        return refusal
    return None
