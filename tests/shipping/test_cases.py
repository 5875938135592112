"""What went wrong on the way: a case is opened once, told once, worked on, and ends with words."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from o2c.kernel import outbox, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import Notice
from shipping import services, tellings
from shipping.models import DeliveryCase, Shipment
from shipping.services import CaseClosed, Delivery, Refusal, flag_late


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def case(on_its_way, now, actor):
    services.report_exception(
        on_its_way.pk, kind="damaged", note="Two boxes wet", at=now, actor=actor
    )
    return DeliveryCase.objects.get()


def test_an_exception_opens_a_case_with_the_usual_step(case, on_its_way):
    assert (case.shipment, case.kind, case.note) == (on_its_way, "damaged", "Two boxes wet")
    assert (case.state, case.next_step, case.owner) == ("open", "claim", None)
    # Ten working hours after Wednesday 10:00 in Berlin.
    assert case.due_at.isoformat() == "2026-11-19T09:00:00+00:00"


def test_the_same_trouble_again_opens_no_second_case(case, on_its_way, now, actor):
    services.report_exception(on_its_way.pk, kind="damaged", note="Wet", at=now, actor=actor)
    services.report_exception(on_its_way.pk, kind="lost", note="", at=now, actor=actor)

    assert sorted(DeliveryCase.objects.values_list("kind", flat=True)) == ["damaged", "lost"]


def test_the_database_keeps_one_open_case_of_a_kind(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryCase.objects.create(
            shipment=case.shipment, kind="damaged", opened_at=case.opened_at
        )


def test_the_customer_is_told_once_and_our_people_too(case, customer, person, now):
    rep, shipper = person(roles.SALES_REP), person(roles.SHIPPING)
    customer.sales_rep = rep
    customer.save()
    outbox.deliver_due(limit=20)
    tellings.tell_of_case(case.pk, at=now)  # the outbox may deliver twice

    case.refresh_from_db()
    told = [sent for sent in mail.outbox if "problem" in sent.subject]
    assert [sent.to for sent in told] == [[customer.email]]
    assert "damaged" in told[0].body
    assert "Two boxes wet" in told[0].body
    assert case.told_at is not None
    notices = Notice.objects.filter(key=f"delivery-case-{case.pk}")
    assert set(notices.values_list("user", flat=True)) == {rep.pk, shipper.pk}
    assert set(notices.values_list("link", flat=True)) == {f"/shipping/cases/{case.pk}/"}


def test_without_an_address_the_case_says_that_nobody_is_told(case, customer):
    customer.email = ""
    customer.save()
    outbox.deliver_due(limit=20)

    case.refresh_from_db()
    assert case.told_at is None


def test_whoever_is_given_a_case_hears_of_it(case, person, now, actor):
    owner = person(roles.SHIPPING)

    services.work_on_case(
        case.pk,
        owner_id=owner.pk,
        next_step="send_again",
        due_at=now + timedelta(days=2),
        note="A new box leaves tomorrow",
        at=now,
        actor=actor,
    )
    outbox.deliver_due(limit=20)

    case.refresh_from_db()
    assert (case.owner, case.next_step, case.note) == (
        owner,
        "send_again",
        "A new box leaves tomorrow",
    )
    assert Notice.objects.filter(user=owner, key__contains="-owner-").count() == 1


def test_who_takes_a_case_needs_no_notice(case, person, now):
    owner = person(roles.SHIPPING)

    services.take_case(case.pk, user_id=owner.pk, at=now, actor=Actor.user(owner))
    outbox.deliver_due(limit=20)

    case.refresh_from_db()
    assert case.owner == owner
    assert not Notice.objects.filter(key__contains="-owner-").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"next_step": "sing"}, "next_step"),
        ({"owner_id": 10**9}, "owner"),
        ({"due_at": timedelta(days=-1)}, "due_at"),
        ({"due_at": timedelta(days=367)}, "due_at"),
    ],
)
def test_what_cannot_come_next_is_refused(wrong, field, case, now, actor):
    entered = {"owner_id": None, "next_step": "wait", "due_at": None, "note": ""} | wrong
    if isinstance(entered["due_at"], timedelta):
        entered["due_at"] += now

    with pytest.raises(InvalidInput) as refusal:
        services.work_on_case(case.pk, **entered, at=now, actor=actor)

    case.refresh_from_db()
    assert (refusal.value.field, case.next_step) == (field, "claim")


def test_it_ends_with_words_and_then_stands(case, now, actor):
    with pytest.raises(InvalidInput):
        services.resolve_case(case.pk, resolution=" ", at=now, actor=actor)
    services.resolve_case(case.pk, resolution="Paid by the carrier", at=now, actor=actor)

    with pytest.raises(CaseClosed, match="Paid by the carrier"):
        services.resolve_case(case.pk, resolution="Again", at=now, actor=actor)
    with pytest.raises(CaseClosed):
        services.take_case(case.pk, user_id=1, at=now, actor=actor)

    case.refresh_from_db()
    assert (case.state, case.resolution) == ("resolved", "Paid by the carrier")


def test_the_last_case_of_what_has_arrived_gives_it_back_as_delivered(
    case, on_its_way, now, actor, books
):
    services.deliver_shipment(on_its_way.pk, received_by="Jo", at=now, actor=actor)
    for kind in ("damaged", "refused"):
        services.report_exception(on_its_way.pk, kind=kind, note="Wet", at=now, actor=actor)
    first, last = DeliveryCase.objects.order_by("pk")

    services.resolve_case(first.pk, resolution="Credited", at=now, actor=actor)
    between = Shipment.objects.get().state
    services.resolve_case(last.pk, resolution="Taken after all", at=now, actor=actor)

    shipment = Shipment.objects.get()
    assert (between, shipment.state, shipment.exception_kind) == ("exception", "delivered", "")
    assert (shipment.delivered_at, shipment.received_by) == (now, "Jo")
    assert books() == []


def test_the_end_of_a_case_does_not_deliver_what_has_not_arrived(case, now, actor):
    services.resolve_case(case.pk, resolution="New boxes", at=now, actor=actor)

    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.exception_kind) == ("exception", "damaged")


def test_the_end_of_a_case_does_not_deliver_what_nobody_has_taken(on_its_way, now, actor):
    services.deliver_shipment(on_its_way.pk, received_by="Jo", at=now, actor=actor)
    line = on_its_way.lines.get()
    services.record_proof(
        on_its_way.pk,
        delivery=Delivery(received_by="Jo", received_at=now),
        refused={line.pk: Refusal(quantity=line.quantity, reason="wet")},
        at=now,
        actor=actor,
    )

    case = DeliveryCase.objects.get()
    services.resolve_case(case.pk, resolution="Comes back", at=now, actor=actor)

    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.exception_kind) == ("exception", "refused")


def test_arrival_ends_what_was_late_or_lost_and_nothing_else(case, on_its_way, now, actor):
    services.report_exception(on_its_way.pk, kind="lost", note="", at=now, actor=actor)
    services.report_exception(on_its_way.pk, kind="late", note="", at=now, actor=actor)

    services.deliver_shipment(on_its_way.pk, received_by="Jo", at=now, actor=actor)

    states = dict(DeliveryCase.objects.values_list("kind", "state"))
    assert states == {"damaged": "open", "lost": "resolved", "late": "resolved"}
    assert DeliveryCase.objects.get(kind="lost").resolution == "It has arrived."


class TestLateness:
    """Expected on Thursday, 19 November, at a warehouse in Berlin."""

    @pytest.fixture
    def run(self, on_its_way, now, actor):
        def run(day, at):
            return flag_late(day, at=at, actor=actor)

        return run

    def test_the_day_itself_is_not_late(self, run, now):
        # 23:30 in Berlin.
        at = now.replace(day=19, hour=22, minute=30)

        assert run(date(2026, 11, 19), at) == 0
        assert not DeliveryCase.objects.exists()

    def test_the_day_ends_at_the_warehouse(self, run, now):
        # 00:30 in Berlin, still Thursday in UTC.
        at = now.replace(day=19, hour=23, minute=30)

        assert run(date(2026, 11, 20), at) == 1
        case = DeliveryCase.objects.get()
        shipment = Shipment.objects.get()
        assert (case.kind, case.next_step) == ("late", "ask_carrier")
        assert case.note == "Expected on 19 Nov 2026, and nothing is reported."
        assert (shipment.state, shipment.exception_kind) == ("exception", "late")

    def test_run_again_it_finds_nothing(self, run, now):
        at = now + timedelta(days=3)
        run(date(2026, 11, 21), at)

        assert run(date(2026, 11, 21), at) == 0
        assert DeliveryCase.objects.count() == 1

    def test_a_run_for_a_day_before_leaves_what_was_not_due_then(self, run, now):
        assert run(date(2026, 11, 18), now + timedelta(days=3)) == 0

    def test_what_arrived_is_not_late(self, run, on_its_way, now, actor):
        services.deliver_shipment(on_its_way.pk, received_by="Jo", at=now, actor=actor)

        assert run(date(2026, 11, 21), now + timedelta(days=3)) == 0

    def test_a_resolved_case_of_that_day_is_not_opened_again(self, run, now, actor, on_its_way):
        at = now + timedelta(days=3)
        run(date(2026, 11, 21), at)
        services.record_tracking(
            on_its_way.pk,
            event_id="1",
            code="in_transit",
            note="",
            happened_at=at,
            at=at,
            actor=actor,
        )
        services.resolve_case(
            DeliveryCase.objects.get().pk, resolution="Comes on Tuesday", at=at, actor=actor
        )

        assert Shipment.objects.get().state == "in_transit"
        assert run(date(2026, 11, 22), at + timedelta(days=1)) == 0

    def test_the_customer_hears_of_it(self, run, now, customer):
        run(date(2026, 11, 21), now + timedelta(days=3))
        outbox.deliver_due(limit=20)

        [told] = [sent for sent in mail.outbox if "problem" in sent.subject]
        assert "late" in told.body
