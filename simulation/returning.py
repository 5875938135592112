"""Goods that come back: a return in each of its states, and last month's carriers half checked."""

from decimal import Decimal

from catalog.models import Product
from fulfillment.models import Location
from invoicing import services as invoicing
from o2c.kernel.actors import Actor
from shipping import audits
from shipping import services as shipping
from shipping.models import AuditSample, Return, ReturnLine, Shipment, ShipmentLine, ShippingAudit
from shipping.services import Arrived, Coming, Delivery, Refusal, Verdict, auditing
from simulation.twin import Twin

Reason = ReturnLine.Reason
# Why goods come back, what the customer writes, and how far the return has come this morning.
STORIES = (
    (Reason.DEFECT, "Leaks at the flange", "settled"),
    (Reason.WRONG, "We ordered the smaller size", "inspected"),
    (Reason.DAMAGED, "Box was crushed", "received"),
    (Reason.UNWANTED, "Ordered twice by mistake", "announced"),
)
# What is found at the first two shipments of last month's sample.
FINDINGS = (("fine", ""), ("papers", "The signed paper came three days later."))
SHARE = Decimal("0.2")


def make(twin: Twin) -> None:
    """Leave returns in each state, one of goods refused at the door, and an audit under way."""
    lines = list(_shipped_lines(twin)[: len(STORIES) + 1])
    for (reason, note, wanted), line in zip(STORIES, lines, strict=False):
        _bring_to(twin, _announce(twin, line, reason, note), wanted)
    if len(lines) > len(STORIES):
        _refuse(twin, lines[-1])
    _check_samples(twin)


def sign_past_months(twin: Twin) -> None:
    """Check and sign the audits of all months but the last, as somebody did at the time."""
    last = audits.month_before(twin.day)
    signer = twin.people["shipping"]
    at, actor = twin.at(17), twin.actor("shipping")
    for audit in ShippingAudit.objects.filter(month__lt=last, state="open").order_by("pk"):
        for sample in audit.samples.filter(finding="").order_by("pk"):
            auditing.check_sample(
                sample.pk, finding="fine", note="", user_id=signer.pk, at=at, actor=actor
            )
        conclusion = "Checked against the carrier's papers."
        auditing.sign_audit(audit.pk, conclusion=conclusion, user_id=signer.pk, at=at, actor=actor)


def _shipped_lines(twin: Twin) -> list[ShipmentLine]:
    """Return a line each of what was delivered lately, of goods that are not kept by lot."""
    found: dict[int, ShipmentLine] = {}
    lines = ShipmentLine.objects.filter(
        shipment__customer__in=twin.customer_ids,
        shipment__state=Shipment.State.DELIVERED,
        shipment__delivered_at__lt=twin.at(0),
        order_line__product__tracking=Product.Tracking.NONE,
        quantity__gt=1,
    )
    for line in lines.select_related("shipment").order_by("-shipment", "pk")[:100]:
        found.setdefault(line.shipment_id, line)
    return list(found.values())


def _announce(twin: Twin, line: ShipmentLine, reason: str, note: str) -> Return:
    quantity = max(Decimal(1), (line.quantity * SHARE).quantize(Decimal(1)))
    goods = [Coming(shipment_line_id=line.pk, quantity=quantity, reason=reason)]
    return shipping.announce_return(
        line.shipment.customer_id,
        goods=goods,
        note=note,
        at=twin.at(7),
        actor=twin.actor("shipping"),
    )


def _bring_to(twin: Twin, row: Return, wanted: str) -> None:
    if wanted == "announced":
        return
    people = twin.actor("warehouse")
    [line] = row.lines.all()
    came = [Arrived(line_id=line.pk, quantity=line.announced)]
    shipping.receive_return_goods(row.pk, goods=came, at=twin.at(8), actor=people)
    if wanted == "received":
        return
    place = Location.objects.get(warehouse=row.warehouse_id, kind=Location.Kind.QUARANTINE)
    verdict = Verdict(disposition="quarantine", accepted=line.announced, location_id=place.pk)
    shipping.inspect_return(row.pk, verdicts={line.pk: verdict}, at=twin.at(9), actor=people)
    if wanted == "inspected":
        return
    answer = "Agreed: we take it back."
    clerk = twin.actor("clerk")
    shipping.settle_return(row.pk, answer=answer, at=twin.at(9, 30), actor=clerk)
    # The worker does the same when it comes to the message; the second one finds it credited.
    job = Actor.job("invoicing.credit_returned")
    invoicing.credit_return(row.pk, at=twin.at(9, 31), actor=job)


def _refuse(twin: Twin, line: ShipmentLine) -> None:
    """The signed paper comes after the driver's scan: one piece was not taken."""
    shipment = line.shipment
    assert shipment.delivered_at is not None  # it is delivered
    shipping.record_proof(
        shipment.pk,
        delivery=Delivery(received_by=shipment.received_by, received_at=shipment.delivered_at),
        refused={line.pk: Refusal(quantity=Decimal(1), reason="Carton open")},
        at=twin.at(8, 30),
        actor=twin.actor("shipping"),
    )
    shipping.announce_refused(shipment.pk, at=twin.at(8, 31), actor=twin.actor("shipping"))


def _check_samples(twin: Twin) -> None:
    """Two shipments of last month are checked by hand; at one something is not in order."""
    month = audits.month_before(twin.day)
    samples = AuditSample.objects.filter(audit__month=month, finding="").order_by("pk")[:2]
    for sample, (finding, note) in zip(samples, FINDINGS, strict=False):
        auditing.check_sample(
            sample.pk,
            finding=finding,
            note=note,
            user_id=twin.people["shipping"].pk,
            at=twin.at(8),
            actor=twin.actor("shipping"),
        )
