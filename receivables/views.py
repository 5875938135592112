"""Pages and panels about what is owed."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, DomainError, explain
from o2c.kernel.money import round_money
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, today, wants_part
from receivables import aging, memos, selectors, services
from receivables.forms import CloseForm, DisputeForm, ItemFilter, ReviewForm
from receivables.models import Dispute, InvoiceReview, OpenItem
from receivables.payment_history import days_after_due, tone_of_days

PANEL_ROWS = 10


@page("receivables.view_openitem")
def item_list(request: HttpRequest) -> HttpResponse:
    """List the items owed on a day, longest due first; the next rows alone for htmx."""
    form = ItemFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    as_of = chosen.get("as_of") or today()
    text, bucket = chosen.get("q", ""), chosen.get("bucket")
    after = chosen.get("after", "")
    context = {
        "as_of": as_of,
        "text": text,
        "bucket": bucket,
        "listing": selectors.item_list(as_of=as_of, text=text, bucket=bucket, after=after),
        "totals": aging.totals(as_of=as_of),
    }
    template = "receivables/items.html"
    if wants_part(request):
        template += "#more" if after else "#rows"
    return render(request, template, context)


@page("receivables.view_invoicereview")
def review_list(request: HttpRequest) -> HttpResponse:
    """List the invoices that come due soon and are to be looked at."""
    context = {"reviews": selectors.open_reviews(), "today": today()}
    return render(request, "receivables/reviews.html", context)


@form_page("receivables.work_invoicereview")
def review_work(request: HttpRequest, review_id: int) -> HttpResponse:
    """Close a review with what was found."""
    reviews = InvoiceReview.objects.select_related("item__invoice", "item__customer")
    review = get_object_or_404(reviews, pk=review_id)
    form = ReviewForm(request.POST or None)
    error = ""
    if form.is_valid():
        try:
            services.work_review(
                review_id, **form.cleaned_data, at=clock.now(), actor=actor_of(request)
            )
        except REFUSALS as refusal:
            error = _refused(form, refusal)
        else:
            invoice = review.item.invoice
            messages.success(request, _("%(invoice)s is reviewed.") % {"invoice": invoice})
            return redirect("receivables:reviews")
    context = {"review": review, "item": review.item, "form": form, "error": error}
    return render(request, "receivables/review.html", context, status=_status(form, error))


@page("receivables.view_dispute")
def dispute_list(request: HttpRequest) -> HttpResponse:
    """List the disputes that nobody has decided."""
    context = {"disputes": selectors.standing_disputes()}
    return render(request, "receivables/disputes.html", context)


@form_page("receivables.work_dispute")
def dispute_open(request: HttpRequest, item_id: int) -> HttpResponse:
    """Open a dispute of an item."""
    try:
        item = selectors.item_for_page(item_id)
    except OpenItem.DoesNotExist:
        raise Http404 from None
    balance = round_money(item.balance, item.currency)
    form = DisputeForm(request.POST or None, initial={"amount": balance})
    error = ""
    if form.is_valid():
        try:
            form.run_once(request, lambda: _dispute(request, item, form))
        except REFUSALS as refusal:
            error = _refused(form, refusal)
        else:
            invoice = item.invoice
            messages.success(request, _("The dispute of %(item)s is open.") % {"item": invoice})
            return redirect("receivables:disputes")
    context = {"item": item, "form": form, "error": error}
    return render(request, "receivables/dispute.html", context, status=_status(form, error))


@action("receivables.work_dispute")
def dispute_take(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Note that somebody looks into a dispute."""
    get_object_or_404(Dispute, pk=dispute_id)
    try:
        services.investigate_dispute(dispute_id, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        context = {"disputes": selectors.standing_disputes(), "error": explain(refusal)[1]}
        return render(request, "receivables/disputes.html", context, status=CONFLICT)
    return redirect("receivables:disputes")


@form_page("receivables.work_dispute")
def dispute_close(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """End a dispute with what was found out."""
    disputes = Dispute.objects.select_related("item__invoice", "item__customer")
    dispute = get_object_or_404(disputes, pk=dispute_id)
    form = CloseForm(request.POST or None)
    error = ""
    if form.is_valid():
        try:
            services.close_dispute(
                dispute_id, **form.cleaned_data, at=clock.now(), actor=actor_of(request)
            )
        except REFUSALS as refusal:
            error = _refused(form, refusal)
        else:
            messages.success(request, _("The dispute is closed."))
            return redirect("receivables:disputes")
    context = {"dispute": dispute, "item": dispute.item, "form": form, "error": error}
    return render(request, "receivables/dispute_close.html", context, status=_status(form, error))


@page("receivables.view_openitem")
def summary_panel(request: HttpRequest) -> HttpResponse:
    """Show all balances by age."""
    context = {"totals": aging.totals(as_of=today())}
    return render(request, "receivables/summary_panel.html", context)


@page("receivables.view_openitem")
def customer_panel(request: HttpRequest) -> HttpResponse:
    """Show what the customer with the number `?customer=` owes, by age and by item."""
    customer = get_object_or_404(Customer, number=request.GET.get("customer", ""))
    day = today()
    context = {
        "customer": customer,
        "totals": aging.totals(as_of=day, customer_id=customer.pk),
        "listing": selectors.item_list(as_of=day, customer_id=customer.pk, limit=PANEL_ROWS),
        "credits": memos.open_memos(customer.pk),
    }
    return render(request, "receivables/customer_panel.html", context)


@page("receivables.view_openitem")
def payment_history(request: HttpRequest) -> HttpResponse:
    """Show how late the customer with the number `?customer=` has paid, month by month."""
    customer = get_object_or_404(Customer, number=request.GET.get("customer", ""))
    months = days_after_due(customer.pk, today=today())
    paid = [month for month in months if month.days is not None]
    context = {
        "months": months,
        "paid": paid,
        "values": [max(month.days or 0, 0) for month in months],
        "texts": ["" if month.days is None else str(month.days) for month in months],
        "tones": [tone_of_days(month.days or 0) for month in months],
        "labels": [date_format(month.begins_on, "M") for month in months],
        "sentence": _("Paid %(first)s days after the due date at first, %(last)s at last")
        % {"first": paid[0].days, "last": paid[-1].days}
        if paid
        else "",
    }
    return render(request, "receivables/payment_history.html", context)


@page("receivables.view_openitem")
def invoice_panel(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Show what is still owed of an invoice, and what was applied to it."""
    rows = selectors.rows_of_invoice(invoice_id, as_of=today())
    context = {
        "rows": rows,
        "balance": sum(row.balance for row in rows),
        "days_late": max((row.days_late for row in rows if row.balance), default=0),
        "applications": selectors.applications_of(row.item for row in rows),
    }
    return render(request, "receivables/invoice_panel.html", context)


def _dispute(request: HttpRequest, item: OpenItem, form: DisputeForm) -> int:
    entered = {name: form.cleaned_data[name] for name in ("amount", "reason", "note")}
    dispute = services.open_dispute(item.pk, **entered, at=clock.now(), actor=actor_of(request))
    return dispute.pk


def _refused(form: forms.Form, refusal: Exception) -> str:
    """Show a refusal at the field that it is about, else above the form."""
    if isinstance(refusal, DomainError) and refusal.field in form.fields:
        form.add_error(refusal.field, str(refusal))
        return ""
    return explain(refusal)[1]


def _status(form: forms.Form, error: str) -> int:
    if error:
        return CONFLICT
    return UNPROCESSABLE if form.errors else 200
