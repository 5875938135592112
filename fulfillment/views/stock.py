"""Stock: what lies where, deliveries, counts, and what is missing."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment import selectors, services, worklists
from fulfillment.forms import AdjustForm, CountForm, ReceiveForm
from fulfillment.models import Location, StockLevel
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, page_of, today, wants_part

MOVES_SHOWN = 50
LISTED = 100


@page("fulfillment.view_stocklevel")
def stock(request: HttpRequest) -> HttpResponse:
    """List stock by SKU and place, with a form for what has come."""
    return _stock_page(request, ReceiveForm(initial={"sku": request.GET.get("q", "")}))


@action("fulfillment.receive_stock")
def receive(request: HttpRequest) -> HttpResponse:
    """Put a delivery on the shelf; orders that wait are served from it."""
    form = ReceiveForm(request.POST)
    if form.is_valid() and _add_unknown(form):
        entered = form.cleaned_data
        served = _attempt(
            request,
            lambda: services.receive_stock(
                location_id=entered["location"].pk,
                product_id=entered["sku"].pk,
                quantity=entered["quantity"],
                source=f"receipt:{entered['delivery_note']}",
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if not served:
            messages.success(request, _("%(sku)s is received.") % {"sku": entered["sku"]})
            return redirect("fulfillment:stock")
        form.add_error("quantity" if isinstance(served, InvalidInput) else None, str(served))
    return _stock_page(request, form, status=UNPROCESSABLE)


@page("fulfillment.view_stocklevel")
def level(request: HttpRequest, level_id: int) -> HttpResponse:
    """Show one level with its latest moves, to count or correct it."""
    return _level_page(request, level_id)


@action("fulfillment.count_stock")
def count(request: HttpRequest, level_id: int) -> HttpResponse:
    """Take what was counted as the truth."""
    form = CountForm(request.POST)
    return _change_level(
        request,
        level_id,
        form,
        lambda: services.count_level(
            level_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        ),
    )


@action("fulfillment.count_stock")
def adjust(request: HttpRequest, level_id: int) -> HttpResponse:
    """Correct a level, for a reason."""
    form = AdjustForm(request.POST)
    return _change_level(
        request,
        level_id,
        form,
        lambda: services.adjust(
            level_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        ),
    )


@page("fulfillment.view_picklist")
def shortages(request: HttpRequest) -> HttpResponse:
    """Show what waits for stock, and what is to be counted."""
    context = {
        "waiting": list(worklists.waiting_lines(at=clock.now())[:LISTED]),
        "tasks": list(worklists.open_counts()[:LISTED]),
        "today": today(),
    }
    return render(request, "fulfillment/shortages.html", context)


@action("fulfillment.release_picklist")
def allocate(request: HttpRequest, order_id: int) -> HttpResponse:
    """Try again to allocate an order, from what has become free."""
    refusal = _attempt(
        request,
        lambda: services.allocate_order(order_id, at=clock.now(), actor=actor_of(request)),
    )
    if refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("Allocated as far as stock goes."))
    return redirect("fulfillment:shortages")


@page("fulfillment.view_stocklevel")
def availability(request: HttpRequest) -> HttpResponse:
    """Answer order entry: so many of this SKU now, a part, or none.

    With `line`, its row on the screen, the answer offers what can be done when there is too little.
    """
    sku = request.GET.get("sku", "").strip()
    wanted = quantity_typed(request.GET.get("quantity", ""))
    free = selectors.free_of(sku, at=clock.now()) if sku else None
    context = {
        "sku": sku,
        "wanted": wanted,
        "free": free,
        "rest_on": selectors.rest_expected_on(at=clock.now()),
        "line": request.GET.get("line", "") if request.GET.get("line", "").isdecimal() else "",
    }
    return render(request, "fulfillment/availability.html", context)


def _stock_page(request: HttpRequest, form: ReceiveForm, *, status: int = 200) -> HttpResponse:
    text, is_low = request.GET.get("q", "").strip(), request.GET.get("low") == "1"
    number, size = page_of(request), worklists.PAGE_SIZE
    found = list(
        worklists.stock_levels(text=text, is_low=is_low)[number * size : number * size + size + 1]
    )
    context = {
        "levels": found[:size],
        "next_page": number + 1 if len(found) > size else None,
        "text": text,
        "is_low": is_low,
        "low": worklists.LOW,
        "form": form,
    }
    template = "fulfillment/stock.html"
    if wants_part(request) and request.method == "GET":
        template += "#found"
    return render(request, template, context, status=status)


def _level_page(request: HttpRequest, level_id: int, **shown: Any) -> HttpResponse:
    rows = StockLevel.objects.select_related("product", "location__warehouse")
    row = get_object_or_404(rows, pk=level_id)
    context = {
        "level": row,
        "moves": list(row.moves.order_by("-at", "-pk")[:MOVES_SHOWN]),
        "count_form": CountForm(),
        "adjust_form": AdjustForm(),
    }
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/level.html", context | shown, status=status)


def _change_level(
    request: HttpRequest,
    level_id: int,
    form: CountForm | AdjustForm,
    work: Callable[[], object],
) -> HttpResponse:
    name = "count_form" if isinstance(form, CountForm) else "adjust_form"
    if form.is_valid():
        refusal = _attempt(request, work)
        if refusal is None:
            messages.success(request, _("The stock is corrected."))
            back = request.POST.get("back", "")
            if back == "shortages":
                return redirect("fulfillment:shortages")
            return redirect("fulfillment:level", level_id=level_id)
        form.add_error(None, explain(refusal)[1])
    return _level_page(request, level_id, **{name: form})


def _attempt(request: HttpRequest, work: Callable[[], object]) -> Exception | None:
    """Do it once; return why it was refused."""
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        return refusal
    return None


def _add_unknown(form: ReceiveForm) -> bool:
    """Put product and location in the place of their codes; say what there is not."""
    entered = form.cleaned_data
    product = Product.objects.filter(sku__iexact=entered["sku"]).first()
    location = Location.objects.filter(
        warehouse=entered["warehouse"], code__iexact=entered["location"]
    ).first()
    if product is None:
        form.add_error("sku", _("There is no such SKU."))
    if location is None:
        form.add_error("location", _("There is no such location in this warehouse."))
    entered["sku"], entered["location"] = product, location
    return product is not None and location is not None


def quantity_typed(text: str) -> Decimal:
    """Return what was typed as a quantity; one when it is none."""
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        return Decimal(1)
    return quantity if quantity.is_finite() and quantity > 0 else Decimal(1)
