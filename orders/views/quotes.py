"""Pages of quotes: the list, one quote with its revisions, and what is done with it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock, downloads
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import (
    actor_of,
    number_of,
    today,
    wants_part,
)
from orders import offers, quote_answers, services
from orders.models import Channel, Quote
from orders.offer_forms import AcceptForm, RejectForm
from orders.usual_day import usual_day


@page("orders.view_quote")
def quote_list(request: HttpRequest) -> HttpResponse:
    """List quotes, newest first, by what the search finds; the next rows alone for htmx."""
    view, text = request.GET.get("view", ""), request.GET.get("q", "")
    after = number_of(request.GET.get("after"))
    found, following = offers.quotes(view=view, text=text, before=after, today=today())
    context = {
        "quotes": found,
        "after": following,
        "view": view,
        "q": text,
        "counts": offers.counts(today=today()),
        "soon": today() + offers.SOON,
    }
    template = "orders/quotes/list.html"
    if wants_part(request):
        template += "#more" if after else "#rows"
    return render(request, template, context)


@page("orders.view_quote")
def quote_page(request: HttpRequest, number: str, revision: int | None = None) -> HttpResponse:
    """Show one revision of a quote: what it offers, what it changed, what became of it."""
    return _show(request, _quote(number, revision))


@page("orders.view_quote")
def quote_pdf(request: HttpRequest, number: str, revision: int) -> HttpResponse:
    """Show the document of a revision."""
    document = services.quote_pdf(_quote(number, revision).pk, at=clock.now())
    return downloads.shown(document)


@action("orders.send_quote")
def quote_send(request: HttpRequest, number: str) -> HttpResponse:
    """Send a draft to the buyer."""

    def work(quote: Quote) -> str:
        services.send_quote(quote.pk, at=clock.now(), actor=actor_of(request))
        return _("%(quote)s goes to the buyer.") % {"quote": quote}

    return _do(request, number, work)


@action("orders.enter_quote")
def quote_revise(request: HttpRequest, number: str) -> HttpResponse:
    """Begin the next revision, and open it."""
    try:
        new = services.revise_quote(_quote(number).pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
        return redirect("orders:quote", number=number)
    return redirect("orders:quote-edit", number=new.number)


@form_page("orders.enter_quote")
def quote_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Make an order of a quote."""
    quote = _quote(number)
    lines = offers.lines_of_quote(quote)
    form = AcceptForm(
        request.POST or None,
        quote=quote,
        lines=lines,
        initial={"requested_on": usual_day(clock.now())},
    )
    context = {"quote": quote, "lines": lines, "form": form}
    if request.method != "POST":
        return render(request, "orders/quotes/accept.html", context)
    order, status = quote_answers.accept(
        request, quote, form, channel=Channel.REP, owner_id=request.user.pk
    )
    if order is not None:
        messages.success(request, _("%(order)s is made of it.") % {"order": order})
        return redirect("reporting:order", number=order)
    return render(request, "orders/quotes/accept.html", context, status=status)


@form_page("orders.enter_quote")
def quote_reject(request: HttpRequest, number: str) -> HttpResponse:
    """Note why the customer does not want it, or put a draft away."""
    quote = _quote(number)
    form = RejectForm(request.POST or None)
    status = 200
    if request.method == "POST":
        rejected, status = quote_answers.reject(request, quote, form)
        if rejected is not None:
            messages.success(request, _("%(quote)s is put away.") % {"quote": quote})
            return redirect("orders:quote", number=number)
    context = {"quote": quote, "form": form}
    return render(request, "orders/quotes/reject.html", context, status=status)


def _do(request: HttpRequest, number: str, work: Callable[[Quote], str]) -> HttpResponse:
    """Run a service and go back to the quote's page with what happened, or why it did not."""
    try:
        messages.success(request, work(_quote(number)))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:quote", number=number)


def _show(request: HttpRequest, quote: Quote) -> HttpResponse:
    revisions = list(offers.revisions_of(quote).select_related("payment_terms", "ship_to"))
    lines = offers.lines_of_quote(quote)
    before = next((row for row in revisions if row.revision == quote.revision - 1), None)
    changes = []
    if before is not None:
        changes = offers.differences(before, quote, offers.lines_of_quote(before), lines)
    context = {
        "quote": quote,
        "lines": lines,
        "revisions": revisions,
        "is_latest": revisions[0].pk == quote.pk,
        "before": before,
        "changes": changes,
        "entries": offers.history_of(quote),
        "is_expiring": quote.state == Quote.State.SENT
        and quote.valid_until <= today() + offers.SOON,
        "revisable": quote.state in Quote.REVISABLE,
    }
    return render(request, "orders/quotes/detail.html", context)


def _quote(number: str, revision: int | None = None) -> Quote:
    try:
        return offers.quote_for_page(number, revision)
    except Quote.DoesNotExist:
        raise Http404 from None
