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
from orders.portal.words import word_of
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
PACKING, DELIVERY, BILL = 2, 4, 5
# Which of the six steps an order has come to in each state.
REACHED = {
    State.SUBMITTED: 0,
    State.IN_REVIEW: 0,
    State.ON_HOLD: 0,
    State.RELEASED: 1,
    State.FULFILLING: PACKING,
    State.SHIPPED: 3,
    State.DELIVERED: DELIVERY,
    # Shown only while something of it is on the way: billed, or even paid, before it arrives.
    State.INVOICED: 3,
    State.CLOSED: 3,
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
        "orders": [(order, word_of(order), steps_of(order, facts)) for order, facts in orders],
        "confirmed": Order.CONFIRMED,
        "past_orders": [(order, word_of(order)) for order in selectors.past_orders(customer)],
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


def _note(number: int, when: date | None, state: str) -> str:
    """Date a step: when it was done, since when it is going on, when it is expected."""
    if when is None:
        return ""
    if state == "current" and number == PACKING:
        return format_html(str(_("since {}")), day(when))
    if state:
        return str(day(when))
    return format_html(str(_("expected {}") if number == DELIVERY else _("in part {}")), day(when))


def steps_of(order: Order, facts: Facts) -> list[Step]:
    """Return the six steps that a customer sees, with the dates that are known."""
    reached = REACHED[State(order.state)]
    states = ["done"] * reached + ["current"] + [""] * (len(STEPS) - reached - 1)
    if order.state in selectors.BILLED:
        states[BILL] = "done"
    coming = facts.arrives_on or facts.expected_on or facts.promised_on
    dates = [
        order.submitted_at,
        order.released_at,
        facts.picking_at,
        facts.shipped_at,
        facts.arrived_at if states[DELIVERY] else coming,
        facts.invoiced_on,
    ]
    return [
        Step(name=str(name), note=_note(number, when, state), state=state)
        for number, (name, when, state) in enumerate(zip(STEPS, dates, states, strict=True))
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
