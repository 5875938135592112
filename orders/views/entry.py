"""The order entry screen: one form for new orders and drafts, whole without JavaScript."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.models import User
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, number_of
from orders import selectors, services
from orders.entry_screen import Screen
from orders.forms import EntryForm
from orders.models import Channel, EntryDraft, Order
from orders.screens import asked_customer, at_ease, values_of
from orders.services import DraftChanged, OrderInvalid, entries
from orders.sheet import (
    Sheet,
    add_pasted,
    place_findings,
    read_sheet,
    sheet_of,
    sheet_of_draft,
    tidy,
)
from orders.usual_day import usual_day

OK = 200


@form_page("orders.enter_order")
def new(request: HttpRequest) -> HttpResponse:
    """Enter an order, or go on with one that was typed and not handed in."""
    if request.method == "POST":
        return _take(request, Screen(EntryForm(request.POST), read_sheet(request.POST)))
    kept = entries.kept_entry(_user(request).pk, request.GET.get("screen", ""))
    if kept is not None:
        return _show(request, _screen_of(kept, None))
    customer = asked_customer(request)
    initial = {"requested_on": usual_day(clock.now())} | values_of(customer)
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
    kept = entries.kept_entry(_user(request).pk, entries.screen_of(order))
    if kept is not None and "stored" not in request.GET:
        return _show(request, _screen_of(kept, order))
    initial = {
        **values_of(order.customer),
        "customer_po": order.customer_po,
        "requested_on": order.requested_on,
        "ship_to": order.ship_to_id,
        "note": order.note,
        "revision": order.revision,
    }
    form = EntryForm(initial=initial, customer=order.customer)
    return _show(request, Screen(form, sheet_of_draft(order), order))


@action("orders.enter_order")
def preview(request: HttpRequest) -> HttpResponse:
    """Answer a change on the screen with what follows from it: prices, stock, totals, credit.

    The row or field that changed is named by its id; only what depends on it is sent.
    """
    form = at_ease(EntryForm(request.POST))
    screen = Screen(form, read_sheet(request.POST))
    screen.price()
    context = screen.context() | screen.changed(request)
    context["twin"] = _twin(request, form) if context["changed"] == "po" else ""
    return render(request, "orders/preview.html", context)


def _take(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Do what the pressed button says; `without-3` hands in all but that row."""
    do, _dash, place = request.POST.get("do", "submit").partition("-")
    row = number_of(place.partition("-")[0])
    if do == "without" and row is not None:
        tidy(screen.sheet, without=row)
        do = "submit"
    if do in {"submit", "draft"}:
        return _save(request, screen, do)
    if do == "paste":
        add_pasted(screen.sheet, request.POST.get("pasted", ""))
    if do == "last" and screen.customer:
        screen.sheet = sheet_of(selectors.last_lines(screen.customer.pk))
    if do == "later":
        screen.sheet.ship_later(row, place.partition("-")[2])
    tidy(screen.sheet, without=row if do == "remove" else None)
    screen.form = at_ease(screen.form)
    return _show(request, screen)


def _save(request: HttpRequest, screen: Screen, do: str) -> HttpResponse:
    user = _user(request)
    if not screen.check(request):
        return _refuse(request, screen)
    try:
        number = screen.form.run_once(request, lambda: _write(screen, do, user))
    except OrderInvalid as refusal:
        screen.form.add_findings(place_findings(screen.sheet, refusal.findings))
        return _refuse(request, screen)
    except DraftChanged as refusal:
        return _show_both(request, screen, str(refusal))
    except EXPECTED as refusal:
        screen.form.add_error(None, explain(refusal)[1])
        return _refuse(request, screen, status=CONFLICT)
    entries.drop_entry(user.pk, screen=screen.name)
    return _go_on(request, number, do)


def _go_on(request: HttpRequest, number: str, do: str) -> HttpResponse:
    """Say what became of the screen, and go where one goes from there."""
    order = Order.objects.get(number=number)
    if do == "draft":
        count = order.findings.filter(state="open", severity="block").count()
        text = _("%(number)s is saved as a draft.") % {"number": number}
        if count:
            words = ngettext("%s finding waits.", "%s findings wait.", count) % count
            text = f"{text} {words}"
        messages.success(request, text)
        return redirect("orders:edit", number=number)
    if order.state == Order.State.DRAFT:
        text = _("%(number)s waits for a second person's approval.")
        messages.warning(request, text % {"number": number})
    else:
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


def _refuse(request: HttpRequest, screen: Screen, *, status: int = UNPROCESSABLE) -> HttpResponse:
    """Show the screen again with what is wrong; what was typed is kept."""
    entries.keep_entry(_user(request).pk, typed=screen.typed(request.POST), at=clock.now())
    return _show(request, screen, status=status)


def _show_both(request: HttpRequest, screen: Screen, message: str) -> HttpResponse:
    """Show what somebody else has stored beside what was typed; saving again takes the latter."""
    assert screen.order is not None  # only a stored draft is changed by others
    stored = Order.objects.get(pk=screen.order.pk)
    screen.compare(stored)
    data: QueryDict = request.POST.copy()
    data["revision"] = str(stored.revision)
    screen.form = EntryForm(data, customer=screen.customer)
    screen.form.add_error(None, message)
    return _refuse(request, screen, status=CONFLICT)


def _show(request: HttpRequest, screen: Screen, *, status: int = OK) -> HttpResponse:
    screen.prepare(is_refused=status != OK)
    user, now = _user(request), clock.now()
    context = {
        **screen.context(),
        "typed": request.POST.get("typed", ""),
        "unfinished": [] if screen.order else _unfinished(screen, user.pk),
        "others": entries.others_at(screen.order, user.pk, now=now) if screen.order else [],
        "kept": entries.kept_entry(user.pk, screen.name) if status == OK else None,
    }
    return render(request, "orders/entry.html", context, status=status)


def _unfinished(screen: Screen, user_id: int) -> list[EntryDraft]:
    found = entries.unfinished_entries(user_id, now=clock.now())
    return [entry for entry in found if entry.screen != screen.name]


def _screen_of(kept: EntryDraft, order: Order | None) -> Screen:
    """Return the screen as it was when it was last kept."""
    customer = order.customer if order else None
    form = at_ease(EntryForm(kept.content, customer=customer))
    return Screen(form, read_sheet(kept.content), order)


def _twin(request: HttpRequest, form: EntryForm) -> str:
    if form.chosen is None:
        return ""
    return selectors.po_twin(
        customer_id=form.chosen.pk, customer_po=request.POST.get("customer_po", "").strip()
    )


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]  # the page lets only signed-in people in
    return user
