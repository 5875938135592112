"""The form that records money, with what it would pay."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collection import selectors, services
from collection.forms import AllocationForm, ReceiptForm
from collection.views.drafts import Draft, allocation_of, draft_of, totals_of
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import form_page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, today


@form_page("collections.record_receipt")
@require_http_methods(["GET", "POST"])
def receipt_new(request: HttpRequest) -> HttpResponse:
    """Record money. A GET with entries, or the button that suggests, shows what they would pay."""
    if request.method == "POST" and "suggest" not in request.POST:
        return _record(request)
    entries = request.POST or request.GET
    draft = draft_of(entries)
    initial = {
        "received_on": today(),
        "customer_name": draft.customer.name if draft.customer else "",
        **{name: value for name, value in entries.items() if value},
    }
    form = ReceiptForm(initial=initial)
    sent = request.GET if "keep" in request.GET else None
    return _show_new(request, form, allocation_of(draft, sent), draft)


def _record(request: HttpRequest) -> HttpResponse:
    draft = draft_of(request.POST)
    form, allocation = ReceiptForm(request.POST), allocation_of(draft, request.POST)
    if form.is_valid() and allocation.is_valid():
        try:
            number = form.run_once(request, lambda: _carry_out(request, form, allocation))
        except EXPECTED as refusal:
            add_refusal(refusal, form, allocation, names=allocation.names)
        else:
            messages.success(request, _("%(receipt)s is recorded.") % {"receipt": number})
            return redirect("collections:receipt", number)
    return _show_new(request, form, allocation, draft, status=UNPROCESSABLE)


def _carry_out(request: HttpRequest, form: ReceiptForm, allocation: AllocationForm) -> str:
    entered = form.cleaned_data
    payer = Customer.objects.filter(pk=entered["customer"]).first() if entered["customer"] else None
    currency = entered["currency"] or (payer or the_company()).currency
    receipt = services.record_receipt(
        customer_id=payer.pk if payer else None,
        method=entered["method"],
        currency=currency,
        amount=entered["amount"],
        received_on=entered["received_on"],
        reference=entered["reference"],
        payer_text=entered["payer_text"],
        apply_to=allocation.amounts(),
        at=clock.now(),
        actor=actor_of(request),
    )
    return receipt.number


def _show_new(
    request: HttpRequest,
    form: ReceiptForm,
    allocation: AllocationForm,
    draft: Draft,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "listing": selectors.cash_list("open"),
        "view": "open",
        "form": form,
        "allocation": allocation,
        "payer": draft.customer,
        "currency": draft.customer.currency if draft.customer else the_company().currency,
        "totals": totals_of(draft, allocation),
    }
    return render(request, "collections/receipt_new.html", context, status=status)
