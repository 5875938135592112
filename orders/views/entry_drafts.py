"""What is kept of the entry screen while somebody types, put away, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.pages import action
from o2c.kernel.requests import number_of
from o2c.kernel.ui.dates import clock_time
from orders import selectors
from orders.entry_screen import Screen
from orders.forms import EntryForm
from orders.models import Order
from orders.services import entries
from orders.sheet import Sheet


@action("orders.enter_order")
def autosave(request: HttpRequest) -> HttpResponse:
    """Keep what is typed, right or wrong; answer when that was, and who else is at the order."""
    number = request.POST.get("draft_of", "")
    order = selectors.order_for_entry(number) if number else None
    if number and (order is None or order.state != Order.State.DRAFT):
        return JsonResponse({"saved": _("This is no draft any more."), "others": ""})
    screen = Screen(EntryForm(request.POST), Sheet([]), order)
    assert request.user.pk is not None  # signed in
    now = clock.now()
    is_kept = entries.keep_entry(request.user.pk, typed=screen.typed(request.POST), at=now)
    others = entries.others_at(order, request.user.pk, now=now) if order else []
    saved = _("saved %(time)s") % {"time": strip_tags(clock_time(now))} if is_kept else ""
    told = [
        _("%(who)s has this order open too, since %(time)s.")
        % {"who": other.user, "time": strip_tags(clock_time(other.opened_at))}
        for other in others
    ]
    return JsonResponse({"saved": saved, "others": " ".join(told)})


@action("orders.enter_order")
def discard_entry(request: HttpRequest) -> HttpResponse:
    """Put away what was typed; the message offers to take that back."""
    screen = request.POST.get("screen", "")[:64]
    assert request.user.pk is not None  # signed in
    if entries.discard_entry(request.user.pk, screen=screen, at=clock.now()):
        undo = reverse("orders:entry-restore", args=[screen])
        messages.success(request, _("What you typed is put away."), extra_tags=undo)
    return redirect("reporting:order-list")


@action("orders.enter_order")
def restore_entry(request: HttpRequest, screen: str) -> HttpResponse:
    """Bring back what was put away."""
    assert request.user.pk is not None  # signed in
    entries.restore_entry(request.user.pk, screen=screen)
    prefix, _dash, key = screen.partition("-")
    order = Order.objects.filter(pk=number_of(key) or 0).first() if prefix == "order" else None
    if order is not None:
        return redirect("orders:edit", number=order.number)
    return redirect(f"{reverse('orders:new')}?screen={screen}")
