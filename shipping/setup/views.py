"""Pages: carriers, what they offer and cost, when they come, and how they are spoken to."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, DomainError, explain
from o2c.kernel.forms import carry_out, once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, actor_of, page_of
from shipping.carriers.names import CHOICES
from shipping.carriers.registry import adapter_of
from shipping.models import Carrier, CarrierSecrets
from shipping.services import carrier_parts, setting_up
from shipping.setup import selectors
from shipping.setup.forms import FORMS, CarrierForm, ConnectionForm, NewCarrierForm

PERMISSION = "shipping.manage_carrier"
WORDS = {
    "services": gettext_lazy("Services"),
    "zones": gettext_lazy("Zones"),
    "rates": gettext_lazy("Tariffs"),
    "pickups": gettext_lazy("Pickups"),
    "closures": gettext_lazy("Closures"),
}
TABS = list(WORDS.items())


@page(PERMISSION)
def carrier_list(request: HttpRequest) -> HttpResponse:
    """List the carriers."""
    rows = selectors.carriers()
    return render(
        request, "shipping/setup/carriers.html", {"carriers": rows, "ways": dict(CHOICES)}
    )


@form_page(PERMISSION)
def carrier_new(request: HttpRequest) -> HttpResponse:
    """Add a carrier."""
    form = NewCarrierForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":

        def add() -> None:
            setting_up.add_carrier(
                code=form.cleaned_data["code"],
                details=form.details(),
                at=clock.now(),
                actor=actor_of(request),
            )

        _none, status = carry_out(form, lambda: once_per_form(request, add))
        if not form.errors:
            messages.success(request, _("The carrier is added. Say next what it offers."))
            return redirect("shipping:carrier", form.cleaned_data["code"])
    else:
        status = 200
    context = {"form": form, "title": _("New carrier"), "back": "shipping:carriers"}
    return render(request, "shipping/setup/carrier_form.html", context, status=status)


@form_page(PERMISSION)
def carrier(request: HttpRequest, code: str) -> HttpResponse:
    """Show a carrier; change what is known of it."""
    row = _carrier(code)
    initial = {"name": row.name, "tracking_url": row.tracking_url, "is_active": row.is_active}
    if request.method != "POST":
        return _overview(request, row, form=CarrierForm(initial=initial))
    form = CarrierForm(request.POST)

    def change() -> None:
        setting_up.change_carrier(row.pk, details=form.details(), **_who(request))

    _none, status = carry_out(form, lambda: once_per_form(request, change))
    if form.errors:
        return _overview(request, row, form=form, status=status)
    messages.success(request, _("Saved."))
    return redirect("shipping:carrier", code)


@form_page(PERMISSION)
def connection(request: HttpRequest, code: str) -> HttpResponse:
    """Say how a carrier is spoken to; its token is never shown."""
    row = _carrier(code)
    if request.method != "POST":
        return _connection(request, row, form=ConnectionForm(initial=_connected(row)))
    form = ConnectionForm(request.POST)

    def connect() -> None:
        setting_up.connect_carrier(
            row.pk,
            adapter=form.cleaned_data["adapter"],
            settings=form.settings(row.settings),
            api_token=form.cleaned_data["api_token"],
            at=clock.now(),
            actor=actor_of(request),
        )

    _none, status = carry_out(form, lambda: once_per_form(request, connect))
    if form.errors:
        return _connection(request, row, form=form, status=status)
    messages.success(request, _("Saved."))
    return redirect("shipping:carrier-connection", code)


@action(PERMISSION)
def connection_test(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the carrier's system for a word, and say what it answers."""
    row = _carrier(code)
    try:
        greeting = adapter_of(row, row.adapter, at=clock.now()).greet()
    except DomainError as refusal:
        form = ConnectionForm(initial=_connected(row))
        return _connection(request, row, form=form, error=str(refusal), status=CONFLICT)
    messages.success(request, _("The connection works: %(words)s") % {"words": greeting[:150]})
    return redirect("shipping:carrier-connection", code)


