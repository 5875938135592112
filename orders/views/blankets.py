"""Pages of blanket orders: the list, one with its call-offs, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import (
    UNPROCESSABLE,
    actor_of,
    number_of,
    status_of,
    wants_part,
)
from orders import agreements, services
from orders.models import BlanketOrder
from orders.offer_forms import CallOffForm, EndForm
from orders.usual_day import usual_day

OK = 200


@page("orders.view_blanketorder")
def blanket_list(request: HttpRequest) -> HttpResponse:
    """List blanket orders, newest first; the next rows alone for htmx."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    after = number_of(request.GET.get("after"))
    found, following = agreements.blankets(state=state, text=text, before=after)
    context = {
        "blankets": found,
        "after": following,
        "state": state,
        "q": text,
        "states": BlanketOrder.State.choices,
    }
    template = "orders/blankets/list.html"
    if wants_part(request):
        template += "#more" if after else "#rows"
    return render(request, template, context)


@page("orders.view_blanketorder")
def blanket_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is agreed, called off, shipped and left, and the orders that called it off."""
    return _show(request, _blanket(number))


@form_page("orders.enter_blanketorder")
def blanket_call(request: HttpRequest, number: str) -> HttpResponse:
    """Call goods off: an order at the agreed prices."""
    blanket = _blanket(number)
    if request.method != "POST":
        return redirect("orders:blanket", number=number)
    form = CallOffForm(request.POST, blanket=blanket, lines=agreements.lines_of_blanket(blanket))
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            order = form.run_once(request, lambda: _call(request, blanket, form))
        except InvalidInput as refusal:
            form.add_findings(refusal.findings or [("", refusal.field, str(refusal))])
        except EXPECTED as refusal:
            add_refusal(refusal, form)
            status = status_of(refusal)
        else:
            messages.success(request, _("%(order)s calls it off.") % {"order": order})
            return redirect("reporting:order", number=order)
    return _show(request, blanket, form=form, status=status)


@action("orders.activate_blanketorder")
def blanket_activate(request: HttpRequest, number: str) -> HttpResponse:
    """Let a draft be called off."""
    blanket = _blanket(number)
    try:
        services.activate_blanket(blanket.pk, at=clock.now(), actor=actor_of(request))
        messages.success(request, _("%(blanket)s can be called off.") % {"blanket": blanket})
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:blanket", number=number)


@form_page("orders.enter_blanketorder")
def blanket_end(request: HttpRequest, number: str) -> HttpResponse:
    """End a blanket order before its time."""
    blanket = _blanket(number)
    form = EndForm(request.POST or None)
    status = UNPROCESSABLE if request.method == "POST" else OK
    if form.is_valid():
        try:
            services.end_blanket(
                blanket.pk,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
                actor=actor_of(request),
            )
        except EXPECTED as refusal:
            add_refusal(refusal, form)
            status = status_of(refusal)
        else:
            messages.success(request, _("%(blanket)s has ended.") % {"blanket": blanket})
            return redirect("orders:blanket", number=number)
    context = {"blanket": blanket, "form": form}
    return render(request, "orders/blankets/end.html", context, status=status)


def _call(request: HttpRequest, blanket: BlanketOrder, form: CallOffForm) -> str:
    values = form.cleaned_data
    order = services.call_off_blanket(
        blanket.pk,
        quantities=form.quantities,
        requested_on=values["requested_on"],
        customer_po=values["customer_po"],
        ship_to_id=values["ship_to"].pk if values["ship_to"] else None,
        owner_id=request.user.pk,
        at=clock.now(),
        actor=actor_of(request),
    )
    return order.number


def _show(
    request: HttpRequest,
    blanket: BlanketOrder,
    *,
    form: CallOffForm | None = None,
    status: int = OK,
) -> HttpResponse:
    lines = agreements.lines_of_blanket(blanket)
    initial = {"requested_on": usual_day(clock.now())}
    context: dict[str, Any] = {
        "blanket": blanket,
        "lines": lines,
        "calls": agreements.calls_of(blanket),
        "form": form or CallOffForm(blanket=blanket, lines=lines, initial=initial),
        "entries": agreements.history_of(blanket),
        "is_open": blanket.state in (BlanketOrder.State.DRAFT, BlanketOrder.State.ACTIVE),
    }
    return render(request, "orders/blankets/detail.html", context, status=status)


def _blanket(number: str) -> BlanketOrder:
    try:
        return agreements.blanket_for_page(number)
    except BlanketOrder.DoesNotExist:
        raise Http404 from None
