"""The list of orders."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from o2c.kernel.pages import page
from o2c.kernel.sheets.writing import csv_file
from orders.models import Order
from reporting.links import link
from reporting.selectors.order_list import (
    EXPORT_SIZE,
    NEWEST,
    PAGE_SIZE,
    Filters,
    list_orders,
    views_of,
)
from reporting.views.days import company_today, date_asked


@page("kernel.view_company")
def order_list(request: HttpRequest) -> HttpResponse:
    """Show one page of orders; htmx gets the rows alone."""
    company, today = company_today()
    filters = filters_asked(request)
    listing = list_orders(filters, user_id=_user_id(request), today=today, size=PAGE_SIZE)
    context = {"listing": listing, "filters": filters, "today": today}
    context["currency"] = company.currency if company else ""
    if request.htmx and filters.after:  # type: ignore[attr-defined]
        return render(request, "reporting/orders.html#more", context)
    views = views_of(_user_id(request), today=today)
    context |= {
        "views": views,
        "open_count": views[0].count,
        "late_count": next(view.count for view in views if view.key == "late"),
        "states": [
            state for state in Order.State.choices if filters.view in {"open", "all", "over"}
        ],
        "release_url": link("fulfillment:release"),
        "new_url": link("orders:new"),
        "intake_url": link("orders:intake"),
        "has_filters": bool(filters.text or filters.state or filters.customer),
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "reporting/orders.html#list", context)
    return render(request, "reporting/orders.html", context)


@page("kernel.view_company")
def export_orders(request: HttpRequest) -> HttpResponse:
    """Give the filtered list as a CSV file, at most the first 10,000 orders."""
    _company, today = company_today()
    filters = filters_asked(request)
    listing = list_orders(filters, user_id=_user_id(request), today=today, size=EXPORT_SIZE)
    head = [_("Order"), _("Customer"), _("Customer PO"), _("State"), _("Requested"), _("Promised")]
    head += [_("Lines"), _("Net"), _("Total"), _("Currency"), _("Owner")]
    rows = (
        (
            row.order.number,
            row.order.customer.name,
            row.order.customer_po,
            str(Order.State(row.order.state).label),
            row.order.requested_on,
            row.facts.promised_on,
            row.facts.lines,
            row.order.net_amount,
            row.order.gross_amount,
            row.order.currency,
            str(row.order.owner or ""),
        )
        for row in listing.rows
    )
    return csv_file(f"orders-{today}.csv", head, rows)


def filters_asked(request: HttpRequest) -> Filters:
    asked = request.GET
    return Filters(
        view=asked.get("view", "open"),
        text=asked.get("q", "").strip()[:100],
        state=asked.get("state", ""),
        customer=asked.get("customer", "").strip().upper(),
        requested_to=date_asked(request, "to"),
        sort=asked.get("sort", NEWEST),
        after=asked.get("after", ""),
    )


def _user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None  # the page lets only signed-in people in
    return request.user.pk
