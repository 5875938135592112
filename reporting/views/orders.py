"""The list of orders."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from credit.models import CreditCheck
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, page
from o2c.kernel.requests import number_of
from o2c.kernel.sheets.writing import csv_file
from orders.models import Channel, Order
from reporting import saved_views
from reporting.links import link, list_again
from reporting.order_filters import chips_of, filters_of, owners
from reporting.saved_views import query_kept, views_for
from reporting.selectors.order_list import EXPORT_SIZE, PAGE_SIZE, Filters, list_orders, views_of
from reporting.views.days import company_today


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
    user: User = request.user  # type: ignore[assignment]
    saved = [(view, filters_of(QueryDict(view.query))) for view in views_for(user)]
    views = views_of(user.pk, today=today, saved=saved)
    context |= {
        "views": views,
        "chosen": number_of(request.GET.get("saved")),
        "query_kept": query_kept(request.GET),
        "my_roles": list(user.groups.values_list("name", flat=True)),
        "channels": Channel.choices,
        "owners": owners(),
        "cancel_reasons": Order.CancelReason.choices,
        "chips": chips_of(filters),
        "is_roomy": saved_views.is_roomy(user),
        "open_count": views[0].count,
        "late_count": next(view.count for view in views if view.key == "late"),
        "states": [
            state for state in Order.State.choices if filters.view in {"open", "all", "over"}
        ],
        "new_url": link("orders:new"),
        "intake_url": link("orders:intake"),
        "has_filters": filters != Filters(view=filters.view, sort=filters.sort),
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "reporting/orders.html#list", context)
    return render(request, "reporting/orders.html", context)


@action("kernel.view_company")
def set_rows(request: HttpRequest) -> HttpResponse:
    """Keep whether somebody likes rows close together or far apart, and show the list so."""
    is_roomy = request.POST.get("rows") == "roomy"
    saved_views.set_row_height(_user_id(request), is_roomy=is_roomy)
    return redirect(list_again(request))


@page("kernel.view_company")
def export_orders(request: HttpRequest) -> HttpResponse:
    """Give the filtered list as a CSV file, at most the first 10,000 orders."""
    _company, today = company_today()
    filters = filters_asked(request)
    listing = list_orders(filters, user_id=_user_id(request), today=today, size=EXPORT_SIZE)
    head = [_("Order"), _("Customer"), _("Customer PO"), _("State"), _("Requested"), _("Promised")]
    head += [_("Lines"), _("Net"), _("Total"), _("Currency"), _("Credit"), _("Owner")]
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
            str(CreditCheck.Outcome(row.credit).label) if row.credit else "",
            str(row.order.owner or ""),
        )
        for row in listing.rows
    )
    return csv_file(f"orders-{today}.csv", head, rows)


@action("kernel.view_company")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is filtered now under a name."""
    user: User = request.user  # type: ignore[assignment]
    query = query_kept(QueryDict(request.POST.get("query", "")))
    try:
        view = saved_views.save_view(
            user=user,
            name=request.POST.get("name", ""),
            query=query,
            role=request.POST.get("role", ""),
            at=clock.now(),
        )
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect(f"{reverse('reporting:order-list')}?{query}")
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('reporting:order-list')}?{view.query}&saved={view.pk}")


@action("kernel.view_company")
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Remove a view of one's own."""
    user: User = request.user  # type: ignore[assignment]
    try:
        saved_views.remove_view(view_id, user=user)
        messages.success(request, _("The view is removed."))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("reporting:order-list")


def filters_asked(request: HttpRequest) -> Filters:
    return filters_of(request.GET)


def _user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None  # the page lets only signed-in people in
    return request.user.pk
