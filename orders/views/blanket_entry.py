"""The blanket order screen: that of quotes, with the least that one call-off takes."""

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
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import today
from orders import agreements, services
from orders.models import BlanketOrder
from orders.offer_forms import BlanketForm
from orders.offer_sheet import OfferRow, offer_of, read_offer
from orders.screens import OfferScreen, asked_customer, at_ease, values_of
from orders.services import Agreed, AgreedLine
from orders.services.quoting import USUAL_VALIDITY
from orders.sheet import Sheet


@dataclass
class Screen(OfferScreen[BlanketForm]):
    """What is on the screen; `blanket` None: it is not stored yet."""

    template = "orders/blankets/entry.html"
    blanket: BlanketOrder | None = None

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

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "blanket": self.blanket,
            "is_stored": self.blanket is not None,
            "preview": reverse("orders:blanket-preview"),
            "total_label": _("Agreed in all"),
            "with_minimum": True,
        }


@form_page("orders.enter_blanketorder")
def new(request: HttpRequest) -> HttpResponse:
    """Agree on a blanket order."""
    if request.method == "POST":
        return _take(request, Screen(BlanketForm(request.POST), read_offer(request.POST)))
    customer = asked_customer(request)
    time = {"valid_from": today(), "valid_until": today() + 12 * USUAL_VALIDITY}
    form = BlanketForm(initial=time | values_of(customer), customer=customer)
    return Screen(form, Sheet([])).show(request)


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
        **values_of(blanket.customer),
        "customer_po": blanket.customer_po,
        "valid_from": blanket.valid_from,
        "valid_until": blanket.valid_until,
        "note": blanket.note,
        "revision": blanket.version,
    }
    form = BlanketForm(initial=initial, customer=blanket.customer)
    return Screen(form, offer_of(agreements.terms_of(blanket)), blanket).show(request)


@action("orders.enter_blanketorder")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices and totals."""
    screen = Screen(at_ease(BlanketForm(request.POST)), read_offer(request.POST))
    return screen.show_changed(request)


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "save")
    if do == "save":
        return _save(request, screen)
    screen.rearrange(do, request.POST.get("pasted", ""))
    return screen.show(request)


def _save(request: HttpRequest, screen: Screen) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    number, status = screen.store(request, lambda: _write(screen, user))
    if not number:
        return screen.show(request, status=status)
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
