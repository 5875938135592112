"""One pick list: walk, scan, finish, pack."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import selectors, services, worklists
from fulfillment.forms import FoundForm, PackForm, ScanForm, StepForm
from fulfillment.models import Allocation, PickLine, PickList
from fulfillment.views.common import place_of
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.money import ZERO
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of, wants_part

WALKING = (PickList.State.RELEASED, PickList.State.PICKING)


@page("fulfillment.view_picklist")
def pick(request: HttpRequest, number: str) -> HttpResponse:
    """Show a pick list with the one thing to do next."""
    return _sheet(request, _pick_list(number))


@action("fulfillment.pick_picklist")
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Begin to walk."""
    pick_list = _pick_list(number)
    return _attempt(
        request,
        pick_list,
        lambda: services.start_pick(
            pick_list.pk, picker_id=request.user.pk, at=clock.now(), actor=actor_of(request)
        ),
    )


@action("fulfillment.pick_picklist")
def scan(request: HttpRequest, number: str) -> HttpResponse:
    """Count an item that was scanned, or one more or less of a line by its buttons."""
    pick_list = _pick_list(number)
    line_id, separator, step = request.POST.get("step", "").partition("|")
    form = StepForm({"line_id": line_id, "quantity": step}) if separator else ScanForm(request.POST)
    if not form.is_valid():
        shown = {"error": _("Count with the buttons of a line.")} if separator else {}
        return _sheet(request, pick_list, status=UNPROCESSABLE, scan_form=form, **shown)
    count = services.count_line if separator else services.scan
    try:
        counted = count(pick_list.pk, at=clock.now(), actor=actor_of(request), **form.cleaned_data)
    except EXPECTED as refusal:
        return _refuse_scan(request, pick_list, refusal, form)
    said = ", ".join(_counted(line) for line in counted)
    if request.htmx:  # type: ignore[attr-defined]
        return _sheet(request, pick_list, said=said)
    messages.success(request, said)
    return redirect("fulfillment:pick", number=number)


def _refuse_scan(
    request: HttpRequest, pick_list: PickList, refusal: Exception, form: ScanForm | StepForm
) -> HttpResponse:
    """Say at the field what is wrong; what closed the list meanwhile is said above all."""
    if not isinstance(refusal, InvalidInput):
        return _refuse(request, pick_list, refusal)
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, explain(refusal)[1])
    place_id = place_of(refusal)
    return _sheet(request, pick_list, scan_form=form, place_id=place_id, status=UNPROCESSABLE)


@action("fulfillment.pick_picklist")
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """Take what was found of each line."""
    pick_list = _pick_list(number)
    form = FoundForm(worklists.sheet_lines(pick_list), request.POST)
    if not form.is_valid():
        return _sheet(request, pick_list, form=form, status=UNPROCESSABLE)
    try:
        once_per_form(
            request,
            lambda: services.confirm_pick(
                pick_list.pk,
                picked=form.picked(),
                short_reasons=form.reasons(),
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
    except EXPECTED as refusal:
        if form.take(refusal):
            return _sheet(request, pick_list, form=form, status=UNPROCESSABLE)
        return _refuse(request, pick_list, refusal)
    return _done(request, pick_list)


@action("fulfillment.pack_picklist")
def pack(request: HttpRequest, number: str) -> HttpResponse:
    """Close the packages; shipping plans them onto the next pickup."""
    pick_list = _pick_list(number)
    form = PackForm(request.POST)
    if not form.is_valid():
        return _sheet(request, pick_list, pack_form=form, status=UNPROCESSABLE)
    return _attempt(
        request,
        pick_list,
        lambda: services.pack(
            pick_list.pk, weights=form.weights(), at=clock.now(), actor=actor_of(request)
        ),
    )


@action("fulfillment.release_picklist")
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Call the pick list back from the floor; a packed one is unpacked."""
    pick_list = _pick_list(number)
    reason = request.POST.get("reason", "")
    stop = services.unpack if pick_list.state == PickList.State.PACKED else services.stop_pick
    return _attempt(
        request,
        pick_list,
        lambda: stop(pick_list.pk, reason=reason, at=clock.now(), actor=actor_of(request)),
    )


def _attempt(request: HttpRequest, pick_list: PickList, work: Callable[[], object]) -> HttpResponse:
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        return _refuse(request, pick_list, refusal)
    return _done(request, pick_list)


def _done(request: HttpRequest, pick_list: PickList) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _sheet(request, _pick_list(pick_list.number))
    return redirect("fulfillment:pick", number=pick_list.number)


def _refuse(request: HttpRequest, pick_list: PickList, refusal: Exception) -> HttpResponse:
    fresh = _pick_list(pick_list.number)
    return _sheet(request, fresh, error=explain(refusal)[1], status=status_of(refusal))


def _sheet(
    request: HttpRequest,
    pick_list: PickList,
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Render the page, or for htmx the sheet alone; `shown` are `error said form
    scan_form place_id pack_form`."""
    lines = worklists.sheet_lines(pick_list)
    context: dict[str, Any] = {
        "pick_list": pick_list,
        "lines": lines,
        "scan_form": ScanForm(),
        "form": FoundForm(lines) if pick_list.state in WALKING else None,
        "pack_form": PackForm(estimate=_estimate(lines))
        if pick_list.state == PickList.State.PICKED
        else None,
        "packages": list(pick_list.packages.order_by("number")),
        "done": sum(1 for line in lines if line.picked is not None or _is_scanned(line)),
        "has_short": any(line.is_short for line in lines),
        "elsewhere": _elsewhere(pick_list, lines),
    }
    template = "fulfillment/pick.html"
    if wants_part(request):
        template += "#sheet"
    return render(request, template, context | shown, status=status)


def _elsewhere(pick_list: PickList, lines: Sequence[PickLine]) -> list[Allocation]:
    """Return what is claimed at other places of what was not found, and is on no list yet."""
    short = {line.order_line_id for line in lines if line.missing}
    if not short:
        return []
    return [claim for claim in selectors.to_pick(pick_list.order_id) if claim.line_id in short]


def _is_scanned(line: PickLine) -> bool:
    return line.scanned == line.quantity


def _estimate(lines: Sequence[PickLine]) -> Decimal | None:
    """Return what the found items weigh by the catalogue, to start from."""
    weight = sum(
        ((line.picked or ZERO) * line.order_line.product.weight_kg for line in lines), ZERO
    )
    return weight.quantize(Decimal("0.001")).normalize() if weight else None


def _counted(line: PickLine) -> str:
    return _("%(sku)s: %(scanned)s of %(quantity)s") % {
        "sku": line.order_line.product.sku,
        "scanned": f"{line.scanned.normalize():f}",
        "quantity": f"{line.quantity.normalize():f}",
    }


def _pick_list(number: str) -> PickList:
    rows = PickList.objects.select_related("order__customer", "warehouse", "picker", "batch")
    return get_object_or_404(rows, number=number)
