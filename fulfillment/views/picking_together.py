"""A batch: several pick lists walked once, each into its tote."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services, worklists
from fulfillment.batch_form import document_of
from fulfillment.forms import BatchForm, FoundForm, ScanForm, StepForm
from fulfillment.models import PickBatch, PickLine, PickList
from fulfillment.papers import draw_pick_batch
from fulfillment.views.common import place_of
from fulfillment.views.floor import show_floor
from o2c.kernel import clock
from o2c.kernel.downloads import shown_once
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of, status_of, wants_part

PICKS = "fulfillment.pick_picklist"
VIEWS = "fulfillment.view_picklist"


@action(PICKS)
def make(request: HttpRequest) -> HttpResponse:
    """Put the chosen lists into a batch."""
    ticked = map(number_of, request.POST.getlist("ids"))
    chosen = [key for key in ticked if key is not None]
    try:
        made = services.make_batch(chosen, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("fulfillment:pick-lists")
    return redirect("fulfillment:batch", number=made.number)


@action(PICKS)
def make_next(request: HttpRequest) -> HttpResponse:
    """Put the next lists that wait in a house, or a zone of it, into a batch."""
    form = BatchForm(worklists.zones(), request.POST)
    if not form.is_valid():
        return show_floor(request, batch_form=form)
    asked = form.cleaned_data
    waiting = worklists.waiting_pick_lists(asked["warehouse"].pk, zone=asked["zone"])
    keys = list(waiting.values_list("pk", flat=True)[: asked["count"]])
    try:
        made = services.make_batch_of(keys, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        form.add_error(None, explain(refusal)[1])
        return show_floor(request, batch_form=form)
    return redirect("fulfillment:batch", number=made.number)


@page(VIEWS)
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """Show a batch with the one thing to do next."""
    return _sheet(request, _batch(number))


@page(VIEWS)
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Show the paper form."""
    return shown_once(draw_pick_batch(_batch(number)), name=f"{number}.pdf")


@page(VIEWS)
def form(request: HttpRequest, number: str) -> HttpResponse:
    """Show the standard form as the API writes it."""
    options = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(document_of(_batch(number)), json_dumps_params=options)


@action(PICKS)
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Begin to walk."""
    row = _batch(number)
    return _attempt(
        request,
        row,
        lambda: services.start_batch(
            row.pk, picker_id=request.user.pk, at=clock.now(), actor=actor_of(request)
        ),
    )


@action(PICKS)
def split(request: HttpRequest, number: str) -> HttpResponse:
    """Let what is left be walked list by list."""
    row = _batch(number)
    at, actor = clock.now(), actor_of(request)
    return _attempt(request, row, lambda: services.split_batch(row.pk, at=at, actor=actor))


@action(PICKS)
def scan(request: HttpRequest, number: str) -> HttpResponse:
    """Count an item that was scanned, or one more or less of a line by its buttons."""
    row = _batch(number)
    line_id, separator, step = request.POST.get("step", "").partition("|")
    form = StepForm({"line_id": line_id, "quantity": step}) if separator else ScanForm(request.POST)
    if not form.is_valid():
        shown = {"error": _("Count with the buttons of a line.")} if separator else {}
        return _sheet(request, row, status=UNPROCESSABLE, scan_form=form, **shown)
    try:
        counted = _count(row, form, request)
    except InvalidInput as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, explain(refusal)[1])
        place_id = place_of(refusal)
        return _sheet(request, row, scan_form=form, place_id=place_id, status=UNPROCESSABLE)
    except EXPECTED as refusal:
        return _refuse(request, row, refusal)
    said = ", ".join(_counted(row, counted))
    if wants_part(request):
        return _sheet(request, row, said=said)
    messages.success(request, said)
    return redirect("fulfillment:batch", number=number)


def _count(row: PickBatch, form: ScanForm | StepForm, request: HttpRequest) -> list[PickLine]:
    at, actor = clock.now(), actor_of(request)
    if isinstance(form, ScanForm):
        return services.scan_batch(row.pk, at=at, actor=actor, **form.cleaned_data)
    of_batch = PickLine.objects.filter(pick_list__batch=row)
    line = get_object_or_404(of_batch, pk=form.cleaned_data["line_id"])
    return services.count_line(line.pick_list_id, at=at, actor=actor, **form.cleaned_data)


@action(PICKS)
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """Take what was found of each line; every list is finished for itself."""
    row = _batch(number)
    form = FoundForm(_walked(row), request.POST)
    if not form.is_valid():
        return _sheet(request, row, form=form, status=UNPROCESSABLE)
    try:
        refused = services.confirm_batch(
            row.pk,
            picked=form.picked(),
            short_reasons=form.reasons(),
            at=clock.now(),
            actor=actor_of(request),
        )
    except EXPECTED as refusal:
        if form.take(refusal):
            return _sheet(request, row, form=form, status=UNPROCESSABLE)
        return _refuse(request, row, refusal)
    for pick_list, why in refused:
        messages.error(request, f"{pick_list}: {explain(why)[1]}")
    return redirect("fulfillment:batch", number=number)


def _attempt(request: HttpRequest, row: PickBatch, work: Callable[[], object]) -> HttpResponse:
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        return _refuse(request, row, refusal)
    if wants_part(request):
        return _sheet(request, _batch(row.number))
    return redirect("fulfillment:batch", number=row.number)


def _refuse(request: HttpRequest, row: PickBatch, refusal: Exception) -> HttpResponse:
    error = explain(refusal)[1]
    return _sheet(request, _batch(row.number), status=status_of(refusal), error=error)


def _sheet(
    request: HttpRequest, row: PickBatch, *, status: int = 200, **shown: Any
) -> HttpResponse:
    pick_lists = worklists.in_totes(row)
    lines = worklists.walk_of(pick_lists)
    walked = [line for line in lines if _is_walked(line)]
    context = {
        "batch": row,
        "pick_lists": pick_lists,
        "lines": lines,
        "walked": walked,
        "done": sum(line.picked is not None or line.scanned == line.quantity for line in lines),
        "form": FoundForm(walked) if walked else None,
        "scan_form": ScanForm(),
        "said": "",
    }
    template = "fulfillment/batch.html" + ("#sheet" if wants_part(request) else "")
    return render(request, template, context | shown, status=status)


def _walked(row: PickBatch) -> list[PickLine]:
    return [line for line in worklists.walk_of(worklists.in_totes(row)) if _is_walked(line)]


def _is_walked(line: PickLine) -> bool:
    return str(line.pick_list.state) == PickList.State.PICKING


def _counted(row: PickBatch, counted: list[PickLine]) -> list[str]:
    totes = {each.pk: each.tote for each in worklists.in_totes(row)}  # type: ignore[attr-defined]
    return [
        _("tote %(tote)s: %(sku)s %(scanned)s of %(quantity)s")
        % {
            "tote": totes[line.pick_list_id],
            "sku": line.order_line.product.sku,
            "scanned": _plain(line.scanned),
            "quantity": _plain(line.quantity),
        }
        for line in counted
    ]


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def _batch(number: str) -> PickBatch:
    rows = PickBatch.objects.select_related("warehouse", "picker")
    return get_object_or_404(rows, number=number)
