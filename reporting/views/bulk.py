"""The same thing done to many orders: each for itself, and a word on what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fulfillment import services as fulfillment
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.pages import action
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of
from orders import services as orders
from orders.models import Order

MOST = 200
OK = 200


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one order; `href`: where its result is."""

    order: Order
    is_done: bool
    text: str
    href: str = ""


Work = Callable[[Order, dict[str, Any]], tuple[str, str]]


@action("kernel.view_company")
def bulk(request: HttpRequest) -> HttpResponse:
    """Do what the pressed button says to each chosen order, and show what became of each."""
    name = request.POST.get("do", "")
    permission, work = WORKS.get(name, ("", None))
    chosen = [number_of(value) or 0 for value in request.POST.getlist("ids")][:MOST]
    found = Order.objects.select_related("customer").filter(pk__in=chosen)
    if work is None or not chosen:
        return redirect("reporting:order-list")
    entered = _entered(request)
    is_allowed = request.user.has_perm(permission)
    outcomes = [
        _do(order, work, entered) if is_allowed else _forbidden(order)
        for order in found.order_by("requested_on", "pk")
    ]
    context = {
        "outcomes": outcomes,
        "done": sum(outcome.is_done for outcome in outcomes),
        "back": request.POST.get("back", ""),
    }
    status = OK if context["done"] else UNPROCESSABLE
    return render(request, "reporting/bulk.html", context, status=status)


def _entered(request: HttpRequest) -> dict[str, Any]:
    return {
        "owner": number_of(request.POST.get("owner")) or 0,
        "date": _day(request.POST.get("date", "")),
        "reason": request.POST.get("reason", ""),
        "at": clock.now(),
        "actor": actor_of(request),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _do(order: Order, work: Work, entered: dict[str, Any]) -> Outcome:
    try:
        text, href = work(order, entered)
    except EXPECTED as refusal:
        return Outcome(order=order, is_done=False, text=explain(refusal)[1])
    return Outcome(order=order, is_done=True, text=text, href=href)


def _forbidden(order: Order) -> Outcome:
    return Outcome(order=order, is_done=False, text=_("You may not do this."))


def _release(order: Order, entered: dict[str, Any]) -> tuple[str, str]:
    fulfillment.release_pick_lists(order.pk, at=entered["at"], actor=entered["actor"])
    return _("Released to the floor."), ""


def _assign(order: Order, entered: dict[str, Any]) -> tuple[str, str]:
    orders.assign_owner(
        order.pk, owner_id=entered["owner"], at=entered["at"], actor=entered["actor"]
    )
    return _("Assigned."), ""


def _move(order: Order, entered: dict[str, Any]) -> tuple[str, str]:
    if entered["date"] is None:
        raise InvalidInput(_("Choose the day."), field="date")
    orders.change_requested_date(
        order.pk, requested_on=entered["date"], at=entered["at"], actor=entered["actor"]
    )
    return _("Asked for on the new day."), ""


def _confirm(order: Order, entered: dict[str, Any]) -> tuple[str, str]:
    orders.acknowledgement_pdf(order.pk, at=entered["at"])
    return _("Ready to print."), reverse("orders:confirmation", args=[order.number])


def _cancel(order: Order, entered: dict[str, Any]) -> tuple[str, str]:
    orders.cancel_order(
        order.pk, reason=entered["reason"], at=entered["at"], actor=entered["actor"]
    )
    return _("Cancelled."), ""


WORKS: dict[str, tuple[str, Work]] = {
    "release": ("fulfillment.release_picklist", _release),
    "assign": ("orders.enter_order", _assign),
    "date": ("orders.enter_order", _move),
    "confirm": ("orders.view_order", _confirm),
    "cancel": ("orders.cancel_order", _cancel),
}
