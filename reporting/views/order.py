"""The page of one order, across all stages."""

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from o2c.kernel.pages import page
from o2c.kernel.requests import number_of
from o2c.kernel.ui.trail import trail
from orders.models import Order, OrderLine
from reporting.links import page_of
from reporting.order.actions import actions_for
from reporting.order.blocks import blocks_of
from reporting.order.documents import documents_of
from reporting.order.stepper import steps_of
from reporting.order.timeline import timeline_of
from reporting.selectors.credit_words import credit_word
from reporting.selectors.order_page import OrderFile, audit_trail, order_file
from shipping.models import Shipment


@page("kernel.view_company")
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show an order: how far it is, what stops it, its lines, documents and history."""
    file = _file(number)
    entries, before = audit_trail(file.labels)
    actions = actions_for(file, request.user)
    context = {
        "file": file,
        "order": file.order,
        "condition_count": file.facts.backordered,
        "steps": steps_of(file),
        "blocks": blocks_of(file, may=request.user.has_perm),
        "lines": [(line, line_state(line, file.order)) for line in file.lines],
        "documents": documents_of(file, may=request.user.has_perm),
        "events": timeline_of(file),
        "changes": list(trail(entries)),
        "more_url": more_url(file.order, before),
        "actions": actions,
        "can_rank": request.user.has_perm("orders.approve_order")
        and file.order.state in (Order.State.DRAFT, *Order.OPEN),
        "credit_check": file.checks[0] if file.checks else None,
        "credit_word": credit_word(file.order, file.checks[0].outcome if file.checks else ""),
        "customer_url": page_of("customer", file.order.customer.number, may=request.user.has_perm),
        "shipment": file.shipments[-1] if file.shipments else None,
    }
    return render(request, "reporting/order.html", context)


@page("kernel.view_auditentry")
def order_trail(request: HttpRequest, number: str) -> HttpResponse:
    """Show the next entries of the audit trail: rows for htmx, else the whole page's trail."""
    file = _file(number)
    asked = number_of(request.GET.get("before")) or 0
    entries, before = audit_trail(file.labels, before=asked)
    context = {
        "order": file.order,
        "changes": list(trail(entries)),
        "more_url": more_url(file.order, before),
    }
    is_panel = request.htmx  # type: ignore[attr-defined]
    name = "reporting/order_trail.html#rows" if is_panel else "reporting/order_trail.html"
    return render(request, name, context)


def more_url(order: Order, before: int) -> str:
    """Return where the older entries are; nothing when there are none."""
    address = reverse("reporting:order-trail", args=[order.number])
    return f"{address}?before={before}" if before else ""


def line_state(line: OrderLine, order: Order) -> str:
    """Return the word of a line: how far what is wanted of it has come."""
    wanted = line.ordered - line.cancelled
    if not wanted:
        return "cancelled"
    reached = {
        "delivered": line.delivered >= wanted,
        **_ends_of(line, wanted),
        "shipped": line.shipped >= wanted,
        "picked": line.picked >= wanted,
        "allocated": line.allocated + line.shipped >= wanted,
        "part_allocated": line.allocated + line.shipped > 0,
        "backordered": order.state in Order.CONFIRMED,
    }
    return next((word for word, is_so in reached.items() if is_so), "open")


def _ends_of(line: OrderLine, wanted: Decimal) -> dict[str, bool]:
    """Say whether what left of a line, all of it, is at an end without having arrived."""
    states = set(line.shipment_states)  # type: ignore[attr-defined]  # annotated
    is_over = line.shipped >= wanted and states.isdisjoint(Shipment.ON_THE_WAY)
    return {
        "lost": is_over and Shipment.State.LOST in states,
        "returned": is_over and Shipment.State.RETURNED in states,
    }


def _file(number: str) -> OrderFile:
    try:
        return order_file(number)
    except Order.DoesNotExist:
        raise Http404 from None
