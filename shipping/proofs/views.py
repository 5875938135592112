"""Pages: entering the proof of a delivery, and its paper."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from o2c.kernel import clock, downloads
from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import add_refusal, once_per_form
from o2c.kernel.pages import form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of
from shipping import services
from shipping.models import ProofOfDelivery, Shipment, ShipmentLine
from shipping.proofs.forms import ProofForm
from shipping.proofs.papers import keep_paper


@form_page("shipping.track_shipment")
def proof(request: HttpRequest, number: str) -> HttpResponse:
    """Enter who took a shipment, when, and what of it was refused."""
    row = get_object_or_404(Shipment.objects.select_related("warehouse", "customer"), number=number)
    lines = list(
        row.lines.select_related("order", "order_line__product__unit", "proof_line").order_by("pk")
    )
    with timezone.override(ZoneInfo(row.warehouse.time_zone)):
        if request.method != "POST":
            form = ProofForm(lines=lines, initial=_known(row, lines))
            return _form(request, row, form)
        form = ProofForm(request.POST, request.FILES, lines=lines)
        if not form.is_valid():
            return _form(request, row, form, status=UNPROCESSABLE)
        try:
            once_per_form(request, lambda: _record(request, row, form))
        except EXPECTED as refusal:
            add_refusal(refusal, form, names=form.names)
            return _form(request, row, form, status=status_of(refusal))
    messages.success(request, _("The proof of delivery is recorded."))
    return redirect("shipping:shipment", number=number)


@page("shipping.view_shipment")
def proof_file(request: HttpRequest, number: str) -> HttpResponse:
    """Show the paper of a delivery."""
    proofs = ProofOfDelivery.objects.select_related("file")
    found = get_object_or_404(proofs, shipment__number=number)
    if found.file is None:
        raise Http404
    return downloads.shown(found.file)


def _record(request: HttpRequest, row: Shipment, form: ProofForm) -> None:
    entered = form.cleaned_data
    uploaded = entered["file"]
    file = keep_paper(uploaded.name or "", uploaded.read()) if uploaded else None
    services.record_proof(
        row.pk,
        delivery=services.Delivery(
            received_by=entered["received_by"],
            received_at=entered["received_at"],
            note=entered["note"],
            file=file,
        ),
        refused=form.refused(),
        at=clock.now(),
        actor=actor_of(request),
    )


def _known(row: Shipment, lines: list[ShipmentLine]) -> dict[str, Any]:
    """Return what is recorded already, to be corrected."""
    known: dict[str, Any] = {
        "received_by": row.received_by,
        "received_at": row.delivered_at or clock.now(),
    }
    found = ProofOfDelivery.objects.filter(shipment=row).first()
    if found is None:
        return known
    for line in lines:
        proved = line.proof_line
        if proved.refused:
            known[f"refused_{line.pk}"] = proved.refused.normalize()
            known[f"reason_{line.pk}"] = proved.reason
    return known | {
        "received_by": found.received_by,
        "received_at": found.received_at,
        "note": found.note,
    }


def _form(
    request: HttpRequest, row: Shipment, form: ProofForm, *, status: int = 200
) -> HttpResponse:
    context = {"shipment": row, "form": form}
    return render(request, "shipping/proof.html", context, status=status)
