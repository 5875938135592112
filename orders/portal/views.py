"""Pages on which customers order. Whatever belongs to another customer is not there."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.portal import portal_action, portal_form, portal_page
from o2c.kernel import clock, downloads
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.errors import EXPECTED, REFUSALS, DomainError, explain
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, number_of, today
from orders import services
from orders.models import Order
from orders.portal import selectors
from orders.portal.basket import KEEP, PLACE, Basket, add_file, store
from orders.portal.forms import BasketForm, CancellationForm
from orders.portal.words import next_of, word_of
from orders.services import OrderInvalid
from orders.services.cancelling import CANCELLABLE, free_of
from orders.sheet import Sheet, add_pasted, place_findings, read_sheet, sheet_of, tidy
from orders.usual_day import usual_day
from orders.waiting import waiting_of

OK = 200


@portal_page
def order_list(request: HttpRequest, customer: Customer) -> HttpResponse:
    """List the customer's orders and kept baskets, newest first."""
    text = request.GET.get("q", "").strip()
    orders, has_more = selectors.order_page(
        customer, text=text, before=number_of(request.GET.get("after"))
    )
    context = {
        "customer": customer,
        "orders": [(order, word_of(order)) for order in orders],
        "text": text,
        "cursor": orders[-1].pk if has_more else "",
    }
    return render(request, "orders/portal/list.html", context)


