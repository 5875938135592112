"""Cash application: what came in, what it pays, and what is taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from collection import selectors, services
from collection.forms import AllocationForm, PayerForm, ReasonForm
from collection.models import Receipt
from collection.views.drafts import Draft, allocation_of, totals_of
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import action, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of
from orders.models import Order
from receivables.models import Application


@page("collections.view_receipt")
def receipt_list(request: HttpRequest) -> HttpResponse:
    """List receipts that want work, the oldest opened beside them."""
    view = request.GET.get("view", "open")
    listing = selectors.cash_list(view)
    chosen = listing.receipts[0] if listing.receipts else None
    return _show(request, chosen, listing=listing, view=view)


@page("collections.view_receipt")
def receipt_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one receipt: what it paid, and what it may still pay."""
    return _show(request, _receipt(number))


@action("collections.apply_receipt")
def receipt_apply(request: HttpRequest, number: str) -> HttpResponse:
    """Apply what is left of a receipt to the ticked items, or suggest them again."""
    receipt = _receipt(number)
    if "suggest" in request.POST:
        return redirect("collections:receipt", receipt.number)
    form = allocation_of(_draft_of(receipt), request.POST)
    if form.is_valid():
        try:
            form.run_once(request, lambda: _apply(request, receipt, form))
        except EXPECTED as refusal:
            add_refusal(refusal, form, names=form.names)
        else:
            messages.success(request, _("%(receipt)s is applied.") % {"receipt": receipt})
            return redirect("collections:receipt", receipt.number)
    return _show(request, receipt, form=form, status=UNPROCESSABLE)


def _apply(request: HttpRequest, receipt: Receipt, form: AllocationForm) -> str:
    amounts = form.amounts()
    services.apply_receipt(receipt.pk, amounts=amounts, at=clock.now(), actor=actor_of(request))
    return receipt.number


@action("collections.apply_receipt")
def receipt_identify(request: HttpRequest, number: str) -> HttpResponse:
    """Say whose money it is."""
    receipt, form = _receipt(number), PayerForm(request.POST)
    if form.is_valid() and not form.cleaned_data.get("customer"):
        form.add_error("customer_name", _("Say who paid."))
    if form.is_valid():
        try:
            services.identify_receipt(
                receipt.pk,
                customer_id=form.cleaned_data["customer"],
                at=clock.now(),
                actor=actor_of(request),
            )
        except EXPECTED as refusal:
            add_refusal(refusal, form, names={"customer": "customer_name"})
        else:
            return redirect("collections:receipt", receipt.number)
    return _show(request, receipt, payer_form=form, status=UNPROCESSABLE)


@action("collections.apply_receipt")
def application_take_back(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take an application back, with a reason."""
    application = get_object_or_404(Application, pk=application_id)
    key = application.source.rpartition(":")[2]
    receipt = get_object_or_404(Receipt.objects.select_related("customer", "reserved_for"), pk=key)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        text = _("Say why it is taken back.")
        return _show(request, receipt, error=text, status=UNPROCESSABLE)
    try:
        services.take_back(
            application_id,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            actor=actor_of(request),
        )
    except EXPECTED as refusal:
        return _show(request, _receipt(receipt.number), error=explain(refusal)[1], status=CONFLICT)
    messages.success(request, _("It is taken back: the item is open again."))
    return redirect("collections:receipt", receipt.number)


@action("collections.apply_receipt")
def receipt_reserve(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the money for an order that is paid in advance."""
    receipt = _receipt(number)
    order = get_object_or_404(Order, number=request.POST.get("order", ""))
    try:
        services.reserve_receipt(
            receipt.pk, order_id=order.pk, at=clock.now(), actor=actor_of(request)
        )
    except EXPECTED as refusal:
        return _show(request, _receipt(number), error=explain(refusal)[1], status=CONFLICT)
    messages.success(
        request,
        _("The money is kept for %(order)s, which goes on once all of it is paid.")
        % {"order": order},
    )
    return redirect("collections:receipt", number)


@action("collections.apply_receipt")
def receipt_free(request: HttpRequest, number: str) -> HttpResponse:
    """Stop keeping the money for an order, with a reason."""
    receipt, form = _receipt(number), ReasonForm(request.POST)
    if not form.is_valid():
        text = _("Say why the order does not get the money.")
        return _show(request, receipt, error=text, status=UNPROCESSABLE)
    try:
        services.free_receipt(
            receipt.pk,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            actor=actor_of(request),
        )
    except EXPECTED as refusal:
        return _show(request, _receipt(number), error=explain(refusal)[1], status=CONFLICT)
    messages.success(request, _("The money is free for other invoices and orders."))
    return redirect("collections:receipt", number)


def _receipt(number: str) -> Receipt:
    receipts = Receipt.objects.select_related("customer", "reserved_for")
    return get_object_or_404(receipts, number=number)


def _draft_of(receipt: Receipt) -> Draft:
    return Draft(
        customer=receipt.customer,
        amount=receipt.free,
        text=f"{receipt.reference} {receipt.payer_text}",
    )


def _show(
    request: HttpRequest,
    receipt: Receipt | None,
    *,
    listing: selectors.CashList | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Draw the list with a receipt beside it; `shown` holds forms that were refused."""
    view = request.GET.get("view", "open")
    context: dict[str, Any] = {
        "listing": listing or selectors.cash_list(view),
        "view": view,
        "receipt": receipt,
        "applications": receipt and selectors.applications_of(receipt),
        "payables": selectors.orders_to_pay(receipt) if receipt else [],
        "form": None,
        "payer_form": None,
        **_forms_of(request, receipt),
        **shown,
    }
    if context["form"] is not None and receipt is not None:
        context["totals"] = totals_of(_draft_of(receipt), context["form"])
    return render(request, "collections/cash.html", context, status=status)


def _forms_of(request: HttpRequest, receipt: Receipt | None) -> dict[str, Any]:
    """Return what can be done next with a receipt: say whose it is, or apply what is left."""
    if receipt is not None and receipt.state == Receipt.State.UNIDENTIFIED:
        return {"payer_form": PayerForm()}
    if receipt is not None and receipt.state == Receipt.State.IDENTIFIED and receipt.free:
        sent = request.GET if "keep" in request.GET else None
        return {"form": allocation_of(_draft_of(receipt), sent)}
    return {}
