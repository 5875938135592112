"""What a customer's people see: their own orders, deliveries and invoices, and nobody else's."""

from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from invoicing.models import Invoice
from invoicing.services import pdf_of
from o2c.kernel import clock, downloads
from o2c.kernel.pages import View, mark
from o2c.kernel.ui.charts import Step
from o2c.kernel.ui.dates import day
from o2c.kernel.ui.figures import Text
from orders.models import Order
from orders.services import NotConfirmed, acknowledgement_pdf
from reporting.selectors import portal as selectors
from reporting.selectors.facts import Facts
from reporting.views.days import company_today
from shipping.models import Shipment

State = Order.State
# A customer reads their own words for where an order is.
WORDS: dict[str, tuple[Text, str]] = {
    State.SUBMITTED: (_("Received"), ""),
    State.IN_REVIEW: (_("Being checked"), "go"),
    State.ON_HOLD: (_("Waiting for you"), "bad"),
    State.RELEASED: (_("Confirmed"), "ok"),
    State.FULFILLING: (_("Being packed"), "go"),
    State.SHIPPED: (_("On the way"), "go"),
    State.DELIVERED: (_("Delivered"), "ok"),
    State.INVOICED: (_("Delivered"), "ok"),
    State.CLOSED: (_("Closed"), "off"),
    State.CANCELLED: (_("Cancelled"), "off"),
    State.DECLINED: (_("Declined"), "off"),
}
STEPS = (
    _("Received"),
    _("Confirmed"),
    _("Being packed"),
    _("Shipped"),
    _("Delivered"),
    _("Invoiced"),
)
SHIPMENT_WORDS: dict[str, tuple[Text, str]] = {
    Shipment.State.DISPATCHED: (_("On the way"), "go"),
    Shipment.State.IN_TRANSIT: (_("On the way"), "go"),
    Shipment.State.DELIVERED: (_("Delivered"), "ok"),
    Shipment.State.EXCEPTION: (_("Delayed"), "warn"),
}
DELIVERY = 4
# How many of the six steps are over in each state.
DONE = {
    State.SUBMITTED: 1,
    State.IN_REVIEW: 1,
    State.ON_HOLD: 1,
    State.RELEASED: 2,
    State.FULFILLING: 2,
    State.SHIPPED: 4,
    State.DELIVERED: 5,
}


def portal_page(view: View) -> View:
    """Serve a page to a customer's people, with their customer; others are refused."""

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert request.user.is_authenticated  # the decorator outside lets nobody else in
        customer = selectors.customer_of(request.user)
        if customer is None:
            raise PermissionDenied
        return view(request, customer, *args, **kwargs)

    return mark(require_GET(login_required(serve)), view, "own customer")


@portal_page
def portal(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Show what is on its way, what was delivered, and what is to be paid."""
    _company, today = company_today()
    items = selectors.open_items(customer)
    orders = selectors.open_orders(customer)
    context = {
        "customer": customer,
        "now": clock.now(),
        "today": today,
        "orders": [(order, WORDS[order.state], steps_of(order, facts)) for order, facts in orders],
        "confirmed": Order.CONFIRMED,
        "past_orders": [(order, WORDS[order.state]) for order in selectors.past_orders(customer)],
        "deliveries": [
            (shipment, SHIPMENT_WORDS[shipment.state])
            for shipment in selectors.deliveries(customer, today=today)
        ],
        "items": items,
        "balances": selectors.balances(items, today=today),
    }
    return render(request, "reporting/portal.html", context)


@portal_page
def portal_invoice(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give one of the customer's own invoices as PDF."""
    try:
        invoice = selectors.own_invoice(customer, number)
    except Invoice.DoesNotExist:
        raise Http404 from None
    return downloads.shown(pdf_of(invoice))


@portal_page
def portal_confirmation(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give the confirmation of one of the customer's own orders as PDF."""
    try:
        order = selectors.own_order(customer, number)
        return downloads.shown(acknowledgement_pdf(order.pk, at=clock.now()))
    except (Order.DoesNotExist, NotConfirmed):
        raise Http404 from None


def _note(number: int, when: date | None, done: int) -> str:
    """Date a step: when it was done, since when it is going on, when it is expected."""
    if when is None:
        return ""
    if number < done:
        return str(day(when))
    if number == DELIVERY:
        return format_html(str(_("expected {}")), day(when))
    return format_html(str(_("since {}") if number == done else _("in part {}")), day(when))


def steps_of(order: Order, facts: Facts) -> list[Step]:
    """Return the six steps that a customer sees, with the dates that are known."""
    done = DONE[State(order.state)]
    coming = facts.expected_on or facts.promised_on
    dates = [
        order.submitted_at,
        order.released_at,
        facts.picking_at,
        facts.shipped_at,
        coming,
        facts.invoiced_on,
    ]
    marks = {True: "done", False: ""}
    return [
        Step(
            name=str(name),
            note=_note(number, when, done),
            state="current" if number == done else marks[number < done],
        )
        for number, (name, when) in enumerate(zip(STEPS, dates, strict=True))
    ]
