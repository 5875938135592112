"""The price check: what a customer would pay, beside what they wrote."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from catalog.forms import CheckForm
from catalog.price_check import Line, check, read_lines
from catalog.views.common import customer_asked
from o2c.kernel.errors import InvalidInput
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import page
from o2c.kernel.requests import UNPROCESSABLE, today
from o2c.kernel.sheets.writing import csv_file

PERCENT = Decimal(100)


@page("catalog.view_price")
def price_check(request: HttpRequest) -> HttpResponse:
    """Price what was typed or pasted; the address holds the question, so it can be sent on."""
    if "lines" not in request.GET:
        customer = customer_asked(request)
        initial: dict[str, Any] = {"on": today(), "tolerance": 0}
        if customer is not None:
            initial |= {"customer": customer.pk, "customer_name": customer.name}
        return render(request, "catalog/price_check.html", {"form": CheckForm(initial=initial)})
    form = CheckForm(request.GET)
    lines = _checked(form)
    if lines is None:
        return render(request, "catalog/price_check.html", {"form": form}, status=UNPROCESSABLE)
    tolerance = form.cleaned_data["tolerance"] / PERCENT
    if request.GET.get("format") == "csv":
        return _file(form, lines)
    context: dict[str, Any] = {
        "form": form,
        "customer": form.chosen,
        "ship_to": form.place(),
        "lines": [(line, line.is_within(tolerance)) for line in lines],
        "total": sum((line.net_amount for line in lines if line.net_amount), Decimal(0)),
    }
    return render(request, "catalog/price_check.html", context)


def _checked(form: CheckForm) -> list[Line] | None:
    if not form.is_valid() or form.chosen is None:
        return None
    try:
        lines = read_lines(form.cleaned_data["lines"])
    except InvalidInput as refusal:
        add_refusal(refusal, form)
        return None
    return check(lines, customer=form.chosen, ship_to=form.place(), on=form.cleaned_data["on"])


def _file(form: CheckForm, lines: list[Line]) -> HttpResponse:
    head = [
        *(_("Code"), _("SKU"), _("Item"), _("Quantity"), _("Price"), _("Currency"), _("Source")),
        *(_("Discount"), _("Net"), _("They wrote"), _("Next break"), _("Price then")),
        *(_("Tax category"), _("Tax rate"), _("Reason"), _("Problem")),
    ]
    currency = form.chosen.currency if form.chosen else ""
    day = form.cleaned_data["on"]
    return csv_file(f"prices-{day}.csv", head, [_row(line, currency) for line in lines])


def _row(line: Line, currency: str) -> list[object]:
    price, product, tax, more = line.price, line.product, line.tax, line.next_break
    return [
        *(line.code, product.sku if product else "", product.name if product else ""),
        *(line.quantity, price.amount if price else None, currency),
        *(price.source if price else "", price.discount_rate if price else None),
        *(line.net_amount, line.written),
        *(more.min_quantity if more else None, more.price.amount if more else None),
        *(tax.category if tax else "", tax.rate if tax else None, tax.reason if tax else ""),
        line.problem,
    ]
