"""What people do with an order from its page: each goes back there with a word on what happened."""

from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from o2c.kernel import clock, downloads
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of
from orders import services
from orders.models import Order, OrderLine
from orders.services.cancelling import free_of
from orders.sheet import QUANTITY
from orders.usual_day import usual_day

POSITION_LENGTH = 6


@action("orders.enter_order")
def submit(request: HttpRequest, number: str) -> HttpResponse:
    """Hand a draft over to credit control."""
    order_id = _order_id(number)

    def work() -> str:
        services.submit_order(order_id, at=clock.now(), actor=actor_of(request))
        return _("%(number)s is submitted.") % {"number": number}

    return _do(request, number, work)


@action("orders.cancel_order")
def cancel_line(request: HttpRequest, number: str, line_id: int) -> HttpResponse:
    """Cancel a quantity of one line; without one, all that can still be cancelled."""
    order_id = _order_id(number)
    line = OrderLine.objects.filter(order=order_id, pk=line_id).first()
    if line is None:
        raise Http404

    def work() -> str:
        entered = request.POST.get("quantity", "").strip()
        services.cancel_quantities(
            order_id,
            quantities={line_id: _quantity(entered) if entered else free_of(line)},
            reason=request.POST.get("reason") or Order.CancelReason.CUSTOMER,
            at=clock.now(),
            actor=actor_of(request),
        )
        return _("Line %(position)s is cancelled.") % {"position": line.position}

    return _do(request, number, work)


@action("orders.approve_order")
def rank(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether the order gets scarce stock before or after what its customer usually does."""
    order_id = _order_id(number)

    def work() -> str:
        entered = request.POST.get("priority", "").strip()
        order = services.set_priority(
            order_id,
            priority=_priority(entered) if entered else None,
            at=clock.now(),
            actor=actor_of(request),
        )
        if order.priority is None:
            return _("%(number)s has its customer's priority.") % {"number": number}
        said = _("%(number)s has priority %(priority)s.")
        return said % {"number": number, "priority": order.priority}

    return _do(request, number, work)


@action("orders.enter_order")
def discard(request: HttpRequest, number: str) -> HttpResponse:
    """Put a draft away; the message offers to bring its lines back."""
    try:
        services.discard_draft(_order_id(number), at=clock.now(), actor=actor_of(request))
        text = _("%(number)s is put away.") % {"number": number}
        messages.success(request, text, extra_tags=reverse("orders:again", args=[number]))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("reporting:order", number=number)


@page("orders.view_order")
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    """Show the document that confirms the order as it stands now."""
    try:
        return downloads.shown(services.acknowledgement_pdf(_order_id(number), at=clock.now()))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("reporting:order", number=number)


@page("orders.enter_quote")
def quote(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a quote with the lines of this order."""
    _order_id(number)
    return redirect(f"{reverse('orders:quote-new')}?{urlencode({'order': number})}")


@action("orders.enter_order")
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Write a new draft with the lines of this order, and open it.

    `only`, as often as needed: so much of one line, `POSITION:QUANTITY`; without it all of them.
    """
    try:
        order = services.order_again(
            _order_id(number),
            only=_only(request.POST.getlist("only")),
            requested_on=usual_day(clock.now()),
            owner_id=request.user.pk,
            at=clock.now(),
            actor=actor_of(request),
        )
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("reporting:order", number=number)
    return redirect("orders:edit", number=order.number)


def _only(entered: list[str]) -> dict[int, Decimal] | None:
    """Return how much is wanted of which position; None: nothing was entered.

    Raises:
        InvalidInput: this is no position and quantity.
    """
    wanted: dict[int, Decimal] = {}
    for one in entered:
        position, _colon, quantity = one.partition(":")
        if not (position.isascii() and position.isdigit() and len(position) <= POSITION_LENGTH):
            raise InvalidInput(_("Name a line and how much of it."))
        wanted[int(position)] = _quantity(quantity)
    return wanted or None


def _do(request: HttpRequest, number: str, work: Callable[[], str]) -> HttpResponse:
    """Run a service and go back to the order's page with what happened, or why it did not."""
    try:
        messages.success(request, work())
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("reporting:order", number=number)


def _order_id(number: str) -> int:
    order = Order.objects.filter(number=number).values_list("pk", flat=True).first()
    if order is None:
        raise Http404
    return order


def _priority(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        message = _("Enter a priority from 1, the first to get what is scarce, to 9.")
        raise InvalidInput(message, field="priority")
    return int(text[:2])


def _quantity(text: str) -> Decimal:
    try:
        quantity: Decimal = QUANTITY.clean(text)
    except ValidationError as refusal:
        raise InvalidInput(" ".join(refusal.messages), field="quantity") from None
    return quantity
