"""Approvals of orders: what waits, and the decision of a second person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, page
from orders import queues, services
from orders.models import Amendment, Order


@page("orders.view_order")
def approvals(request: HttpRequest) -> HttpResponse:
    """Show which orders wait for whose approval, oldest first."""
    user: User = request.user  # type: ignore[assignment]
    rows = [
        {
            "approval": approval,
            "is_mine": approval.asked_by_id == user.pk,
            "may_decide": approval.asked_by_id != user.pk and user.has_perms(approval.permissions),
            "is_asked": approval.order.number == request.GET.get("order"),
        }
        for approval in queues.approvals_waiting()
    ]
    changes = [
        {
            "change": change,
            "is_mine": change.asker_id == user.pk,
            "may_decide": change.asker_id != user.pk and user.has_perms(change.permissions),
        }
        for change in queues.changes_waiting()
    ]
    context = {"rows": rows, "changes": changes, "waiting": len(rows) + len(changes)}
    return render(request, "orders/approvals.html", context)


@action("orders.approve_order")
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Approve an order and submit it."""
    user: User = request.user  # type: ignore[assignment]

    def work() -> Order:
        note = request.POST.get("note", "")
        return services.approve_order(_order_id(number), note=note, by=user, at=clock.now())

    return _do(request, work, _("%(number)s is approved and submitted.") % {"number": number})


@action("orders.approve_order")
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Send an order back, with the reason."""
    user: User = request.user  # type: ignore[assignment]

    def work() -> Order:
        note = request.POST.get("note", "")
        return services.refuse_approval(_order_id(number), note=note, by=user, at=clock.now())

    return _do(request, work, _("%(number)s is sent back.") % {"number": number})


@action("orders.approve_order")
def approve_change(request: HttpRequest, number: str) -> HttpResponse:
    """Approve a change and make it; what cannot be made any more is refused with the reason."""
    user: User = request.user  # type: ignore[assignment]
    try:
        found = services.approve_change(
            _change_id(number), note=request.POST.get("note", ""), by=user, at=clock.now()
        )
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("orders:approvals")
    if found.state == Amendment.State.REFUSED:
        text = _("%(number)s could not be made any more and is refused: %(why)s")
        messages.error(request, text % {"number": number, "why": found.note})
    else:
        messages.success(request, _("%(number)s is approved and made.") % {"number": number})
    return redirect("orders:approvals")


@action("orders.approve_order")
def refuse_change(request: HttpRequest, number: str) -> HttpResponse:
    """Refuse a change, with the reason; the order stays as it is."""
    user: User = request.user  # type: ignore[assignment]

    def work() -> Amendment:
        note = request.POST.get("note", "")
        return services.refuse_change(_change_id(number), note=note, by=user, at=clock.now())

    return _do(request, work, _("%(number)s is refused.") % {"number": number})


def _do(request: HttpRequest, work: Callable[[], object], done: str) -> HttpResponse:
    try:
        work()
        messages.success(request, done)
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:approvals")


def _order_id(number: str) -> int:
    order_id = Order.objects.filter(number=number).values_list("pk", flat=True).first()
    if order_id is None:
        raise Http404
    return order_id


def _change_id(number: str) -> int:
    change_id = Amendment.objects.filter(number=number).values_list("pk", flat=True).first()
    if change_id is None:
        raise Http404
    return change_id
