"""Pages: reports that no shipment has, carriers' files, and how their messages come in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, DomainError
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, page_of, status_of
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from shipping.case_forms import DismissForm, FeedForm, PlaceForm, TrackingFileForm
from shipping.models import Carrier, CarrierSecrets, Shipment, StrayEvent
from shipping.reports import feeds, strays
from shipping.reports.sheets import RECORDED, FileRow, import_tracking

PAGE_SIZE = 50
# So many rows are taken in while somebody waits; longer files are for the command.
MOST_ROWS = 2_000
SHOWN = 500


@page("shipping.view_shipment")
def stray_list(request: HttpRequest) -> HttpResponse:
    """List the reports that no shipment has, the oldest first."""
    start = page_of(request) * PAGE_SIZE
    waiting = StrayEvent.objects.filter(state=StrayEvent.State.OPEN).select_related("carrier")
    found = list(waiting.order_by("pk")[start : start + PAGE_SIZE + 1])
    context = {
        "strays": found[:PAGE_SIZE],
        "next_page": page_of(request) + 1 if len(found) > PAGE_SIZE else None,
        "count": waiting.count(),
    }
    return render(request, "shipping/strays.html", context)


@page("shipping.view_shipment")
def stray(request: HttpRequest, stray_id: int) -> HttpResponse:
    """Show a report that no shipment has."""
    return _stray(request, stray_id)


@action("shipping.track_shipment")
def stray_place(request: HttpRequest, stray_id: int) -> HttpResponse:
    """Give the report to the shipment that somebody names."""
    form = PlaceForm(request.POST)
    return _settle(
        request,
        stray_id,
        form,
        "place_form",
        lambda entered, who: strays.place_stray(
            stray_id, shipment_number=entered["shipment"], **who
        ),
    )


@action("shipping.track_shipment")
def stray_dismiss(request: HttpRequest, stray_id: int) -> HttpResponse:
    """Put the report aside."""
    form = DismissForm(request.POST)
    return _settle(
        request,
        stray_id,
        form,
        "dismiss_form",
        lambda entered, who: strays.dismiss_stray(stray_id, reason=entered["reason"], **who),
    )


@form_page("shipping.track_shipment")
def file(request: HttpRequest) -> HttpResponse:
    """Take in a carrier's file, and show what became of each row."""
    form = TrackingFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            rows = _take_in(request, form.cleaned_data)
        except (Unreadable, DomainError) as refusal:
            form.add_error("file", str(refusal))
        else:
            counts: dict[str, int] = {}
            for row in rows:
                counts[row.outcome] = counts.get(row.outcome, 0) + 1
            shown = sorted(rows, key=lambda row: (row.outcome == RECORDED, row.number))[:SHOWN]
            context = {"rows": shown, "counts": counts, "hidden": len(rows) - len(shown)}
            return render(request, "shipping/tracking_file_rows.html", context)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "shipping/tracking_file.html", {"form": form}, status=status)


@page("shipping.manage_carrier")
def feed_list(request: HttpRequest) -> HttpResponse:
    """List the carriers with how their reports come in."""
    carriers = Carrier.objects.select_related("secrets").order_by("name", "pk")
    return render(request, "shipping/feeds.html", {"carriers": carriers})


@form_page("shipping.manage_carrier")
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """Set how a carrier's messages are proven and read."""
    carrier = get_object_or_404(Carrier.objects.select_related("secrets"), code=code)
    if request.method != "POST":
        return _feed(request, carrier)
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _feed(request, carrier, form=form, status=UNPROCESSABLE)
    once_per_form(
        request,
        lambda: feeds.change_feed(
            carrier.pk, at=clock.now(), actor=actor_of(request), **form.cleaned_data
        ),
    )
    messages.success(request, _("Saved."))
    return redirect("shipping:feed", code)


@action("shipping.manage_carrier")
def feed_token(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new token for the REST API and show it, this once."""
    carrier = get_object_or_404(Carrier.objects.select_related("secrets"), code=code)
    made: list[str] = []

    def renew() -> None:
        made.append(feeds.renew_token(carrier.pk, at=clock.now(), actor=actor_of(request)))

    once_per_form(request, renew)
    if not made:  # this very form was sent before
        return redirect("shipping:feed", code)
    carrier = Carrier.objects.select_related("secrets").get(pk=carrier.pk)
    return _feed(request, carrier, token=made[0])


def _feed(
    request: HttpRequest, carrier: Carrier, *, status: int = 200, **shown: Any
) -> HttpResponse:
    codes = carrier.settings.get("codes", {})
    lines = "\n".join(f"{theirs} = {ours}" for theirs, ours in sorted(codes.items()))
    secrets = CarrierSecrets.objects.filter(carrier=carrier).first()
    context = {
        "carrier": carrier,
        "secrets": secrets,
        "webhook": request.build_absolute_uri(reverse("carriers:webhook", args=[carrier.code])),
        "endpoint": request.build_absolute_uri(reverse("api:tracking")),
        "form": FeedForm(initial={"codes": lines}),
    }
    return render(request, "shipping/feed.html", context | shown, status=status)


def _take_in(request: HttpRequest, entered: dict[str, Any]) -> list[FileRow]:
    uploaded = entered["file"]
    check_size(uploaded.size or 0)
    return import_tracking(
        uploaded.read(),
        uploaded.name or "",
        carrier=entered["carrier"],
        at=clock.now(),
        actor=actor_of(request),
        most_rows=MOST_ROWS,
    )


def _settle(
    request: HttpRequest,
    stray_id: int,
    form: PlaceForm | DismissForm,
    name: str,
    settle: Callable[[dict[str, Any], dict[str, Any]], Shipment | StrayEvent],
) -> HttpResponse:
    if not form.is_valid():
        return _stray(request, stray_id, status=UNPROCESSABLE, **{name: form})
    who = {"at": clock.now(), "actor": actor_of(request)}
    try:
        once_per_form(request, lambda: settle(form.cleaned_data, who))
    except EXPECTED as refusal:
        add_refusal(refusal, form)
        return _stray(request, stray_id, status=status_of(refusal), **{name: form})
    return redirect("shipping:strays")


def _stray(request: HttpRequest, stray_id: int, *, status: int = 200, **shown: Any) -> HttpResponse:
    rows = StrayEvent.objects.select_related("carrier", "shipment")
    row = get_object_or_404(rows, pk=stray_id)
    context = {"stray": row, "place_form": PlaceForm(), "dismiss_form": DismissForm()}
    return render(request, "shipping/stray.html", context | shown, status=status)
