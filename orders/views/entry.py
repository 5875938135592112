"""The order entry screen: one form for new orders and drafts, whole without JavaScript."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, today
from orders import selectors, services
from orders.forms import EntryForm
from orders.models import Channel, Order
from orders.services import Entered, NewLine, OrderInvalid
from orders.sheet import (
    Sheet,
    add_pasted,
    place_findings,
    price_sheet,
    read_sheet,
    require_quantities,
    sheet_of,
    tidy,
)

USUAL_WAIT = timedelta(days=7)
OK = 200


@dataclass
class Screen:
    """What is on the screen; `order` None: it is not stored yet."""

    form: EntryForm
    sheet: Sheet
    order: Order | None = None

    @property
    def customer(self) -> Customer | None:
        return self.form.chosen

    def entered(self) -> Entered:
        """Return what the services take. Only for a screen without errors."""
        values = self.form.cleaned_data
        return Entered(
            lines=[
                NewLine(row.product.pk, row.quantity)
                for row in self.sheet.filled
                if row.product is not None and row.quantity is not None
            ],
            requested_on=values["requested_on"],
            ship_to_id=values["ship_to"].pk if values["ship_to"] else None,
            customer_po=values["customer_po"],
            note=values["note"],
        )


@form_page("orders.enter_order")
def new(request: HttpRequest) -> HttpResponse:
    """Enter an order."""
    if request.method == "POST":
        return _take(request, Screen(EntryForm(request.POST), read_sheet(request.POST)))
    customer = Customer.objects.filter(number=request.GET.get("customer", "")).first()
    initial: dict[str, Any] = {
        "requested_on": today() + USUAL_WAIT,
    }
    if customer is not None:
        initial |= {"customer": customer.pk, "customer_name": customer.name}
    return _show(request, Screen(EntryForm(initial=initial, customer=customer), Sheet([])))


@form_page("orders.enter_order")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with a draft; its customer stays who it is."""
    order = selectors.order_for_entry(number)
    if order is None:
        raise Http404
    if order.state != Order.State.DRAFT:
        messages.error(request, _("%(order)s is no draft any more.") % {"order": order})
        return redirect("reporting:order", number=number)
    if request.method == "POST":
        form = EntryForm(request.POST, customer=order.customer)
        return _take(request, Screen(form, read_sheet(request.POST), order))
    initial = {
        "customer": order.customer_id,
        "customer_name": order.customer.name,
        "customer_po": order.customer_po,
        "requested_on": order.requested_on,
        "ship_to": order.ship_to_id,
        "note": order.note,
        "revision": order.revision,
    }
    form = EntryForm(initial=initial, customer=order.customer)
    return _show(request, Screen(form, sheet_of(selectors.skus_of(order)), order))


@action("orders.enter_order")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices, stock, totals, credit.

    The row or field that changed is named by its id; only what depends on it is sent.
    """
    form = _at_ease(EntryForm(request.POST))
    sheet = read_sheet(request.POST)
    price_sheet(sheet, form.chosen, form.ship_to_now(), on=today())
    changed = str(request.headers.get("HX-Trigger", ""))
    place = changed.removeprefix("line-")
    rows = [row for row in sheet.rows if str(row.place) == place]
    return render(
        request,
        "orders/preview.html",
        {
            **_context(Screen(form, sheet)),
            "rows": sheet.filled if changed in {"who", "all-lines"} else rows,
            "changed": changed,
            "twin": _twin(request, form) if changed == "po" else "",
        },
    )


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says."""
    do = request.POST.get("do", "submit")
    if do in {"submit", "draft"}:
        return _save(request, screen, do)
    if do == "paste":
        add_pasted(screen.sheet, request.POST.get("pasted", ""))
    if do == "last" and screen.customer:
        screen.sheet = sheet_of(selectors.last_lines(screen.customer.pk))
    removed = do.removeprefix("remove-")
    tidy(screen.sheet, without=int(removed) if removed.isdecimal() else None)
    screen.form = _at_ease(screen.form)
    return _show(request, screen)


def _save(request: HttpRequest, screen: Screen, do: str) -> HttpResponse:
    price_sheet(screen.sheet, screen.customer, screen.form.ship_to_now(), on=today())
    require_quantities(screen.sheet)
    if not screen.form.is_valid() or screen.sheet.has_errors:
        return _show(request, screen, status=UNPROCESSABLE)
    user: User = request.user  # type: ignore[assignment]
    try:
        number = screen.form.run_once(request, lambda: _write(screen, do, user))
    except OrderInvalid as refusal:
        screen.form.add_findings(place_findings(screen.sheet, refusal.findings))
        return _show(request, screen, status=UNPROCESSABLE)
    except EXPECTED as refusal:
        screen.form.add_error(None, explain(refusal)[1])
        return _show(request, screen, status=CONFLICT)
    if do == "draft":
        messages.success(request, _("%(number)s is saved as a draft.") % {"number": number})
        return redirect("orders:edit", number=number)
    messages.success(request, _("%(number)s is submitted.") % {"number": number})
    return redirect("reporting:order", number=number)


def _write(screen: Screen, do: str, user: User) -> str:
    """Store the screen, and submit it unless it is to stay a draft; return the order's number."""
    if screen.order is None:
        order = _write_new(screen, do, user)
    else:
        order = services.change_draft(
            screen.order.pk,
            entered=screen.entered(),
            revision=screen.form.cleaned_data["revision"] or 0,
            at=clock.now(),
            actor=Actor.user(user),
        )
        if do == "submit":
            order = services.submit_order(order.pk, at=clock.now(), actor=Actor.user(user))
    return order.number


def _write_new(screen: Screen, do: str, user: User) -> Order:
    assert screen.customer is not None  # a valid form has found one
    entered = screen.entered()
    enter = services.place_order if do == "submit" else services.create_order
    return enter(
        customer_id=screen.customer.pk,
        lines=entered.lines,
        channel=Channel.REP,
        requested_on=entered.requested_on,
        ship_to_id=entered.ship_to_id,
        customer_po=entered.customer_po,
        note=entered.note,
        owner_id=user.pk,
        at=clock.now(),
        actor=Actor.user(user),
    )


def _show(request: HttpRequest, screen: Screen, *, status: int = OK) -> HttpResponse:
    if status == OK:
        tidy(screen.sheet)
        price_sheet(screen.sheet, screen.customer, screen.form.ship_to_now(), on=today())
    for row in screen.sheet.rows if status != OK else []:
        for message in row.errors.values():
            text = _("Line %(number)s: %(message)s") % {"number": row.number, "message": message}
            screen.form.add_error(None, text)
    return render(request, "orders/entry.html", _context(screen), status=status)


def _at_ease(form: EntryForm) -> EntryForm:
    """Return the form as filled in so far: nothing is called wrong before it is handed in."""
    entered = {name: form.data.get(name, "") for name in form.fields}
    return EntryForm(initial=entered, customer=form.chosen)


def _twin(request: HttpRequest, form: EntryForm) -> str:
    if form.chosen is None:
        return ""
    return selectors.po_twin(
        customer_id=form.chosen.pk, customer_po=request.POST.get("customer_po", "").strip()
    )


def _context(screen: Screen) -> dict[str, Any]:
    return {
        "form": screen.form,
        "sheet": screen.sheet,
        "order": screen.order,
        "customer": screen.customer,
        "currency": screen.customer.currency if screen.customer else "",
        # The row that the page's own script copies when it needs one more.
        "blank": {"place": "__n__", "number": "__m__"},
    }
