"""The blanket order screen: that of quotes, with the least that one call-off takes."""

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
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, number_of, today
from orders import agreements, selectors, services
from orders.models import BlanketOrder
from orders.offer_forms import BlanketForm
from orders.offer_sheet import OfferRow, apply_prices, offer_of, read_offer
from orders.services import Agreed, AgreedLine
from orders.services.quoting import USUAL_VALIDITY
from orders.sheet import Sheet, add_pasted, place_findings, require_quantities, tidy
from orders.sheet_prices import forbid_overrides, price_sheet

OK = 200


@dataclass
class Screen:
    """What is on the screen; `blanket` None: it is not stored yet."""

    form: BlanketForm
    sheet: Sheet
    blanket: BlanketOrder | None = None

    @property
    def customer(self) -> Customer | None:
        return self.form.chosen

    def price(self) -> None:
        on = selectors.today_of(self.customer, clock.now()) if self.customer else today()
        price_sheet(self.sheet, self.customer, self.form.ship_to_now(), on=on)
        apply_prices(self.sheet, self.customer.currency if self.customer else "EUR")

    def agreed(self) -> Agreed:
        """Return what the services take. Only for a screen without errors."""
        values = self.form.cleaned_data
        return Agreed(
            lines=[
                AgreedLine(row.product.pk, row.quantity, row.own_price, row.minimum)
                for row in self.sheet.filled
                if isinstance(row, OfferRow) and row.product and row.quantity is not None
            ],
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            customer_po=values["customer_po"],
            note=values["note"],
        )


@form_page("orders.enter_blanketorder")
def new(request: HttpRequest) -> HttpResponse:
    """Agree on a blanket order."""
    if request.method == "POST":
        return _take(request, Screen(BlanketForm(request.POST), read_offer(request.POST)))
    customer = Customer.objects.filter(number=request.GET.get("customer", "")).first()
    initial: dict[str, Any] = {"valid_from": today(), "valid_until": today() + 12 * USUAL_VALIDITY}
    if customer is not None:
        initial |= {"customer": customer.pk, "customer_name": customer.name}
    return _show(request, Screen(BlanketForm(initial=initial, customer=customer), Sheet([])))


@form_page("orders.enter_blanketorder")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with a draft; its customer stays who it is."""
    try:
        blanket = agreements.blanket_for_page(number)
    except BlanketOrder.DoesNotExist:
        raise Http404 from None
    if blanket.state != BlanketOrder.State.DRAFT:
        messages.error(request, _("%(blanket)s is no draft any more.") % {"blanket": blanket})
        return redirect("orders:blanket", number=number)
    if request.method == "POST":
        form = BlanketForm(request.POST, customer=blanket.customer)
        return _take(request, Screen(form, read_offer(request.POST), blanket))
    initial = {
        "customer": blanket.customer_id,
        "customer_name": blanket.customer.name,
        "customer_po": blanket.customer_po,
        "valid_from": blanket.valid_from,
        "valid_until": blanket.valid_until,
        "note": blanket.note,
        "revision": blanket.version,
    }
    form = BlanketForm(initial=initial, customer=blanket.customer)
    return _show(request, Screen(form, offer_of(agreements.terms_of(blanket)), blanket))


@action("orders.enter_blanketorder")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices and totals."""
    screen = Screen(_at_ease(BlanketForm(request.POST)), read_offer(request.POST))
    screen.price()
    changed = str(request.headers.get("HX-Trigger", ""))
    place = changed.removeprefix("line-")
    rows = [row for row in screen.sheet.rows if str(row.place) == place]
    context = {
        **_context(screen),
        "rows": screen.sheet.filled if changed in {"who", "all-lines"} else rows,
        "changed": changed,
    }
    return render(request, "orders/blankets/preview.html", context)


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "save")
    if do == "save":
        return _save(request, screen)
    if do == "paste":
        add_pasted(screen.sheet, request.POST.get("pasted", ""))
    tidy(screen.sheet, without=number_of(do.removeprefix("remove-")))
    screen.form = _at_ease(screen.form)
    return _show(request, screen)


def _save(request: HttpRequest, screen: Screen) -> HttpResponse:
    screen.price()
    require_quantities(screen.sheet)
    if not request.user.has_perm("orders.override_price"):
        forbid_overrides(screen.sheet)
    if not screen.form.is_valid() or screen.sheet.has_errors:
        return _show(request, screen, status=UNPROCESSABLE)
    user: User = request.user  # type: ignore[assignment]
    try:
        number = screen.form.run_once(request, lambda: _write(screen, user))
    except InvalidInput as refusal:
        findings = refusal.findings or [("", refusal.field, str(refusal))]
        screen.form.add_findings(place_findings(screen.sheet, findings))
        return _show(request, screen, status=UNPROCESSABLE)
    except EXPECTED as refusal:
        screen.form.add_error(None, explain(refusal)[1])
        return _show(request, screen, status=CONFLICT)
    return redirect("orders:blanket", number=number)


def _write(screen: Screen, user: User) -> str:
    """Store the screen; return the number."""
    at, actor = clock.now(), Actor.user(user)
    if screen.blanket is not None:
        version = screen.form.cleaned_data["revision"] or 0
        return services.change_blanket(
            screen.blanket.pk, agreed=screen.agreed(), version=version, at=at, actor=actor
        ).number
    assert screen.customer is not None  # a valid form has found one
    return services.create_blanket(
        customer_id=screen.customer.pk,
        agreed=screen.agreed(),
        owner_id=user.pk,
        at=at,
        actor=actor,
    ).number


def _show(request: HttpRequest, screen: Screen, *, status: int = OK) -> HttpResponse:
    if status == OK:
        tidy(screen.sheet)
        screen.price()
    for row in screen.sheet.rows if status != OK else []:
        for message in row.errors.values():
            text = _("Line %(number)s: %(message)s") % {"number": row.number, "message": message}
            screen.form.add_error(None, text)
    return render(request, "orders/blankets/entry.html", _context(screen), status=status)


def _at_ease(form: BlanketForm) -> BlanketForm:
    """Return the form as filled in so far: nothing is called wrong before it is handed in."""
    entered = {name: form.data.get(name, "") for name in form.fields}
    return BlanketForm(initial=entered, customer=form.chosen)


def _context(screen: Screen) -> dict[str, Any]:
    return {
        "form": screen.form,
        "sheet": screen.sheet,
        "blanket": screen.blanket,
        "customer": screen.customer,
        "currency": screen.customer.currency if screen.customer else "",
        "with_minimum": True,
        # The row that the page's own script copies when it needs one more.
        "blank": {"place": "__n__", "number": "__m__"},
    }
