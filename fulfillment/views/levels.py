"""One level: its moves, and counting, correcting or moving what lies there; deliveries."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services
from fulfillment.causes import give_causes
from fulfillment.forms import AdjustForm, CountForm, ReceiveForm
from fulfillment.models import ExpectedReceipt, StockLevel
from fulfillment.selectors import picked_from
from fulfillment.stock_forms import AskForm, MoveForm
from fulfillment.views import expected
from fulfillment.views.common import add_location, add_product, is_done, plain
from fulfillment.views.stock import stock_page
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today

MOVES_SHOWN = 50
# The page from which somebody counts, and to which they go back.
SHORTAGES = "shortages"


@action("fulfillment.receive_stock")
def receive(request: HttpRequest) -> HttpResponse:
    """Put a delivery on the shelf; orders that wait are served from it."""
    form = ReceiveForm(request.POST)

    def work() -> None:
        try:
            _receive(form, actor=actor_of(request))
        except services.LotExpired as refusal:
            form.expired_on = refusal.expired_on
            raise

    is_known = add_product(form) & add_location(form)
    if is_known and is_done(request, form, work):
        messages.success(request, _("%(sku)s is received.") % {"sku": form.cleaned_data["sku"]})
        if form.cleaned_data["known_expired_on"]:
            messages.warning(
                request, _("Its lot has expired: nothing of it is promised or picked.")
            )
        return redirect(
            "fulfillment:expected" if form.data.get("expected") else "fulfillment:stock"
        )
    return _refused(request, form)


def _receive(form: ReceiveForm, *, actor: Actor) -> None:
    entered = form.cleaned_data
    services.receive_goods(
        location_id=entered["location"].pk,
        product_id=entered["sku"].pk,
        goods=form.goods(entered["sku"]),
        source=f"receipt:{entered['delivery_note']}",
        expected_id=entered["expected"],
        known_expired_on=entered["known_expired_on"],
        at=clock.now(),
        actor=actor,
    )


@page("fulfillment.view_stocklevel")
def level(request: HttpRequest, level_id: int) -> HttpResponse:
    """Show one level with its latest moves, to count or correct it."""
    return _level_page(request, level_id)


@action("fulfillment.count_stock")
def count(request: HttpRequest, level_id: int) -> HttpResponse:
    """Take what was counted as the truth."""
    form = CountForm(request.POST)

    def work() -> None:
        entered = dict(form.cleaned_data)
        try:
            services.count_level(level_id, at=clock.now(), actor=actor_of(request), **entered)
        except services.CountOutdated:
            del form.cleaned_data["lying"]  # the next count is of what the page shows now
            raise
        except services.CountDoubted:
            form.doubted = entered["counted"]
            raise

    get_object_or_404(StockLevel, pk=level_id)
    if not is_done(request, form, work):
        return _level_page(request, level_id, count_form=form)
    messages.success(request, _("The count is recorded."))
    if request.POST.get("back", "") == SHORTAGES:
        return redirect("fulfillment:shortages")
    return redirect("fulfillment:level", level_id)


@action("fulfillment.count_stock")
def adjust(request: HttpRequest, level_id: int) -> HttpResponse:
    """Correct a level, for a reason."""
    form = AdjustForm(request.POST)

    def work() -> None:
        services.adjust(level_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data)

    get_object_or_404(StockLevel, pk=level_id)
    if is_done(request, form, work):
        messages.success(request, _("The stock is corrected."))
        return redirect("fulfillment:level", level_id)
    return _level_page(request, level_id, adjust_form=form)


@action("fulfillment.count_stock")
def ask(request: HttpRequest, level_id: int) -> HttpResponse:
    """Send somebody to count."""
    form = AskForm(request.POST)

    def work() -> None:
        services.ask_for_count(
            level_id, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        )

    get_object_or_404(StockLevel, pk=level_id)
    if is_done(request, form, work):
        messages.success(request, _("It is on the list of what to count."))
        return redirect("fulfillment:level", level_id)
    return _level_page(request, level_id, ask_form=form)


@action("fulfillment.receive_stock")
def move(request: HttpRequest, level_id: int) -> HttpResponse:
    """Put goods somewhere else."""
    form = MoveForm(request.POST)

    def work() -> None:
        services.transfer(
            level_id,
            to_location_id=form.cleaned_data["location"].pk,
            quantity=form.cleaned_data["quantity"],
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            actor=actor_of(request),
        )

    get_object_or_404(StockLevel, pk=level_id)
    if add_location(form) and is_done(request, form, work):
        messages.success(request, _("The goods are moved."))
        return redirect("fulfillment:level", level_id)
    return _level_page(request, level_id, move_form=form)


def _refused(request: HttpRequest, form: ReceiveForm) -> HttpResponse:
    """Show what is wrong where the delivery was entered."""
    expected_id = form.cleaned_data.get("expected")
    if expected_id and ExpectedReceipt.objects.filter(pk=expected_id).exists():
        return expected.one_page_of(request, expected_id, form=form)
    return stock_page(request, form)


def _level_page(request: HttpRequest, level_id: int, **shown: Any) -> HttpResponse:
    rows = StockLevel.objects.select_related("product", "location__warehouse", "lot")
    row = get_object_or_404(rows.annotate(picked=picked_from("pk")), pk=level_id)
    context = {
        "level": row,
        "moves": give_causes(list(row.moves.order_by("-at", "-pk")[:MOVES_SHOWN])),
        "task": row.count_tasks.filter(state="open").first(),
        "adjust_form": AdjustForm(),
        "ask_form": AskForm(initial={"blocks": True}),
        "move_form": MoveForm(
            initial={"quantity": plain(row.available), "warehouse": row.location.warehouse_id}
        ),
        "today": today(),
        "tab": "stock",
        "back": SHORTAGES if request.POST.get("back", "") == SHORTAGES else "",
    }
    count_form = shown.get("count_form", CountForm())
    context |= shown | {"count_form": count_form, "lying": _lying_of(count_form, row)}
    status = UNPROCESSABLE if shown else 200
    return render(request, "fulfillment/level.html", context, status=status)


def _lying_of(form: CountForm, row: StockLevel) -> Decimal:
    """Return what lay there when it was counted: a mistyped count is still one of that."""
    seen: Decimal | None = form.cleaned_data.get("lying") if form.is_bound else None
    now: Decimal = row.on_hand - row.picked  # type: ignore[attr-defined]
    return now if seen is None else seen
