"""Stock of a quote: the panel on its page, and keeping its goods back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from fulfillment import services
from fulfillment.quote_stock import standing_of
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, wants_part
from orders.models import Quote


@page("fulfillment.view_stocklevel")
def quote_stock(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Answer a quote's page: what of it is free, and what is kept back for it."""
    quote = get_object_or_404(Quote.objects.select_related("customer"), pk=quote_id)
    context = {"quote": quote, "standing": standing_of(quote, at=clock.now())}
    part = "#panel" if wants_part(request) else ""
    return render(request, f"fulfillment/quote_stock.html{part}", context)


@action("orders.enter_quote")
def keep_quote(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Keep the goods of a quote back while it can be accepted."""

    def work(quote: Quote) -> str:
        kept = services.keep_for_quote(quote.pk, at=clock.now(), actor=actor_of(request))
        if not kept:
            return _("Nothing of %(quote)s is free: nothing is kept back.") % {"quote": quote}
        return _("What is free of %(quote)s is kept back for it.") % {"quote": quote}

    return _do(request, quote_id, work)


@action("orders.enter_quote")
def let_quote_go(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Keep nothing back for a quote any more."""

    def work(quote: Quote) -> str:
        services.let_quote_go(quote.pk, at=clock.now(), actor=actor_of(request))
        return _("Nothing is kept back for %(quote)s any more.") % {"quote": quote}

    return _do(request, quote_id, work)


def _do(request: HttpRequest, quote_id: int, work: Callable[[Quote], str]) -> HttpResponse:
    """Run a service and go back to the quote's page with what happened, or why it did not."""
    quote = get_object_or_404(Quote, pk=quote_id)
    try:
        messages.success(request, work(quote))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("orders:quote", number=quote.number)
