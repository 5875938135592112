"""Receivables at a glance, and the rows behind each figure."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from o2c.kernel.pages import page
from o2c.kernel.ui.charts import AGE_LABELS
from o2c.kernel.ui.dates import day
from o2c.kernel.ui.figures import Text
from o2c.kernel.ui.plots import Line
from reporting.links import link, page_of
from reporting.selectors.item_rows import item_rows
from reporting.selectors.receivables import (
    Figures,
    Period,
    aging,
    figures,
    latest_payers,
)
from reporting.views.days import company_today, date_asked

# Weeks for the quarter, months for the year.
SPANS = {"weeks": (7, _("13 weeks")), "months": (28, _("12 months"))}
NAMES: dict[str, Text] = {
    "balance": _("Receivables"),
    "overdue": _("Overdue"),
    "current": _("Not overdue"),
    "sales": _("Credit sales of the period"),
    **{f"age-{age}": name for age, name in enumerate(AGE_LABELS)},
}


@page("kernel.view_dashboard")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show DSO, what is overdue and how old it is, as of a date."""
    may = request.user.has_perm
    span = request.GET.get("span", "weeks")
    period = period_asked(request, span=span)
    found = figures(period)
    buckets = aging(period)
    total = sum(bucket.balance for bucket in buckets)
    context = {
        "period": period,
        "spans": [(key, name) for key, (_stride, name) in SPANS.items()],
        "span": span,
        "figures": found,
        "point": found.now,
        "buckets": [
            (bucket, AGE_LABELS[bucket.age], bucket.balance / total if total else None)
            for bucket in buckets
        ],
        "bucket_count": sum(bucket.count for bucket in buckets),
        "bucket_total": total,
        "ages": [bucket.balance for bucket in buckets],
        "accounts": [
            (account, page_of("late_customer", account.customer_id, may=may))
            for account in latest_payers(period)
        ],
        "overdue_url": link("collections:overdue"),
        **_chart(found),
    }
    return render(request, "reporting/dashboard.html", context)


@page("kernel.view_dashboard")
def figure_rows(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the items that make one figure of the dashboard."""
    if kind not in NAMES:
        raise Http404
    period = period_asked(request, span="weeks")
    listing = item_rows(
        period,
        kind,
        customer=request.GET.get("customer", ""),
        after=request.GET.get("after", ""),
    )
    may = request.user.has_perm
    context = {
        "period": period,
        "name": NAMES[kind],
        "listing": listing,
        "rows": [(row, page_of("invoice", row.number, may=may)) for row in listing.rows],
    }
    if request.htmx and request.GET.get("after"):  # type: ignore[attr-defined]
        return render(request, "reporting/figure_rows.html#rows", context)
    return render(request, "reporting/figure_rows.html", context)


def period_asked(request: HttpRequest, *, span: str) -> Period:
    """Return the date and currency that the query asks for: today's and the company's if none."""
    company, today = company_today()
    home = company.currency if company else "EUR"
    asked = request.GET.get("currency", "").upper()
    return Period(
        as_of=min(date_asked(request, "as_of") or today, today),
        currency=asked or home,
        stride=SPANS.get(span, SPANS["weeks"])[0],
    )


def _labels(days: list[date]) -> list[str]:
    """Name the month with its first point only, so that the labels do not crowd."""
    before = [None, *(when.month for when in days)]
    return [
        str(day(when)) if when.month != month else str(when.day)
        for when, month in zip(days, before, strict=False)
    ]


def _chart(found: Figures) -> dict[str, object]:
    """Return the chart's lines; without sales in the whole time there is none."""
    known = [point for point in found.line if point.dso is not None]
    lines = [
        Line(values=[point.dso or 0 for point in known]),
        Line(values=[point.best_dso or 0 for point in known], style="l3"),
    ]
    return {
        "lines": lines if known else [],
        "labels": _labels([point.day for point in known]),
        "known": known,
    }
