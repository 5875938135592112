"""Pages about invoices."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from invoicing import credit_selectors, selectors, services
from invoicing.forms import FreightForm, SendForm
from invoicing.models import Invoice
from invoicing.payment import offers_of, parts_of
from o2c.kernel import clock, downloads
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.forms import carry_out
from o2c.kernel.money import round_money
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, wants_part
from orders.models import Amendment


@page("invoicing.view_invoice")
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """Show what of an amended order is invoiced: that part stays as it is."""
    found = get_object_or_404(Amendment, number=number)
    invoices = selectors.invoices_of(found.order_id)
    return render(request, "invoicing/amendment.html", {"invoices": invoices})


@page("invoicing.view_invoice")
def invoice_list(request: HttpRequest) -> HttpResponse:
    """List invoices, newest first, by what the search finds; the next rows alone for htmx."""
    chosen = {name: request.GET.get(name, "") for name in ("q", "state", "sent", "kind", "after")}
    listing = selectors.invoice_list(
        text=chosen["q"],
        state=chosen["state"],
        sent=chosen["sent"],
        kind=chosen["kind"],
        after=chosen["after"],
    )
    context = {**chosen, "listing": listing, "counts": selectors.counts()}
    template = "invoicing/list.html"
    if wants_part(request):
        template += "#more" if chosen["after"] else "#rows"
    return render(request, template, context)


@page("invoicing.view_invoice")
def invoice_detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one invoice: what it says, how it was sent, what happened to it."""
    return _detail(request, ref)


@page("invoicing.view_invoice")
def invoice_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the document of an issued invoice."""
    try:
        document = services.pdf_of(_invoice(ref))
    except services.NotIssued as refusal:
        return _detail(request, ref, error=str(refusal))
    return downloads.shown(document)


@action("invoicing.issue_invoice")
def invoice_issue(request: HttpRequest, ref: str) -> HttpResponse:
    """Issue a draft whose findings were mended."""
    try:
        invoice = services.issue_invoice(_invoice(ref).pk, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        return _detail(request, ref, error=explain(refusal)[1])
    messages.success(request, _("%(invoice)s is issued.") % {"invoice": invoice})
    return redirect("invoicing:detail", ref=invoice.reference)


@action("invoicing.issue_invoice")
def invoice_redraft(request: HttpRequest, ref: str) -> HttpResponse:
    """Discard a draft and bill its shipment again."""
    try:
        made = services.redraft_invoice(
            _invoice(ref).pk,
            reason=_("Billed again by what the order says now."),
            at=clock.now(),
            actor=actor_of(request),
        )
    except REFUSALS as refusal:
        return _detail(request, ref, error=explain(refusal)[1])
    messages.success(request, _("The draft is discarded and the delivery billed again."))
    return redirect("invoicing:detail", ref=made[0].reference if made else ref)


@action("invoicing.issue_invoice")
def invoice_freight(request: HttpRequest, ref: str) -> HttpResponse:
    """Charge so much freight with a draft, or none."""
    invoice, form = _invoice(ref), FreightForm(request.POST)
    done, status = carry_out(
        form,
        lambda: services.set_freight(
            invoice.pk, **form.cleaned_data, at=clock.now(), actor=actor_of(request)
        ),
    )
    if done is None:
        return _detail(request, ref, freight_form=form, status=status)
    messages.success(request, _("The freight is set."))
    return redirect("invoicing:detail", ref=ref)


@form_page("invoicing.send_invoice")
def invoice_send(request: HttpRequest, ref: str) -> HttpResponse:
    """Send an issued invoice again, to whom it went last or to somebody else."""
    invoice = _invoice(ref)
    initial = {"recipient": selectors.recipient_of(invoice.customer)}
    form = SendForm(request.POST or None, initial=initial)
    error = ""
    if form.is_valid():
        recipient = form.cleaned_data["recipient"]
        try:
            form.run_once(request, lambda: _send(request, invoice, recipient))
        except REFUSALS as refusal:
            error = explain(refusal)[1]
        else:
            messages.success(request, _("The invoice goes to %(to)s.") % {"to": recipient})
            return redirect("invoicing:detail", ref=ref)
    context = {"invoice": invoice, "form": form, "error": error}
    status = CONFLICT if error else UNPROCESSABLE if form.errors else 200
    return render(request, "invoicing/send.html", context, status=status)


def _send(request: HttpRequest, invoice: Invoice, recipient: str) -> int:
    delivery = services.resend_invoice(
        invoice.pk, recipient=recipient, at=clock.now(), actor=actor_of(request)
    )
    return delivery.pk


def _detail(
    request: HttpRequest,
    ref: str,
    error: str = "",
    freight_form: FreightForm | None = None,
    status: int = 200,
) -> HttpResponse:
    invoice = _invoice(ref)
    lines, taxes = selectors.parts_of(invoice)
    context = {
        "invoice": invoice,
        "lines": lines,
        "charges": [row for row in selectors.charges_of(invoice) if row.net_amount],
        "taxes": taxes,
        "freight_form": freight_form or _freight_form(request, invoice),
        "schedule": parts_of(invoice.schedule),
        "offers": offers_of(invoice.discounts),
        "deliveries": selectors.deliveries_of(invoice),
        "entries": selectors.history_of(invoice),
        "memos": [] if invoice.is_credit_memo else credit_selectors.memos_on(invoice),
        "return": credit_selectors.return_behind(invoice),
        "error": error,
    }
    status = CONFLICT if error else status
    return render(request, "invoicing/detail.html", context, status=status)


def _freight_form(request: HttpRequest, invoice: Invoice) -> FreightForm | None:
    """Return the form for a draft's freight, as it stands; nobody else is asked."""
    is_draft = invoice.state == Invoice.State.DRAFT
    if not (is_draft and request.user.has_perm("invoicing.issue_invoice")):
        return None
    is_known = invoice.freight_amount or invoice.freight_is_entered
    amount = f"{round_money(invoice.freight_amount, invoice.currency):f}" if is_known else None
    return FreightForm(initial={"amount": amount, "reason": invoice.freight_reason})


def _invoice(ref: str) -> Invoice:
    try:
        return selectors.invoice_for_page(ref)
    except Invoice.DoesNotExist:
        raise Http404 from None
