"""The same thing done to many orders: each for itself, and a word on what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fulfillment import services as fulfillment
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.pages import action
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of
from orders import services
from orders.models import Order
from reporting.links import list_again

MOST = 200
OK = 200


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one order; `href`: where its result is."""

    order: Order
    is_done: bool
    text: str
    href: str = ""


Work = Callable[[Order, dict[str, Any]], str]


@action("kernel.view_company")
def bulk(request: HttpRequest) -> HttpResponse:
    """Do what the pressed button says to each chosen order, and show what became of each."""
    permission, work = WORKS.get(request.POST.get("do", ""), ("", None))
    try:
        orders = chosen_orders(request, most=MOST)
    except InvalidInput as refusal:
        return back_to_list(request, str(refusal))
    if work is None:
        return redirect("reporting:order-list")
    entered = _entered(request)
    is_allowed = request.user.has_perm(permission)
    outcomes = [_do(order, work, entered) if is_allowed else _forbidden(order) for order in orders]
    return show(request, outcomes)


def chosen_orders(request: HttpRequest, *, most: int) -> list[Order]:
    """Return the orders that are chosen in the list, those wanted first at the top.

    Raises:
        InvalidInput: none is chosen, or more than `most`.
    """
    chosen = {number_of(value) or 0 for value in request.POST.getlist("ids")}
    if len(chosen) > most:
        text = _("Choose at most %(most)s orders at once; %(chosen)s are chosen.")
        raise InvalidInput(text % {"most": most, "chosen": len(chosen)}, field="ids")
    found = Order.objects.select_related("customer").filter(pk__in=chosen)
    orders = list(found.order_by("requested_on", "pk"))
    if not orders:
        raise InvalidInput(_("Choose at least one order in the list."), field="ids")
    return orders


def back_to_list(request: HttpRequest, refusal: str) -> HttpResponse:
    """Go back to the list as it was filtered, and say why nothing was done."""
    messages.error(request, refusal)
    return redirect(list_again(request))


def show(request: HttpRequest, outcomes: list[Outcome], *, together: str = "") -> HttpResponse:
    """Show what became of each order; `together`: where the results of all that are done are."""
    done = sum(outcome.is_done for outcome in outcomes)
    context = {
        "outcomes": outcomes,
        "done": done,
        "back": request.POST.get("back", ""),
        "together": together,
    }
    return render(request, "reporting/bulk.html", context, status=OK if done else UNPROCESSABLE)


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
        text = work(order, entered)
    except EXPECTED as refusal:
        return Outcome(order=order, is_done=False, text=explain(refusal)[1])
    return Outcome(order=order, is_done=True, text=text)


def _forbidden(order: Order) -> Outcome:
    return Outcome(order=order, is_done=False, text=_("You may not do this."))


def _release(order: Order, entered: dict[str, Any]) -> str:
    fulfillment.release_pick_lists(order.pk, at=entered["at"], actor=entered["actor"])
    return _("Released to the floor.")


def _assign(order: Order, entered: dict[str, Any]) -> str:
    services.assign_owner(
        order.pk, owner_id=entered["owner"], at=entered["at"], actor=entered["actor"]
    )
    return _("Assigned.")


def _move(order: Order, entered: dict[str, Any]) -> str:
    if entered["date"] is None:
        raise InvalidInput(_("Choose the day."), field="date")
    services.change_requested_date(
        order.pk, requested_on=entered["date"], at=entered["at"], actor=entered["actor"]
    )
    return _("Asked for on the new day.")


def _cancel(order: Order, entered: dict[str, Any]) -> str:
    services.cancel_order(
        order.pk, reason=entered["reason"], at=entered["at"], actor=entered["actor"]
    )
    return _("Cancelled.")


WORKS: dict[str, tuple[str, Work]] = {
    "release": ("fulfillment.release_picklist", _release),
    "assign": ("orders.enter_order", _assign),
    "date": ("orders.enter_order", _move),
    "cancel": ("orders.cancel_order", _cancel),
}
