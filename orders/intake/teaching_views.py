"""Pages: what people have taught us about customers' words, and teaching one more."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, number_of, status_of
from orders.intake import selectors
from orders.intake.rereading import read_again
from orders.intake.teaching import MEANINGS, revoke_correction, teach_word
from orders.models import IntakeCorrection, IntakeDocument


@page("orders.intake_order")
def learned(request: HttpRequest) -> HttpResponse:
    """List what is known of customers' words, newest first; each can be revoked."""
    customer_id = number_of(request.GET.get("customer"))
    found = selectors.corrections(customer_id=customer_id)
    return render(request, "orders/intake/learned.html", _context(found))


@action("orders.intake_order")
def teach(request: HttpRequest, document_id: int) -> HttpResponse:
    """Say what a word of this document means, and read it again."""
    at, actor = clock.now(), actor_of(request)
    try:
        teach_word(
            document_id,
            word=request.POST.get("word", ""),
            meaning=request.POST.get("meaning", ""),
            at=at,
            actor=actor,
        )
        read_again(document_id, at=at, actor=actor)
    except IntakeDocument.DoesNotExist:
        raise Http404 from None
    except REFUSALS as refusal:
        context = {"message": explain(refusal)[1], "document_id": document_id}
        return render(request, "orders/intake/refused.html", context, status=status_of(refusal))
    return redirect("orders:intake-document", document_id=document_id)


@action("orders.intake_order")
def revoke(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Forget one correction."""
    try:
        revoke_correction(correction_id, at=clock.now(), actor=actor_of(request))
    except IntakeCorrection.DoesNotExist:
        raise Http404 from None
    return redirect("orders:intake-learned")


def meanings() -> list[tuple[str, str]]:
    """Return what a word can be said to mean, by name and in words."""
    shown = {
        "sku": _("Our part number"),
        "customer_part": _("Their part number"),
        "description": _("Description"),
        "quantity": _("Quantity"),
        "unit": _("Unit"),
        "unit_price": _("Price"),
        "amount": _("Amount"),
        "discount": _("Discount"),
        "requested_on": _("Delivery date"),
        "po_number": _("PO number"),
        "ordered_on": _("Order date"),
        "ship_to": _("Ship to"),
        "currency": _("Currency"),
        "note": _("Note"),
    }
    return [(name, shown[name]) for name in MEANINGS]


def _context(found: list[IntakeCorrection]) -> dict[str, Any]:
    words = dict(meanings())
    rows = [
        {"correction": correction, "meaning": words.get(correction.meaning, correction.meaning)}
        for correction in found
    ]
    return {"rows": rows}
