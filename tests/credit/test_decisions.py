"""What people decide: applications, single orders, limits, holds; and who may not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from credit import guidelines, services
from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditDecision,
    Hold,
    OrderRelease,
)
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from orders.models import Order
from tests.factories import CustomerFactory

State = CreditApplication.State
YEAR_END = date(2027, 12, 31)


@pytest.fixture
def approve(application, now, analyst):
    def run(**changes):
        values = {
            "outcome": "approved",
            "limit": Decimal(20000),
            "valid_until": YEAR_END,
            "reason": "Good accounts",
            "at": now,
            "actor": analyst,
            **changes,
        }
        return services.decide_application(application.pk, **values)

    return run


def test_approval_gives_the_limit_and_releases_what_waits(referred, approve, now):
    application = approve()

    referred.refresh_from_db()
    account = CreditAccount.objects.get()
    decision = account.latest_decision
    assert (application.state, application.decided_at) == ("approved", now)
    assert (referred.state, account.limit) == ("released", Decimal(20000))
    assert (decision.decided_by, decision.valid_until) == ("Tomás Rey", YEAR_END)
    assert decision.inputs == application.inputs


def test_approval_below_the_order_leaves_it_on_hold(referred, approve):
    approve(limit=Decimal(5000))

    referred.refresh_from_db()
    assert (referred.state, referred.hold_reason[:11]) == (
        "on_hold",
        "6,900.00\N{NO-BREAK SPACE}EU",
    )


def test_declining_declines_every_order_that_waits_for_it(referred, approve, place):
    second = place(referred.customer, 20)

    approve(outcome="declined", reason="Insolvent")

    states = set(Order.objects.values_list("state", "hold_reason"))
    assert second.customer == referred.customer
    assert states == {("declined", "Credit declined: Insolvent")}
    assert CreditAccount.objects.get().limit == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"limit": Decimal(-1)}, "limit"),
        ({"limit": Decimal("1e13")}, "limit"),
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": date(2026, 11, 18)}, "valid_until"),
        ({"valid_until": date(2030, 1, 1)}, "valid_until"),
    ],
)
def test_refuses_what_cannot_be_right(referred, approve, changes, field):
    with pytest.raises(InvalidInput) as refusal:
        approve(**changes)

    referred.refresh_from_db()
    assert refusal.value.field == field
    assert referred.state == Order.State.IN_REVIEW
    assert not CreditDecision.objects.exists()


def test_who_entered_the_order_does_not_decide(referred, approve, actor):
    with pytest.raises(services.OwnOrder):
        approve(actor=actor)

    referred.refresh_from_db()
    assert referred.state == Order.State.IN_REVIEW


def test_who_owns_the_order_does_not_decide(held, person, now, analyst):
    owner = person()
    Order.objects.filter(pk=held.pk).update(owner=owner)

    with pytest.raises(services.OwnOrder):
        services.release_order(
            held.pk,
            amount=Decimal(20000),
            expires_on=now.date(),
            reason="Mine",
            at=now,
            actor=type(analyst).user(owner),
        )

    held.refresh_from_db()
    assert held.state == Order.State.ON_HOLD
    assert not OrderRelease.objects.exists()


def test_permission_must_cover_the_order(held, now, analyst):
    with pytest.raises(InvalidInput) as refusal:
        services.release_order(
            held.pk,
            amount=Decimal("11899.99"),
            expires_on=now.date(),
            reason="Prepaid",
            at=now,
            actor=analyst,
        )

    assert refusal.value.field == "amount"
    assert not OrderRelease.objects.exists()


def test_permission_may_not_be_past(held, now, analyst):
    with pytest.raises(InvalidInput) as refusal:
        services.release_order(
            held.pk,
            amount=Decimal(11900),
            expires_on=now.date() - timedelta(days=1),
            reason="Prepaid",
            at=now,
            actor=analyst,
        )

    assert refusal.value.field == "expires_on"


def test_permission_does_not_lift_a_hold(held, hold, now, analyst):
    hold(held.customer)

    with pytest.raises(services.NotReleased):
        services.release_order(
            held.pk,
            amount=Decimal(11900),
            expires_on=now.date(),
            reason="Prepaid",
            at=now,
            actor=analyst,
        )

    held.refresh_from_db()
    assert held.state == Order.State.ON_HOLD
    assert not OrderRelease.objects.exists()


def test_limit_is_not_set_past_an_open_application(application, now, analyst):
    with pytest.raises(services.ApplicationWaits):
        services.set_limit(
            application.customer_id,
            limit=Decimal(1),
            valid_until=YEAR_END,
            reason="Round the back",
            at=now,
            actor=analyst,
        )

    assert not CreditDecision.objects.exists()


def test_hold_of_a_kind_is_kept_as_it_is(approved, now, analyst):
    def place_hold(reason):
        return services.place_hold(approved.pk, kind="manual", reason=reason, at=now, actor=analyst)

    assert place_hold("First") == place_hold("Second")
    assert Hold.objects.get().reason == "First"


def test_holds_of_two_kinds_stand_side_by_side(approved, hold, now, analyst):
    hold(approved, "manual")
    hold(approved, "overdue")

    services.release_hold(approved.pk, kind="overdue", reason="Paid", at=now, actor=analyst)

    with pytest.raises(services.OnHold, match="is on credit hold: Asks"):
        services.ensure_not_held(approved.pk)


def test_releasing_what_does_not_stand_changes_nothing(approved, now, analyst):
    released = services.release_hold(
        approved.pk, kind="manual", reason="Paid", at=now, actor=analyst
    )

    assert released is False
    assert not AuditEntry.objects.filter(subject__startswith="hold:").exists()


def test_who_is_not_held_goes_on(approved):
    services.ensure_not_held(approved.pk)

    assert not Hold.objects.exists()


def test_database_keeps_one_active_hold_per_kind(approved, hold, now):
    hold(approved)

    with (
        pytest.raises(IntegrityError, match="credit_hold_one_of_customer_per_kind"),
        transaction.atomic(),
    ):
        Hold.objects.create(
            customer=approved, kind="manual", reason="Again", placed_at=now, placed_by="x"
        )


def test_stored_decisions_replay_to_the_same_outcome(company, place):
    for net in (10, 1500, 3000, 30000, 300000):
        place(CustomerFactory.create(), net)

    applications = CreditApplication.objects.select_related("guideline")
    told = {"approved": "approve", "declined": "decline", "referred": "refer"}
    outcomes = []
    for application in applications:
        verdict = guidelines.decide(
            guidelines.parse(application.guideline.rules), application.inputs
        )
        outcomes.append(verdict.outcome)
        assert (verdict.rule, verdict.outcome) == (application.rule, told[application.state])
        assert verdict.reason == application.reason
    for decision in CreditDecision.objects.select_related("guideline"):
        verdict = guidelines.decide(guidelines.parse(decision.guideline.rules), decision.inputs)
        assert (verdict.rule, verdict.limit) == (decision.rule, decision.limit)
    assert sorted(outcomes) == ["approve", "approve", "refer", "refer", "refer"]


TRANSITIONS = {
    "refer": [State.OPEN],
    "ask_for_documents": [State.REFERRED],
    "receive_documents": [State.AWAITING_DOCUMENTS],
    "approve": [State.OPEN, State.REFERRED, State.AWAITING_DOCUMENTS],
    "decline": [State.OPEN, State.REFERRED, State.AWAITING_DOCUMENTS],
    "withdraw": [State.REFERRED, State.AWAITING_DOCUMENTS],
}
ARGUMENTS = {
    "refer": {"reason": "x"},
    "ask_for_documents": {"documents": "x", "at": None},
    "receive_documents": {"answer_by": None},
    "approve": {"reason": "x", "at": None},
    "decline": {"reason": "x", "at": None},
    "withdraw": {"reason": "x", "at": None},
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("name", TRANSITIONS)
def test_state_table_of_an_application(name, state):
    application = CreditApplication(number="CR-1", state=state)
    move = getattr(application, name)

    if state in TRANSITIONS[name]:
        move(**ARGUMENTS[name])
        assert application.state != state
    else:
        with pytest.raises(TransitionNotAllowed):
            move(**ARGUMENTS[name])
        assert application.state == state


def test_one_decision_at_a_time(application, approve):
    approve()

    with pytest.raises(TransitionNotAllowed):
        approve()

    assert CreditDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": ""}, "reason"), ({"reason": "x" * 301}, "reason"), ({"kind": "moon"}, "kind")],
)
def test_hold_needs_a_kind_and_a_reason(approved, now, analyst, changes, field):
    values = {"kind": "manual", "reason": "Asks", **changes}

    with pytest.raises(InvalidInput) as refusal:
        services.place_hold(approved.pk, **values, at=now, actor=analyst)

    assert refusal.value.field == field
    assert not Hold.objects.exists()
