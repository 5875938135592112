"""Pages: how carriers did in a month, the shipments to be checked, and the sign-off."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of, today
from o2c.kernel.sheets.writing import csv_file
from shipping import audits
from shipping.models import AuditSample, ShippingAudit
from shipping.reports.shapes import FIRST_YEAR, LAST_YEAR
from shipping.services import auditing

OK = 200


class SampleForm(forms.Form):
    finding = forms.ChoiceField(
        label=gettext_lazy("What was found"), choices=AuditSample.Finding.choices
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class SignForm(forms.Form):
    conclusion = forms.CharField(
        label=gettext_lazy("Conclusion"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page("shipping.view_shippingaudit")
def audit_list(request: HttpRequest) -> HttpResponse:
    """Show every carrier's month beside the others, with its trend."""
    month = _month(request)
    lines = audits.trend(month)
    scores = [
        audits.score(row) | {"trend": [float(value) for _day, value in lines[row.carrier_id]]}
        for row in audits.audits_of(month)
    ]
    months = ShippingAudit.objects.order_by("-month").values_list("month", flat=True).distinct()
    context = {"scores": scores, "month": month, "months": list(months[:24])}
    return render(request, "shipping/audits.html", context)


@page("shipping.view_shippingaudit")
def audit_csv(request: HttpRequest) -> HttpResponse:
    """Download a month: counts of every carrier, and what was charged beside what was quoted."""
    month = _month(request)
    head = ["carrier", "month", "state", *audits.COUNTS, "currency", "quoted", "charged"]
    rows: list[list[Any]] = []
    for row in audits.audits_of(month):
        known = [row.carrier.name, f"{month:%Y-%m}", row.state]
        known += [row.figures[name] for name in audits.COUNTS]
        costs = row.figures["costs"] or {"": ["", ""]}
        rows += [[*known, currency, *amounts] for currency, amounts in costs.items()]
    return csv_file(f"carriers-{month:%Y-%m}.csv", head, rows)


@page("shipping.view_shippingaudit")
def audit_page(request: HttpRequest, audit_id: int) -> HttpResponse:
    """Show one carrier's month with its sample."""
    return _detail(request, audit_id)


@action("shipping.sign_shippingaudit")
def sample_check(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Note what was found at a shipment."""
    sample, form = get_object_or_404(AuditSample, pk=sample_id), SampleForm(request.POST)
    return _act(request, sample.audit_id, form, sample_id, auditing.check_sample)


@action("shipping.sign_shippingaudit")
def audit_sign(request: HttpRequest, audit_id: int) -> HttpResponse:
    """Sign the month off."""
    row = get_object_or_404(ShippingAudit, pk=audit_id)
    return _act(request, row.pk, SignForm(request.POST), row.pk, auditing.sign_audit)


def _act(
    request: HttpRequest, audit_id: int, form: forms.Form, key: int, service: Callable[..., object]
) -> HttpResponse:
    shown = {"sign_form": form} if isinstance(form, SignForm) else {"refused": (key, form)}
    if not form.is_valid():
        return _detail(request, audit_id, status=UNPROCESSABLE, **shown)

    def work() -> None:
        settings = {"user_id": request.user.pk, "at": clock.now(), "actor": actor_of(request)}
        service(key, **form.cleaned_data, **settings)

    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        add_refusal(refusal, form)
        return _detail(request, audit_id, status=status_of(refusal), **shown)
    return redirect("shipping:audit", audit_id)


def _detail(
    request: HttpRequest,
    audit_id: int,
    *,
    status: int = OK,
    sign_form: forms.Form | None = None,
    refused: tuple[int, forms.Form] | None = None,
) -> HttpResponse:
    rows = ShippingAudit.objects.select_related("carrier", "signed_by")
    row = get_object_or_404(rows, pk=audit_id)
    samples = row.samples.select_related("shipment__customer", "checked_by").order_by("pk")
    pairs = []
    for sample in samples:
        values = {"finding": sample.finding, "note": sample.note}
        is_refused = refused is not None and refused[0] == sample.pk
        form = refused[1] if refused and is_refused else SampleForm(initial=values)
        form.auto_id = f"id_{sample.pk}_%s"
        pairs.append((sample, form))
    trend = audits.trend(row.month)[row.carrier_id]
    context = {
        "audit": row,
        "score": audits.score(row),
        "pairs": pairs,
        "refused": refused[1] if refused else None,
        "sign_form": sign_form or SignForm(),
        "values": [float(value) * 100 for _day, value in trend],
        "labels": [f"{day:%b %y}" for day, _value in trend],
        "words": _("On time, % of the shipments of each month"),
    }
    return render(request, "shipping/audit.html", context, status=status)


def _month(request: HttpRequest) -> date:
    """Return the month that is asked for, or the one before this."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return audits.month_before(today())
    is_plausible = FIRST_YEAR <= month.year <= LAST_YEAR
    return month if is_plausible else audits.month_before(today())