@portal_form
def new(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Put an order together, from nothing or from the lines of an earlier one."""
    if request.method == "POST":
        return _take(request, _posted(request, customer, None))
    sheet, again = Sheet([]), request.GET.get("again", "")
    if again:
        sheet = sheet_of(selectors.wanted_of(_own(customer, again)))
    form = BasketForm(initial={"requested_on": usual_day(clock.now())}, customer=customer)
    return _show(request, Basket(customer, form, sheet))


@portal_form
def edit(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Go on with a kept basket."""
    order = _own(customer, number)
    if order.state != Order.State.DRAFT:
        return redirect("portal-orders:order", number=number)
    if request.method == "POST":
        return _take(request, _posted(request, customer, order))
    initial = {
        "customer_po": order.customer_po,
        "requested_on": order.requested_on,
        "ship_to": order.ship_to_id,
        "note": order.note,
        "revision": order.revision,
    }
    form = BasketForm(initial=initial, customer=customer)
    return _show(request, Basket(customer, form, sheet_of(selectors.wanted_of(order)), order))


@portal_page
def find(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Answer the search in the basket with products at the customer's prices."""
    text = request.GET.get("q", "")[:100]
    context = {"found": selectors.offers(customer, text, on=today()), "text": text}
    return render(request, "orders/portal/found.html", context | {"customer": customer})


@portal_page
def order_page(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Show an order: what was asked for, promised and expected, and what is shipped."""
    order = _own(customer, number)
    if order.state == Order.State.DRAFT:
        return redirect("portal-orders:edit", number=number)
    return _order(request, customer, order)


@portal_action
def cancel(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Cancel an order of which nothing is picked, or put a kept basket away."""
    order, at, actor = _own(customer, number), clock.now(), actor_of(request)
    try:
        if order.state == Order.State.DRAFT:
            once_per_form(request, lambda: services.discard_draft(order.pk, at=at, actor=actor))
        else:
            reason = Order.CancelReason.CUSTOMER
            once_per_form(
                request,
                lambda: services.cancel_order(order.pk, reason=reason, at=at, actor=actor),
            )
    except REFUSALS as refusal:
        order = _own(customer, number)
        return _order(request, customer, order, error=explain(refusal)[1], status=CONFLICT)
    messages.success(request, _("%(order)s is cancelled.") % {"order": number})
    return redirect("portal-orders:list")


@portal_form
def cancellation(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Show what of an order can still be cancelled; then cancel quantities of its lines."""
    order = _own(customer, number)
    if order.state == Order.State.DRAFT:
        return redirect("portal-orders:edit", number=number)
    lines = selectors.own_lines(order) if order.state in CANCELLABLE else []
    form = CancellationForm(request.POST or None, lines=lines)
    status = UNPROCESSABLE if form.is_bound else OK
    if form.is_valid():
        try:
            form.run_once(request, lambda: _cancel_lines(order, form, actor_of(request)))
        except EXPECTED as refusal:
            add_refusal(refusal, form)
            status = CONFLICT
        else:
            messages.success(request, _("What you asked for is cancelled."))
            return redirect("portal-orders:order", number=number)
    context = {"customer": customer, "order": order, "form": form, "word": word_of(order)}
    return render(request, "orders/portal/cancellation.html", context, status=status)


@portal_page
def confirmation(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give the confirmation of an order as PDF."""
    order = _own(customer, number)
    try:
        document = services.acknowledgement_pdf(order.pk, at=clock.now())
    except DomainError as refusal:
        return _order(request, customer, order, error=str(refusal), status=CONFLICT)
    return downloads.shown(document)


def _cancel_lines(order: Order, form: CancellationForm, actor: Actor) -> None:
    services.cancel_quantities(
        order.pk,
        quantities=form.quantities(),
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"].strip(),
        at=clock.now(),
        actor=actor,
    )


def _own(customer: Customer, number: str) -> Order:
    try:
        return selectors.own_order(customer, number)
    except Order.DoesNotExist:
        raise Http404 from None


def _posted(request: HttpRequest, customer: Customer, order: Order | None) -> Basket:
    form = BasketForm(request.POST, customer=customer)
    return Basket(customer, form, read_sheet(request.POST), order)


def _take(request: HttpRequest, basket: Basket) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "refresh")
    if do in {PLACE, KEEP}:
        return _store(request, basket, do)
    basket.form = BasketForm(
        initial={name: basket.form.data.get(name, "") for name in basket.form.fields},
        customer=basket.customer,
    )
    error = _change(request, basket, do)
    tidy(basket.sheet, without=number_of(do.removeprefix("remove-")))
    return _show(request, basket, error=error, status=UNPROCESSABLE if error else OK)


def _change(request: HttpRequest, basket: Basket, do: str) -> str:
    """Change the lines as a button says; return what was wrong with that, if anything."""
    if do == "find":
        basket.text = request.POST.get("q", "")[:100]
        basket.found = selectors.offers(basket.customer, basket.text, on=today())
    elif do == "paste":
        add_pasted(basket.sheet, request.POST.get("pasted", ""))
    elif do.startswith("add-"):
        sku = do.removeprefix("add-")[:60]
        basket.add(sku, request.POST.get(f"more-{sku}", "").strip()[:20])
    elif do == "upload":
        file = request.FILES.get("file")
        if file is None:
            return _("Choose a file first.")
        try:
            add_file(basket.sheet, file)
        except DomainError as refusal:
            return str(refusal)
    return ""


def _store(request: HttpRequest, basket: Basket, do: str) -> HttpResponse:
    if not basket.is_complete():
        return _show(request, basket, status=UNPROCESSABLE)
    try:
        actor = actor_of(request)
        number = basket.form.run_once(request, lambda: store(basket, do, actor))
    except OrderInvalid as refusal:
        basket.form.add_findings(place_findings(basket.sheet, refusal.findings))
        return _show(request, basket, status=UNPROCESSABLE)
    except EXPECTED as refusal:
        basket.form.add_error(None, explain(refusal)[1])
        return _show(request, basket, status=CONFLICT)
    if do == KEEP:
        messages.success(request, _("Your basket is kept as %(order)s.") % {"order": number})
        return redirect("portal-orders:edit", number=number)
    return redirect("portal-orders:order", number=number)


def _show(
    request: HttpRequest, basket: Basket, *, error: str = "", status: int = OK
) -> HttpResponse:
    if status == OK or error:
        tidy(basket.sheet)
        basket.price()
    for row in basket.sheet.rows if status != OK and not error else []:
        for message in row.errors.values():
            text = _("Line %(number)s: %(message)s") % {"number": row.number, "message": message}
            basket.form.add_error(None, text)
    context: dict[str, Any] = {
        "basket": basket,
        "customer": basket.customer,
        "currency": basket.customer.currency,
        "form": basket.form,
        "sheet": basket.sheet,
        "order": basket.order,
        "found": basket.found,
        "text": basket.text,
        "error": error,
    }
    return render(request, "orders/portal/basket.html", context, status=status)


def _order(
    request: HttpRequest,
    customer: Customer,
    order: Order,
    *,
    error: str = "",
    status: int = OK,
) -> HttpResponse:
    lines = selectors.own_lines(order)
    words = waiting_of(order)
    context = {
        "customer": customer,
        "order": order,
        "lines": lines,
        "word": word_of(order),
        "next": "" if words and words.in_advance else next_of(order),
        "words": words,
        "company": the_company() if words else None,
        "may_cancel_lines": order.state in CANCELLABLE and any(free_of(line) > 0 for line in lines),
        "may_cancel": order.state in CANCELLABLE
        and not any(line.shipped or line.picking for line in lines),
        "is_confirmed": order.state in Order.CONFIRMED,
        "error": error,
    }
    return render(request, "orders/portal/order.html", context, status=status)
