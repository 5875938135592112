"""The quote entry screen: that of orders, with a price for each line."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.models import User
from o2c.kernel.money import ZERO
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import today
from orders import offers, selectors, services
from orders.models import Quote
from orders.offer_forms import QuoteForm
from orders.offer_sheet import offer_of, read_offer
from orders.screens import OfferScreen, asked_customer, at_ease, values_of
from orders.services import NewLine, Offered
from orders.services.quoting import USUAL_VALIDITY


@dataclass
class Screen(OfferScreen[QuoteForm]):
    """What is on the screen; `quote` None: it is not stored yet."""

    template = "orders/quotes/entry.html"
    quote: Quote | None = None

    def offered(self) -> Offered:
        """Return what the services take. Only for a screen without errors."""
        values = self.form.cleaned_data
        return Offered(
            lines=[
                NewLine(row.product.pk, row.quantity, unit_price=getattr(row, "own_price", None))
                for row in self.sheet.filled
                if row.product is not None and row.quantity is not None
            ],
            valid_until=values["valid_until"],
            ship_to_id=values["ship_to"].pk if values["ship_to"] else None,
            payment_terms_id=values["payment_terms"].pk if values["payment_terms"] else None,
            allows_part=values["allows_part"],
            note=values["note"],
        )

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "quote": self.quote,
            "is_stored": self.quote is not None,
            "preview": reverse("orders:quote-preview"),
            "total_label": _("Quote total"),
        }


@form_page("orders.enter_quote")
def new(request: HttpRequest) -> HttpResponse:
    """Write a quote: from nothing, for a customer, or with the lines of an order."""
    if request.method == "POST":
        return _take(request, Screen(QuoteForm(request.POST), read_offer(request.POST)))
    order = selectors.order_for_entry(request.GET.get("order", ""))
    customer = order.customer if order is not None else asked_customer(request)
    lines = selectors.skus_of(order) if order is not None else []
    sheet = offer_of((sku, quantity, None, ZERO) for sku, quantity in lines)
    initial = {"valid_until": today() + USUAL_VALIDITY} | values_of(customer)
    return Screen(QuoteForm(initial=initial, customer=customer), sheet).show(request)


@form_page("orders.enter_quote")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with a draft; its customer stays who it is."""
    try:
        quote = offers.quote_for_page(number)
    except Quote.DoesNotExist:
        raise Http404 from None
    if quote.state != Quote.State.DRAFT:
        messages.error(request, _("%(quote)s is no draft any more.") % {"quote": quote})
        return redirect("orders:quote", number=number)
    if request.method == "POST":
        form = QuoteForm(request.POST, customer=quote.customer)
        return _take(request, Screen(form, read_offer(request.POST), quote))
    initial = {
        **values_of(quote.customer),
        "valid_until": quote.valid_until,
        "ship_to": quote.ship_to_id,
        "payment_terms": quote.payment_terms_id,
        "allows_part": quote.allows_part,
        "note": quote.note,
        "revision": quote.version,
    }
    sheet = offer_of((*line, ZERO) for line in offers.prices_of(quote))
    return Screen(QuoteForm(initial=initial, customer=quote.customer), sheet, quote).show(request)


@action("orders.enter_quote")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices and totals."""
    screen = Screen(at_ease(QuoteForm(request.POST)), read_offer(request.POST))
    return screen.show_changed(request)


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "save")
    if do in {"save", "send"}:
        return _save(request, screen, do)
    screen.rearrange(do, request.POST.get("pasted", ""))
    return screen.show(request)


def _save(request: HttpRequest, screen: Screen, do: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    number, status = screen.store(request, lambda: _write(screen, do, user))
    if not number:
        return screen.show(request, status=status)
    if do == "send":
        messages.success(request, _("%(number)s goes to the buyer.") % {"number": number})
    return redirect("orders:quote", number=number)


def _write(screen: Screen, do: str, user: User) -> str:
    """Store the screen, and send it if that was asked; return the quote's number."""
    at, actor = clock.now(), Actor.user(user)
    if screen.quote is None:
        assert screen.customer is not None  # a valid form has found one
        quote = services.create_quote(
            customer_id=screen.customer.pk,
            offered=screen.offered(),
            owner_id=user.pk,
            at=at,
            actor=actor,
        )
    else:
        quote = services.change_quote(
            screen.quote.pk,
            offered=screen.offered(),
            version=screen.form.cleaned_data["revision"] or 0,
            at=at,
            actor=actor,
        )
    if do == "send":
        quote = services.send_quote(quote.pk, at=at, actor=actor)
    return quote.number
