"""Changing an order that was handed over: enter it, see what it does, then make or withdraw it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, REFUSALS, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of
from orders import change_selectors as selectors
from orders import services
from orders.change_sheet import ChangeSheet, sheet_of
from orders.effects import difference_rows, effect_rows, head_rows
from orders.models import Amendment, Order
from orders.revisions import differences
from orders.services.amending_checks import APPROVAL, BLOCK

OK = 200
MAY_APPROVE = "orders.approve_order"


@form_page("orders.amend_order")
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what is to change of an order; what it does is shown before it is made."""
    order = selectors.order_to_change(number)
    if order is None:
        raise Http404
    like = _draft_named(request, order)
    if request.method != "POST":
        return _show(request, sheet_of(order, None, like))
    sheet = sheet_of(order, request.POST)
    if sheet.is_valid() and not request.user.has_perm("orders.override_price"):
        sheet.forbid_prices()
    if not sheet.is_valid():
        return _show(request, sheet, status=UNPROCESSABLE)
    try:
        made = sheet.head.run_once(request, lambda: _draft(request, sheet, like))
    except REFUSALS as refusal:
        sheet.refuse(refusal)
        return _show(request, sheet, status=UNPROCESSABLE)
    return redirect("orders:amendment", number=made)


@page("orders.view_order")
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """Show what an amendment changes, and what it does to stock, credit, shipments, invoices."""
    found = selectors.amendment_for_page(number)
    if found is None:
        raise Http404
    user: User = request.user  # type: ignore[assignment]
    is_asked = found.state == Amendment.State.ASKED
    is_open = found.state in {Amendment.State.DRAFT, Amendment.State.CHECKED}
    wrong = [one for one in found.findings if one["severity"] == BLOCK and one["rule"] != APPROVAL]
    context = {
        "amendment": found,
        "order": found.order,
        "sums": found.effects,
        "lines": effect_rows(found),
        "head": head_rows(found),
        "is_open": is_open,
        "is_asked": is_asked,
        "may_be_asked": found.state == Amendment.State.DRAFT and found.needs and not wrong,
        "may_decide": is_asked
        and found.asker_id != user.pk
        and user.has_perms([MAY_APPROVE, *found.permissions]),
    }
    return render(request, "orders/amendment.html", context)


@page("orders.view_order")
def changes(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was asked of an order and is not made: a panel of the order's page."""
    if not Order.objects.filter(number=number).exists():
        raise Http404
    context = {"changes": selectors.changes_not_made(number), "number": number}
    return render(request, "orders/order_changes.html", context)


@action("orders.amend_order")
def apply(request: HttpRequest, number: str) -> HttpResponse:
    """Make the change."""
    found = _find(number)
    try:
        services.apply_amendment(found.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("orders:amendment", number=number)
    messages.success(request, _("%(order)s is changed.") % {"order": found.order})
    return redirect("reporting:order", number=found.order.number)


@action("orders.amend_order")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a second person for the change."""
    found = _find(number)
    try:
        services.ask_for_change(found.pk, at=clock.now(), actor=actor_of(request))
        messages.success(request, _("A second person is asked to decide about this change."))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:amendment", number=number)


@action("orders.amend_order")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Give the change up."""
    found = _find(number)
    try:
        services.withdraw_amendment(found.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("orders:amendment", number=number)
    messages.success(request, _("%(number)s is withdrawn.") % {"number": number})
    return redirect("reporting:order", number=found.order.number)


@page("orders.view_order")
def revisions(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was agreed at each time, and two of them side by side."""
    order = Order.objects.filter(number=number).first()
    if order is None:
        raise Http404
    kept = selectors.revisions_of(order.pk)
    chosen = {row.number: row for row in kept}
    last = [row.number for row in kept][-2:] or [0]
    older = chosen.get(_asked(request, "older", last[0]))
    newer = chosen.get(_asked(request, "newer", last[-1]))
    found = differences(older.content, newer.content) if older and newer else []
    context = {
        "order": order,
        "kept": kept,
        "older": older,
        "newer": newer,
        "found": difference_rows(found),
    }
    return render(request, "orders/revisions.html", context)


def _draft(request: HttpRequest, sheet: ChangeSheet, like: Amendment | None) -> str:
    """Keep the change; it takes the place of the draft that it mends."""
    at, actor = clock.now(), actor_of(request)
    made = services.draft_amendment(
        sheet.order.pk,
        changes=sheet.changes(),
        reason=sheet.head.cleaned_data["reason"],
        base_revision=sheet.head.cleaned_data["revision"],
        at=at,
        actor=actor,
    )
    if like is not None:
        services.withdraw_amendment(like.pk, at=at, actor=actor)
    return made.number


def _draft_named(request: HttpRequest, order: Order) -> Amendment | None:
    """Return the amendment that is to be mended, if the address names one that still can be."""
    states = [Amendment.State.DRAFT, Amendment.State.CHECKED]
    wanted = Amendment.objects.filter(number=request.GET.get("like", ""), order=order)
    return wanted.filter(state__in=states).first()


def _show(request: HttpRequest, sheet: ChangeSheet, *, status: int = OK) -> HttpResponse:
    context: dict[str, Any] = {
        "order": sheet.order,
        "sheet": sheet,
        "form": sheet.head,
        "has_wrong_lines": any(form.errors for form in sheet.parts[1:]),
    }
    return render(request, "orders/change.html", context, status=status)


def _find(number: str) -> Amendment:
    found = Amendment.objects.select_related("order").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, name: str, default: int) -> int:
    given = number_of(request.GET.get(name))
    return default if given is None else given
