"""What a customer's people see: their own orders, deliveries and invoices, and nobody else's."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.portal import portal_page
from invoicing.models import Invoice
from invoicing.services import pdf_of
from o2c.kernel import clock, downloads
from o2c.kernel.ui.charts import Step
from o2c.kernel.ui.dates import day
from o2c.kernel.ui.figures import Text
from orders.models import Order
from orders.portal.words import WORDS
from reporting.selectors import portal as selectors
from reporting.selectors.facts import Facts
from reporting.views.days import company_today
from shipping.models import Shipment

State = Order.State
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
    Shipment.State.RETURNED: (_("Returned"), "off"),
    Shipment.State.LOST: (_("Lost"), "off"),
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


@portal_page
def to_pay(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Answer an order's page: what is overdue, by invoice, and how to pay it."""
    company, today = company_today()
    overdue = [item for item in selectors.open_items(customer) if item.due_on < today]
    context = {
        "items": overdue,
        "balances": selectors.balances(overdue, today=today),
        "company": company,
        "customer": customer,
    }
    return render(request, "reporting/portal_to_pay.html", context)
