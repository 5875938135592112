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
from orders.models import Order


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
    return render(request, "orders/approvals.html", {"rows": rows})


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


def _do(request: HttpRequest, work: Callable[[], Order], done: str) -> HttpResponse:
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
