"""A carrier's month: figures, the sample, and the sign-off after which nothing changes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from o2c.kernel import clock, jobs, roles
from shipping import audits, services
from shipping.models import AuditSample, Shipment, ShippingAudit
from shipping.services import auditing
from shipping.tasks import audit_carriers
from tests.factories import CarrierFactory
from tests.invoicing import shipped

MONTH = date(2026, 11, 1)


@pytest.fixture
def send(customer, schedule, now):
    """Let shipments leave."""

    def send(count=1):
        return [shipped.ship(customer, ("1", "50")) for _each in range(count)]

    return send


@pytest.fixture
def month(now, actor):
    return lambda: auditing.audit_month(MONTH, at=now, actor=actor)


@pytest.fixture
def check_all_samples(now, actor, person):
    def check(user):
        for sample in AuditSample.objects.all():
            auditing.check_sample(
                sample.pk, finding="fine", note="", user_id=user.pk, at=now, actor=actor
            )

    return check


def test_counts_what_a_carrier_did(send, month, now, actor):
    good, late, broken = send(3)
    services.deliver_shipment(good.pk, received_by="Kim", at=now, actor=actor)
    services.report_exception(broken.pk, kind="damaged", note="Wet", at=now, actor=actor)
    for one, charged in ((good, 12), (late, 10)):
        Shipment.objects.filter(pk=one.pk).update(
            freight_currency="EUR", freight_cost=10, charged_cost=charged
        )
    Shipment.objects.filter(pk=late.pk).update(leaves_by=now - timedelta(hours=1))

    made = month()

    audit = ShippingAudit.objects.get()
    figures = audit.figures
    assert made == 1
    assert {name: figures[name] for name in audits.COUNTS} == {
        "shipments": 3,
        "delivered": 1,
        "dated": 3,
        "on_time": 1,
        "in_full": 1,
        "on_time_in_full": 1,
        "damaged": 1,
        "lost": 0,
        "missed": 1,
    }
    assert audits.variance(figures) == {"EUR": Decimal("0.1")}


def test_run_again_changes_only_what_has_been_reported_since(send, month, now, actor):
    [one] = send()
    first, second = month(), month()
    services.deliver_shipment(one.pk, received_by="Kim", at=now, actor=actor)

    third = month()

    assert (first, second, third) == (1, 0, 1)
    assert ShippingAudit.objects.get().figures["delivered"] == 1


def test_the_daily_job_renews_what_is_not_signed_however_old(
    send, month, check_all_samples, person, now, actor
):
    signed, still_open = send(2)
    other = CarrierFactory.create(code="BRL")
    Shipment.objects.filter(pk=still_open.pk).update(carrier=other)
    month()
    user = person(roles.SHIPPING)
    check_all_samples(user)
    auditing.sign_audit(
        ShippingAudit.objects.get(carrier=signed.carrier_id).pk,
        conclusion="Good",
        user_id=user.pk,
        at=now,
        actor=actor,
    )
    for one in (signed, still_open):
        services.deliver_shipment(one.pk, received_by="Kim", at=now, actor=actor)

    renewed = audit_carriers(date(2027, 2, 3), at=now, actor=actor)

    counted = dict(ShippingAudit.objects.values_list("carrier", "figures__delivered"))
    assert renewed == {"audits": 1}
    assert counted == {signed.carrier_id: 0, other.pk: 1}


def test_the_daily_job_goes_on_after_an_earlier_month_was_audited_later(send, now, actor):
    in_october, in_august = send(2)
    for one, day in ((in_october, date(2026, 10, 12)), (in_august, date(2026, 8, 12))):
        left = now.replace(month=day.month, day=day.day)
        Shipment.objects.filter(pk=one.pk).update(dispatched_at=left)
    for day in (date(2026, 11, 3), date(2026, 9, 3)):
        jobs.run_job(audit_carriers, day, at=now)
    services.deliver_shipment(in_august.pk, received_by="Kim", at=now, actor=actor)

    run = jobs.run_job(audit_carriers, date(2026, 11, 4), at=now)

    kept = ShippingAudit.objects.order_by("pk").values_list("month", "figures__delivered")
    assert (run.error, run.result) == ("", {"audits": 1})
    assert list(kept) == [(date(2026, 10, 1), 0), (date(2026, 8, 1), 1)]


def test_draws_five_and_the_same_again(send, month):
    send(7)
    month()

    drawn = list(AuditSample.objects.order_by("pk").values_list("shipment", flat=True))
    month()

    assert len(drawn) == 5
    assert audits.samples_of(MONTH)[ShippingAudit.objects.get().carrier_id] == drawn
    assert AuditSample.objects.count() == 5


def test_is_signed_only_after_the_sample_was_checked(
    send, month, check_all_samples, person, now, actor
):
    send(2)
    month()
    user, audit = person(), ShippingAudit.objects.get()
    settings = {"conclusion": "Good", "user_id": user.pk, "at": now, "actor": actor}

    with pytest.raises(auditing.SamplesUnchecked):
        auditing.sign_audit(audit.pk, **settings)
    check_all_samples(user)
    signed = auditing.sign_audit(audit.pk, **settings)

    assert (signed.state, signed.conclusion, signed.signed_by_id) == ("signed", "Good", user.pk)


def test_nothing_of_a_signed_audit_changes(send, month, check_all_samples, person, now, actor):
    [one] = send()
    month()
    user, audit = person(), ShippingAudit.objects.get()
    check_all_samples(user)
    auditing.sign_audit(audit.pk, conclusion="Good", user_id=user.pk, at=now, actor=actor)
    services.deliver_shipment(one.pk, received_by="Kim", at=now, actor=actor)

    again = month()

    sample = AuditSample.objects.get()
    with pytest.raises(auditing.AuditSigned):
        auditing.check_sample(
            sample.pk, finding="late", note="x", user_id=user.pk, at=now, actor=actor
        )
    for change in (
        lambda: ShippingAudit.objects.update(conclusion="Bad"),
        lambda: ShippingAudit.objects.all().delete(),
        lambda: AuditSample.objects.update(note="x"),
        lambda: AuditSample.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    audit.refresh_from_db()
    assert (again, audit.conclusion, audit.figures["delivered"]) == (0, "Good", 0)


def test_takes_as_many_statements_for_20_shipments_as_for_one(send, month, statements):
    send()
    one = statements(month)
    ShippingAudit.objects.all().delete()
    send(19)

    assert statements(month) == one


def test_pages_from_the_scorecard_to_the_signature(shipper, picker, send, month, now):
    send()
    month()
    audit, sample = ShippingAudit.objects.get(), AuditSample.objects.get()
    with clock.travel(now):
        card = shipper.get(reverse("shipping:audits"), {"month": "2026-11"})
        refused = shipper.post(
            reverse("shipping:sample-check", args=[sample.pk]), {"finding": "late", "note": ""}
        )
        early = shipper.post(
            reverse("shipping:audit-sign", args=[audit.pk]), {"conclusion": "Good"}
        )
        shipper.post(reverse("shipping:sample-check", args=[sample.pk]), {"finding": "fine"})
        denied = picker.post(
            reverse("shipping:audit-sign", args=[audit.pk]), {"conclusion": "Good"}
        )
        shipper.post(reverse("shipping:audit-sign", args=[audit.pk]), {"conclusion": "Good"})
        page = shipper.get(reverse("shipping:audit", args=[audit.pk]))
        file = shipper.get(reverse("shipping:audits-csv"), {"month": "2026-11"})

    audit.refresh_from_db()
    assert audit.carrier.name in card.content.decode()
    assert (refused.status_code, early.status_code, denied.status_code) == (422, 409, 403)
    assert "Say what is wrong." in refused.content.decode()
    assert (audit.state, "Good" in page.content.decode()) == ("signed", True)
    assert f"{audit.carrier.name},2026-11,signed,1," in file.content.decode()


@pytest.mark.parametrize(
    "text", ["", "x", "2026-13", "9999-12-99", "0001-01", "1999-12", "2100-01", "9999-12"]
)
def test_another_month_than_there_is_is_the_last_one(shipper, text, now):
    with clock.travel(now):
        page = shipper.get(reverse("shipping:audits"), {"month": text})
        file = shipper.get(reverse("shipping:audits-csv"), {"month": text})

    assert (page.status_code, page.context["month"]) == (200, date(2026, 10, 1))
    assert file.headers["Content-Disposition"].count("carriers-2026-10.csv") == 1