@form_page(PERMISSION)
def part_list(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """List what of a kind belongs to a carrier; add to it."""
    row, forms = _carrier(code), _forms_of(kind)
    if request.method != "POST":
        return _parts(request, row, kind, form=forms[0](None, carrier=row))
    form = forms[0](request.POST, carrier=row)

    def add() -> None:
        carrier_parts.add_parts(row.pk, kind, rows=form.rows(), **_who(request))

    _none, status = carry_out(form, lambda: once_per_form(request, add))
    if form.errors:
        return _parts(request, row, kind, form=form, status=status)
    messages.success(request, _("Added."))
    return redirect("shipping:carrier-parts", code, kind)


@form_page(PERMISSION)
def part(request: HttpRequest, code: str, kind: str, part_id: int) -> HttpResponse:
    """Change one of them."""
    row, forms = _carrier(code), _forms_of(kind)
    found = get_object_or_404(selectors.parts(kind, row), pk=part_id)
    if request.method != "POST":
        return _part(request, row, kind, found, form=forms[1](None, carrier=row, row=found))
    form = forms[1](request.POST, carrier=row, row=found)

    def change() -> None:
        [values] = form.rows()
        carrier_parts.change_part(row.pk, kind, part_id, values=values, **_who(request))

    _none, status = carry_out(form, lambda: once_per_form(request, change))
    if form.errors:
        return _part(request, row, kind, found, form=form, status=status)
    messages.success(request, _("Saved."))
    return redirect("shipping:carrier-parts", code, kind)


@action(PERMISSION)
def part_remove(request: HttpRequest, code: str, kind: str, part_id: int) -> HttpResponse:
    """Remove one of them."""
    row, forms = _carrier(code), _forms_of(kind)
    found = get_object_or_404(selectors.parts(kind, row), pk=part_id)

    def remove() -> None:
        carrier_parts.remove_part(row.pk, kind, part_id, **_who(request))

    try:
        once_per_form(request, remove)
    except EXPECTED as refusal:
        form = forms[1](None, carrier=row, row=found)
        words = explain(refusal)[1]
        return _part(request, row, kind, found, form=form, error=words, status=CONFLICT)
    messages.success(request, _("Removed."))
    return redirect("shipping:carrier-parts", code, kind)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"at": clock.now(), "actor": actor_of(request)}


def _carrier(code: str) -> Carrier:
    return get_object_or_404(Carrier.objects.select_related("secrets", "poll"), code=code)


def _forms_of(kind: str) -> tuple[Any, Any]:
    if kind not in FORMS:
        raise Http404
    return FORMS[kind]


def _connected(row: Carrier) -> dict[str, str]:
    return {
        "adapter": row.adapter,
        "base_url": row.settings.get("base_url", ""),
        "usual": row.settings.get("fake", {}).get("usual", ""),
    }


def _overview(
    request: HttpRequest, row: Carrier, *, status: int = 200, **shown: Any
) -> HttpResponse:
    context = {
        "carrier": row,
        "tab": "overview",
        "tabs": TABS,
        "way": dict(CHOICES).get(row.adapter),
        "entries": selectors.entries_of(row),
    }
    return render(request, "shipping/setup/carrier.html", context | shown, status=status)


def _connection(
    request: HttpRequest, row: Carrier, *, status: int = 200, **shown: Any
) -> HttpResponse:
    secrets = CarrierSecrets.objects.filter(carrier=row).first()
    context = {
        "carrier": row,
        "tab": "connection",
        "tabs": TABS,
        "has_token": bool(secrets and secrets.api_token),
        "poll": getattr(row, "poll", None),
    }
    return render(request, "shipping/setup/connection.html", context | shown, status=status)


def _parts(
    request: HttpRequest, row: Carrier, kind: str, *, status: int = 200, **shown: Any
) -> HttpResponse:
    start, size = page_of(request) * selectors.PAGE_SIZE, selectors.PAGE_SIZE
    found = list(selectors.parts(kind, row)[start : start + size + 1])
    context = {
        "carrier": row,
        "tab": kind,
        "tabs": TABS,
        "title": WORDS[kind],
        "rows": found[:size],
        "next_page": page_of(request) + 1 if len(found) > size else None,
    }
    return render(request, "shipping/setup/parts.html", context | shown, status=status)


def _part(
    request: HttpRequest, row: Carrier, kind: str, found: Any, *, status: int = 200, **shown: Any
) -> HttpResponse:
    context = {"carrier": row, "tab": kind, "tabs": TABS, "title": WORDS[kind], "row": found}
    return render(request, "shipping/setup/part.html", context | shown, status=status)
