"""The quote entry screen: that of orders, with a price for each line."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.models import User
from o2c.kernel.money import ZERO
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, number_of, today
from orders import offers, selectors, services
from orders.models import Quote
from orders.offer_forms import QuoteForm
from orders.offer_sheet import apply_prices, offer_of, read_offer
from orders.services import NewLine, Offered
from orders.services.quoting import USUAL_VALIDITY
from orders.sheet import (
    Sheet,
    add_pasted,
    place_findings,
    require_quantities,
    tidy,
)
from orders.sheet_prices import forbid_overrides, price_sheet

OK = 200


@dataclass
class Screen:
    """What is on the screen; `quote` None: it is not stored yet."""

    form: QuoteForm
    sheet: Sheet
    quote: Quote | None = None

    @property
    def customer(self) -> Customer | None:
        return self.form.chosen

    def price(self) -> None:
        """Price the lines as of the customer's today, and put the own prices in."""
        on = selectors.today_of(self.customer, clock.now()) if self.customer else today()
        price_sheet(self.sheet, self.customer, self.form.ship_to_now(), on=on)
        apply_prices(self.sheet, self.customer.currency if self.customer else "EUR")

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


@form_page("orders.enter_quote")
def new(request: HttpRequest) -> HttpResponse:
    """Write a quote: from nothing, for a customer, or with the lines of an order."""
    if request.method == "POST":
        return _take(request, Screen(QuoteForm(request.POST), read_offer(request.POST)))
    order = selectors.order_for_entry(request.GET.get("order", ""))
    customer = Customer.objects.filter(number=request.GET.get("customer", "")).first()
    customer = order.customer if order is not None else customer
    initial: dict[str, Any] = {"valid_until": today() + USUAL_VALIDITY}
    if customer is not None:
        initial |= {"customer": customer.pk, "customer_name": customer.name}
    lines = selectors.skus_of(order) if order is not None else []
    sheet = offer_of((sku, quantity, None, ZERO) for sku, quantity in lines)
    return _show(request, Screen(QuoteForm(initial=initial, customer=customer), sheet))


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
        "customer": quote.customer_id,
        "customer_name": quote.customer.name,
        "valid_until": quote.valid_until,
        "ship_to": quote.ship_to_id,
        "payment_terms": quote.payment_terms_id,
        "allows_part": quote.allows_part,
        "note": quote.note,
        "revision": quote.version,
    }
    sheet = offer_of((*line, ZERO) for line in offers.prices_of(quote))
    return _show(request, Screen(QuoteForm(initial=initial, customer=quote.customer), sheet, quote))


@action("orders.enter_quote")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices and totals."""
    screen = Screen(_at_ease(QuoteForm(request.POST)), read_offer(request.POST))
    screen.price()
    changed = str(request.headers.get("HX-Trigger", ""))
    place = changed.removeprefix("line-")
    rows = [row for row in screen.sheet.rows if str(row.place) == place]
    context = {
        **_context(screen),
        "rows": screen.sheet.filled if changed in {"who", "all-lines"} else rows,
        "changed": changed,
    }
    return render(request, "orders/quotes/preview.html", context)


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "save")
    if do in {"save", "send"}:
        return _save(request, screen, do)
    if do == "paste":
        add_pasted(screen.sheet, request.POST.get("pasted", ""))
    tidy(screen.sheet, without=number_of(do.removeprefix("remove-")))
    screen.form = _at_ease(screen.form)
    return _show(request, screen)


def _save(request: HttpRequest, screen: Screen, do: str) -> HttpResponse:
    screen.price()
    require_quantities(screen.sheet)
    if not request.user.has_perm("orders.override_price"):
        forbid_overrides(screen.sheet)
    if not screen.form.is_valid() or screen.sheet.has_errors:
        return _show(request, screen, status=UNPROCESSABLE)
    user: User = request.user  # type: ignore[assignment]
    try:
        number = screen.form.run_once(request, lambda: _write(screen, do, user))
    except InvalidInput as refusal:
        findings = refusal.findings or [("", refusal.field, str(refusal))]
        screen.form.add_findings(place_findings(screen.sheet, findings))
        return _show(request, screen, status=UNPROCESSABLE)
    except EXPECTED as refusal:
        screen.form.add_error(None, explain(refusal)[1])
        return _show(request, screen, status=CONFLICT)
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


def _show(request: HttpRequest, screen: Screen, *, status: int = OK) -> HttpResponse:
    if status == OK:
        tidy(screen.sheet)
        screen.price()
    for row in screen.sheet.rows if status != OK else []:
        for message in row.errors.values():
            text = _("Line %(number)s: %(message)s") % {"number": row.number, "message": message}
            screen.form.add_error(None, text)
    return render(request, "orders/quotes/entry.html", _context(screen), status=status)


def _at_ease(form: QuoteForm) -> QuoteForm:
    """Return the form as filled in so far: nothing is called wrong before it is handed in."""
    entered = {name: form.data.get(name, "") for name in form.fields}
    return QuoteForm(initial=entered, customer=form.chosen)


def _context(screen: Screen) -> dict[str, Any]:
    return {
        "form": screen.form,
        "sheet": screen.sheet,
        "quote": screen.quote,
        "customer": screen.customer,
        "currency": screen.customer.currency if screen.customer else "",
        # The row that the page's own script copies when it needs one more.
        "blank": {"place": "__n__", "number": "__m__"},
    }
