"""Pages on which customers see, accept and reject our quotes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.portal import portal_form, portal_page
from o2c.kernel import clock, downloads
from o2c.kernel.requests import number_of
from orders import offers, quote_answers, services
from orders.models import Channel, Quote
from orders.offer_forms import AcceptForm, RejectForm
from orders.selectors import today_of
from orders.usual_day import usual_day

OK = 200


@portal_page
def quote_list(request: HttpRequest, customer: Customer) -> HttpResponse:
    """List the customer's quotes, newest first."""
    quotes = offers.quotes_of(customer).exclude(state=Quote.State.REPLACED)
    after = number_of(request.GET.get("after"))
    if after is not None:
        quotes = quotes.filter(pk__lt=after)
    found = list(quotes[: offers.PAGE + 1])
    shown = found[: offers.PAGE]
    context = {
        "customer": customer,
        "quotes": shown,
        "after": shown[-1].pk if len(found) > len(shown) else None,
    }
    return render(request, "orders/portal/quotes.html", context)


@portal_page
def quote_page(request: HttpRequest, customer: Customer, quote_id: str) -> HttpResponse:
    """Show a quote, with the forms to accept and to reject it while it can be."""
    return _show(request, customer, _own(customer, quote_id))


@portal_page
def quote_pdf(request: HttpRequest, customer: Customer, quote_id: str) -> HttpResponse:
    """Give the quote's document."""
    quote = _own(customer, quote_id)
    return downloads.shown(services.quote_pdf(quote.pk, at=clock.now()))


@portal_form
def quote_accept(request: HttpRequest, customer: Customer, quote_id: str) -> HttpResponse:
    """Accept a quote: it becomes an order."""
    quote = _own(customer, quote_id)
    if request.method != "POST":
        return redirect("portal-quotes:quote", quote_id=quote_id)
    form = AcceptForm(request.POST, quote=quote, lines=offers.lines_of_quote(quote))
    number, status = quote_answers.accept(
        request, quote, form, channel=Channel.PORTAL, owner_id=None
    )
    if number is not None:
        messages.success(request, _("Thank you. Your order is %(order)s.") % {"order": number})
        return redirect("portal-orders:order", number=number)
    return _show(request, customer, quote, accept=form, status=status)


@portal_form
def quote_reject(request: HttpRequest, customer: Customer, quote_id: str) -> HttpResponse:
    """Tell us that a quote is not wanted, and why."""
    quote = _own(customer, quote_id)
    if request.method != "POST":
        return redirect("portal-quotes:quote", quote_id=quote_id)
    form = RejectForm(request.POST)
    rejected, status = quote_answers.reject(request, quote, form)
    if rejected is not None:
        messages.success(request, _("Thank you for telling us."))
        return redirect("portal-quotes:quote", quote_id=quote_id)
    return _show(request, customer, quote, reject=form, status=status)


def _show(
    request: HttpRequest,
    customer: Customer,
    quote: Quote,
    *,
    accept: AcceptForm | None = None,
    reject: RejectForm | None = None,
    status: int = OK,
) -> HttpResponse:
    lines = offers.lines_of_quote(quote)
    today = today_of(customer, clock.now())
    initial = {"requested_on": usual_day(clock.now())}
    context = {
        "customer": customer,
        "quote": quote,
        "lines": lines,
        "accept": accept or AcceptForm(quote=quote, lines=lines, initial=initial),
        "reject": reject or RejectForm(),
        "is_open": quote.state == Quote.State.SENT and quote.valid_until >= today,
    }
    return render(request, "orders/portal/quote.html", context, status=status)


def _own(customer: Customer, quote_id: str) -> Quote:
    try:
        return offers.quotes_of(customer).get(public_id=quote_id)
    except Quote.DoesNotExist:
        raise Http404 from None
