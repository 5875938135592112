"""Whatever is sent to a form of shipping is answered in words: no fault, never half a change."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import UnitOfMeasure
from o2c.kernel import clock
from shipping import services
from shipping.models import (
    Booking,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    ShippingAudit,
    StrayEvent,
)
from shipping.services import auditing
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import NOW, CarrierFactory
from tests.invoicing.shipped import ACTOR, customer_with_credit, leave, pack, ready
from tests.invoicing.shipped import place as order_of

AREA = "/shipping/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(company):
    ready()
    buyer = customer_with_credit(name="Delta Crane")
    planned, labelled, gone = (pack(order_of(buyer, ("2", "50"))) for _each in range(3))
    services.label_shipment(labelled.pk, at=NOW, actor=ACTOR)
    leave(gone)
    UnitOfMeasure.objects.update(is_divisible=True)  # it comes back in parts, below
    joining, joint = (pack(order_of(buyer, ("2", "50"))) for _each in range(2))
    joint = services.join_shipment(joining.pk, with_id=joint.pk, at=NOW, actor=ACTOR)
    [line] = pack(order_of(buyer, ("2", "50"))).lines.all()
    services.cancel_shipment(line.shipment_id, reason="Wrong carrier", at=NOW, actor=ACTOR)
    services.report_exception(gone.pk, kind="damaged", note="Wet", at=NOW, actor=ACTOR)
    lost = leave(pack(order_of(buyer, ("2", "50"))))
    services.report_exception(lost.pk, kind="lost", note="Gone", at=NOW, actor=ACTOR)
    StrayEvent.objects.create(
        carrier=CarrierFactory.create(),
        tracking_number="ELSE-1",
        event_id="1",
        code="late",
        channel="file",
        happened_at=NOW,
        recorded_at=NOW,
    )
    _send_back(gone)
    auditing.audit_month(NOW.date().replace(day=1), at=NOW, actor=ACTOR)
    client = signed_in()
    starts = [f"/shipping/{one.number}/" for one in (planned, labelled, gone, joint)]
    starts += ["/shipping/cases/", "/shipping/reports/", "/shipping/feeds/", "/shipping/returns/"]
    bill = SimpleUploadedFile("bill.csv", f"Shipment;Amount\n{gone.number};9\n".encode())
    starts += ["/shipping/audits/", client.post("/shipping/charges/import/", {"file": bill}).url]
    starts += [f"/shipping/audits/{audit.pk}/" for audit in ShippingAudit.objects.all()]
    starts += [f"/shipping/pick-lists/{line.pick_list.number}/", "/shipping/carriers/"]
    starts += _booked(planned, buyer)
    with clock.travel(NOW):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []


def _booked(planned, buyer):
    """Leave bookings that failed and that are stuck, and a carrier with one part of each kind."""
    stuck = pack(order_of(buyer, ("2", "50")))
    for shipment, state in ((planned, "failed"), (stuck, "stuck")):
        Booking.objects.create(
            shipment=shipment,
            carrier=shipment.carrier,
            adapter="fake",
            key=state,
            state=state,
            problem_text="No answer",
            asked_at=NOW,
        )
    carrier = planned.carrier
    service = CarrierService.objects.create(carrier=carrier, code="STD", name="Standard")
    zone = FreightZone.objects.create(carrier=carrier, code="DE", countries=["DE"])
    FreightRate.objects.create(service=service, zone=zone, currency="EUR", valid_from=NOW.date())
    PickupClosure.objects.create(carrier=carrier, day=NOW.date())
    kinds = ("services", "zones", "rates", "pickups", "closures")
    there = f"/shipping/carriers/{carrier.code}/"
    return [
        "/shipping/bookings/",
        f"/shipping/{stuck.number}/",
        *(f"{there}{one}/" for one in kinds),
    ]


def _send_back(gone):
    """Leave returns that are announced, here, and looked at; the rest was refused."""
    line = gone.lines.get().pk
    goods = [services.Coming(shipment_line_id=line, quantity=Decimal("0.5"), reason="wrong")]
    made = [
        services.announce_return(gone.customer_id, goods=goods, at=NOW, actor=ACTOR)
        for _each in range(3)
    ]
    for row in made[1:]:
        came = [services.Arrived(line_id=row.lines.get().pk, quantity=Decimal("0.5"))]
        services.receive_return_goods(row.pk, goods=came, at=NOW, actor=ACTOR)
    scrap = services.Verdict(disposition="scrap", accepted=Decimal("0.5"))
    verdicts = {made[2].lines.get().pk: scrap}
    services.inspect_return(made[2].pk, verdicts=verdicts, at=NOW, actor=ACTOR)
    made[2].lines.update(disposition="restock", problem="A-01 is not used any more.")
    services.report_exception(gone.pk, kind="refused", note="", at=NOW, actor=ACTOR)
