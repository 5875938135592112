"""Pick lists: the worklist, releasing to the floor, finding one by its number."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfillment import services, worklists
from fulfillment.forms import BatchForm
from fulfillment.models import PickBatch, PickList
from fulfillment.views.common import one_page
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of, today
from orders.models import Order


@page("fulfillment.view_picklist")
def pick_lists(request: HttpRequest) -> HttpResponse:
    """Show what can be released, and what is on the floor."""
    return show_floor(request)


def show_floor(request: HttpRequest, *, batch_form: BatchForm | None = None) -> HttpResponse:
    """Show the floor; with 422 where a form for the next batch is refused."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()
    zone, zones = request.GET.get("zone", ""), worklists.zones()
    lists = one_page(request, worklists.open_pick_lists(state=state, text=text, zone=zone))
    ready = one_page(request, worklists.ready_orders(), "ready")
    context = {
        "zone": zone,
        "zones": zones,
        "batch_form": batch_form or BatchForm(zones, initial={"zone": zone}),
        "pick_lists": lists["rows"],
        "next_page": lists["next_page"],
        "ready": ready["rows"],
        "next_ready": ready["next_page"],
        "ready_counts": worklists.ready_counts(),
        "counts": [
            (key, PickList.State(key).label, number)
            for key, number in worklists.floor_counts().items()
        ],
        "state": state,
        "text": text,
        "today": today(),
    }
    status = UNPROCESSABLE if batch_form else 200
    return render(request, "fulfillment/pick_lists.html", context, status=status)


@action("fulfillment.release_picklist")
def release(request: HttpRequest) -> HttpResponse:
    """Release the chosen orders to the floor, each for itself; say which could not go."""
    ticked = map(number_of, request.POST.getlist("ids"))
    chosen = [key for key in ticked if key is not None]
    released = 0
    for order in Order.objects.filter(pk__in=chosen).order_by("requested_on", "pk"):
        try:
            services.release_pick_lists(
                order.pk,
                at=clock.now(),
                actor=actor_of(request),
            )
        except EXPECTED as refusal:
            messages.error(request, f"{order}: {explain(refusal)[1]}")
        else:
            released += 1
    if released:
        said = ngettext(
            "%(number)s order is released to the floor.",
            "%(number)s orders are released to the floor.",
            released,
        )
        messages.success(request, said % {"number": released})
    if not chosen:
        messages.error(request, _("Choose the orders to release first."))
    return redirect("fulfillment:pick-lists")


@page("fulfillment.pick_picklist")
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a pick list by its number or its order's, or for a batch, and open it."""
    code = request.GET.get("code", "").strip()
    if code and PickBatch.objects.filter(number=code.upper()).exists():
        return redirect("fulfillment:batch", number=code.upper())
    found = list(worklists.open_pick_lists(text=code)[:2]) if code else []
    if len(found) == 1:
        return redirect("fulfillment:pick", number=found[0].number)
    context = {"code": code, "is_missing": bool(code) and not found}
    if found:
        context["several"] = found
    return render(
        request, "fulfillment/find.html", context, status=404 if context["is_missing"] else 200
    )
