"""The pack station: items are scanned into packages, packages are closed, counts put right."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import selectors, services
from fulfillment.forms import BoxForm, RecountForm, ScanForm
from fulfillment.models import Package, PackageLine, PickLine, PickList
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.money import ZERO
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of, wants_part


@page("fulfillment.view_picklist")
def station(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is to be packed, and the packages."""
    return _station(request, _pick_list(number))


@action("fulfillment.pack_picklist")
def put_in(request: HttpRequest, number: str) -> HttpResponse:
    """Put a scanned item into the open package."""
    pick_list, form = _pick_list(number), ScanForm(request.POST)
    if form.is_valid():
        try:
            lines = services.put_in(
                pick_list.pk, at=clock.now(), actor=actor_of(request), **form.cleaned_data
            )
        except EXPECTED as refusal:
            return _refuse(request, pick_list, refusal, scan_form=form)
        if wants_part(request):
            return _station(request, pick_list, said=", ".join(map(_counted, lines)))
        return redirect("fulfillment:station", number=number)
    return _station(request, pick_list, scan_form=form, status=UNPROCESSABLE)


@action("fulfillment.pack_picklist")
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close the open package."""
    pick_list, form = _pick_list(number), BoxForm(request.POST)
    if not form.is_valid():
        return _station(request, pick_list, box_form=form, status=UNPROCESSABLE)
    box = services.Box(**form.cleaned_data)
    try:
        once_per_form(
            request,
            lambda: services.close_package(
                pick_list.pk, box=box, at=clock.now(), actor=actor_of(request)
            ),
        )
    except EXPECTED as refusal:
        return _refuse(request, pick_list, refusal, box_form=form)
    return redirect("fulfillment:station", number=number)


@action("fulfillment.pack_picklist")
def end(request: HttpRequest, number: str) -> HttpResponse:
    """End packing: shipping plans the packages onto a pickup."""
    pick_list = _pick_list(number)
    try:
        once_per_form(
            request,
            lambda: services.pack(pick_list.pk, at=clock.now(), actor=actor_of(request)),
        )
    except EXPECTED as refusal:
        return _refuse(request, pick_list, refusal)
    return redirect("fulfillment:pick", number=number)


@form_page("fulfillment.pack_picklist")
def recount(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what was picked, as the packer counts it."""
    pick_list = _pick_list(number)
    lines = selectors.lines_with_packed(pick_list.pk)
    if request.method != "POST":
        return _recount(request, pick_list, RecountForm(lines))
    form = RecountForm(lines, request.POST)
    if not form.is_valid():
        return _recount(request, pick_list, form, status=UNPROCESSABLE)
    try:
        once_per_form(
            request,
            lambda: services.correct_count(
                pick_list.pk,
                counted=form.picked(),
                reasons=form.reasons(),
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
    except EXPECTED as refusal:
        if form.take(refusal):
            return _recount(request, pick_list, form, status=UNPROCESSABLE)
        status, error = status_of(refusal), explain(refusal)[1]
        return _recount(request, _pick_list(number), form, status=status, error=error)
    messages.success(request, _("The count is corrected."))
    return redirect("fulfillment:station", number=number)


def _recount(
    request: HttpRequest,
    pick_list: PickList,
    form: RecountForm,
    *,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    context = {"pick_list": pick_list, "form": form, "error": error}
    return render(request, "fulfillment/recount.html", context, status=status)


def _refuse(
    request: HttpRequest,
    pick_list: PickList,
    refusal: Exception,
    **forms: ScanForm | BoxForm,
) -> HttpResponse:
    """Say at the field what is wrong, else above all."""
    for form in forms.values():
        if isinstance(refusal, InvalidInput) and refusal.field in form.fields:
            form.add_error(refusal.field, explain(refusal)[1])
            return _station(request, pick_list, status=UNPROCESSABLE, **forms)
    error = explain(refusal)[1]
    return _station(request, pick_list, status=status_of(refusal), error=error, **forms)


def _station(
    request: HttpRequest, pick_list: PickList, *, status: int = 200, **shown: Any
) -> HttpResponse:
    lines = selectors.lines_with_packed(pick_list.pk)
    packages = list(pick_list.packages.prefetch_related("lines").order_by("number"))
    opened = next((box for box in packages if not box.weight_kg), None)
    context = {
        "pick_list": pick_list,
        "lines": lines,
        "packages": packages,
        "opened": opened,
        "is_all_packed": bool(packages) and not opened and not any(map(_beside, lines)),
        "has_prefix": bool(the_company().gs1_prefix),
        "scan_form": ScanForm(),
        "box_form": BoxForm(initial={"weight_kg": _estimate(opened, lines)}),
        "said": "",
    }
    template = "fulfillment/station.html"
    if wants_part(request):
        template += "#station"
    return render(request, template, context | shown, status=status)


def _beside(line: PickLine) -> bool:
    return (line.picked or ZERO) > line.in_boxes  # type: ignore[attr-defined, no-any-return]


def _estimate(opened: Package | None, lines: list[PickLine]) -> str:
    """Return what the open package weighs by the catalogue, to start from."""
    if opened is None:
        return ""
    weights = {line.pk: line.order_line.product.weight_kg for line in lines}
    inside: list[PackageLine] = list(opened.lines.all())
    weight = sum((each.quantity * weights[each.pick_line_id] for each in inside), ZERO)
    return f"{round(weight, 3).normalize():f}" if weight else ""


def _counted(line: PickLine) -> str:
    return _("%(sku)s: %(packed)s of %(picked)s") % {
        "sku": line.order_line.product.sku,
        "packed": f"{line.in_boxes.normalize():f}",  # type: ignore[attr-defined]
        "picked": f"{(line.picked or ZERO).normalize():f}",
    }


def _pick_list(number: str) -> PickList:
    rows = PickList.objects.select_related("order__customer", "warehouse")
    return get_object_or_404(rows, number=number)
