"""Pages of audits ask as much for twenty carriers and shipments as for one."""

from datetime import date

from django.urls import reverse

from o2c.kernel import clock
from shipping.models import AuditSample, ShippingAudit
from shipping.services import auditing
from tests.factories import CarrierFactory
from tests.invoicing import shipped

MONTH = date(2026, 11, 1)


def test_scorecard_and_its_file_ask_the_same_for_20_carriers(
    customer, schedule, shipper, statements, now, actor
):
    shipped.ship(customer, ("1", "50"))
    auditing.audit_month(MONTH, at=now, actor=actor)
    [audit] = ShippingAudit.objects.all()
    addresses = [
        reverse(f"shipping:{name}") + "?month=2026-11" for name in ("audits", "audits-csv")
    ]
    with clock.travel(now):
        shipper.get(addresses[0])
        one = [statements(lambda place=place: shipper.get(place)) for place in addresses]
        for carrier in [CarrierFactory.create(code=f"C{number}") for number in range(19)]:
            ShippingAudit.objects.create(
                carrier=carrier, month=MONTH, figures=audit.figures, computed_at=now
            )

        twenty = [statements(lambda place=place: shipper.get(place)) for place in addresses]

    assert twenty == one


def test_page_of_an_audit_asks_the_same_for_20_shipments(
    customer, schedule, shipper, statements, now, actor
):
    shipments = [shipped.ship(customer, ("1", "50")) for _each in range(20)]
    auditing.audit_month(MONTH, at=now, actor=actor)
    [audit] = ShippingAudit.objects.all()
    AuditSample.objects.filter(audit=audit).delete()
    AuditSample.objects.create(audit=audit, shipment=shipments[0])
    address = reverse("shipping:audit", args=[audit.pk])
    with clock.travel(now):
        shipper.get(address)
        one = statements(lambda: shipper.get(address))
        for shipment in shipments[1:]:
            AuditSample.objects.create(audit=audit, shipment=shipment)

        assert statements(lambda: shipper.get(address)) == one
