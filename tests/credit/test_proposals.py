"""Decisions above the policy's amount wait for a second signature: nothing holds before it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from credit import services
from credit.models import (
    CreditAccount,
    CreditDecision,
    CreditPolicy,
    CreditProposal,
    OrderRelease,
)
from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from orders import services as orders
from orders.models import Order

YEAR_END = date(2027, 12, 31)


@pytest.fixture(autouse=True)
def second_from_10000(db):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=10000)


@pytest.fixture
def tomas(person):
    return Actor.user(person(roles.CREDIT_ANALYST))


@pytest.fixture
def priya(person):
    return Actor.user(person(roles.CREDIT_MANAGER))


@pytest.fixture
def approve(application, now, tomas):
    def run(limit=20000, actor=tomas, **changes):
        values = {"valid_until": YEAR_END, "reason": "Good accounts", "at": now, **changes}
        return services.decide_application(
            application.pk, outcome="approved", limit=Decimal(limit), actor=actor, **values
        )

    return run


@pytest.fixture
def release(held, now, tomas):
    def run(amount=20000, actor=tomas, order=held):
        return services.release_order(
            order.pk,
            amount=Decimal(amount),
            expires_on=now.date() + timedelta(days=14),
            reason="Known for years",
            at=now,
            actor=actor,
        )

    return run


@pytest.fixture
def answer(now, priya):
    def run(proposal, *, sign=True, reason="", actor=priya):
        return services.answer_proposal(proposal.pk, sign=sign, reason=reason, at=now, actor=actor)

    return run


def set_limit(customer, limit, *, at, actor, **changes):
    values = {"valid_until": YEAR_END, "reason": "Season", **changes}
    return services.set_limit(customer.pk, limit=Decimal(limit), at=at, actor=actor, **values)


def test_large_limit_is_proposed_and_nothing_of_it_holds(referred, approve, tomas):
    application = approve(next_review_on=date(2027, 6, 1))

    referred.refresh_from_db()
    proposal = CreditProposal.objects.get()
    assert (application.state, referred.state) == ("referred", "in_review")
    assert (proposal.kind, proposal.status) == ("application", "open")
    assert (proposal.amount, proposal.valid_until) == (Decimal(20000), YEAR_END)
    assert (str(proposal.proposed_by_id), proposal.next_review_on) == (tomas.id, date(2027, 6, 1))
    assert not CreditDecision.objects.exists()


def test_limit_below_the_amount_needs_nobody_else(approve):
    application = approve(limit="9999.99")

    assert application.state == "approved"
    assert not CreditProposal.objects.exists()


def test_without_an_amount_in_the_policy_nobody_signs_second(approve):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=None)

    assert approve().state == "approved"


def test_signature_does_what_was_proposed(referred, approve, answer, tomas, priya):
    approve(next_review_on=date(2027, 6, 1))

    proposal = answer(CreditProposal.objects.get())

    referred.refresh_from_db()
    decision = CreditAccount.objects.get().latest_decision
    assert (proposal.status, referred.state) == ("signed", "released")
    assert (decision.limit, decision.valid_until) == (Decimal(20000), YEAR_END)
    assert decision.next_review_on == date(2027, 6, 1)
    assert (decision.decided_by, decision.countersigned_by) == (tomas.name, priya.name)


def test_rejection_leaves_the_case_to_be_decided(application, approve, answer):
    approve()

    proposal = answer(CreditProposal.objects.get(), sign=False, reason="Too much")

    application.refresh_from_db()
    assert (proposal.status, proposal.answer, application.state) == (
        "rejected",
        "Too much",
        "referred",
    )
    assert not CreditDecision.objects.exists()


def test_rejection_says_why(application, approve, answer):
    approve()

    with pytest.raises(InvalidInput) as refusal:
        answer(CreditProposal.objects.get(), sign=False)

    assert refusal.value.field == "reason"
    assert CreditProposal.objects.get().status == "open"


def test_nobody_signs_what_they_have_proposed(approve, answer, priya):
    approve(actor=priya)

    with pytest.raises(services.OwnProposal):
        answer(CreditProposal.objects.get(), actor=priya)

    assert CreditProposal.objects.get().status == "open"
    assert not CreditDecision.objects.exists()


def test_database_keeps_four_eyes(approve):
    approve()
    proposal = CreditProposal.objects.get()

    with (
        pytest.raises(IntegrityError, match="credit_creditproposal_four_eyes"),
        transaction.atomic(),
    ):
        CreditProposal.objects.update(status="signed", answered_by=proposal.proposed_by)


def test_owner_of_the_order_does_not_sign(referred, approve, answer, priya):
    approve()
    Order.objects.filter(pk=referred.pk).update(owner_id=int(priya.id))

    with pytest.raises(services.OwnOrder):
        answer(CreditProposal.objects.get())

    assert CreditProposal.objects.get().status == "open"


def test_one_proposal_waits_per_case(approve):
    approve()

    with pytest.raises(services.ProposalWaits, match="waits for a second signature"):
        approve(limit=30000)

    assert CreditProposal.objects.get().amount == 20000


def test_deciding_otherwise_lets_the_proposal_lapse(approve, answer):
    approve()
    approve(limit=5000)

    proposal = CreditProposal.objects.get()
    with pytest.raises(services.ProposalOver, match="lapsed already"):
        answer(proposal)

    assert CreditAccount.objects.get().limit == Decimal(5000)


def test_declining_lets_the_proposal_lapse(application, approve, now, tomas):
    approve()

    services.decide_application(
        application.pk, outcome="declined", reason="Insolvent", at=now, actor=tomas
    )

    assert CreditProposal.objects.get().status == "lapsed"


def test_signs_once(approve, answer):
    approve()
    proposal = CreditProposal.objects.get()
    answer(proposal)

    with pytest.raises(services.ProposalOver):
        answer(proposal)

    assert CreditDecision.objects.count() == 1


def test_who_proposed_withdraws(approve, now, tomas, priya):
    approve()
    proposal = CreditProposal.objects.get()

    with pytest.raises(services.OwnProposal):
        services.withdraw_proposal(proposal.pk, at=now, actor=priya)
    services.withdraw_proposal(proposal.pk, at=now, actor=tomas)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.answer) == ("lapsed", "Withdrawn.")


def test_large_release_is_proposed_and_signed(held, release, answer):
    proposal = release()
    held.refresh_from_db()
    before = (held.state, OrderRelease.objects.count())

    answer(proposal)

    held.refresh_from_db()
    assert before == ("on_hold", 0)
    assert (held.state, OrderRelease.objects.get().amount) == ("released", Decimal(20000))


def test_several_small_releases_are_no_way_around(approved, place, release, now, tomas):
    orders_held = [place(approved, 9000) for _ in range(2)]
    assert orders_held[0].state == "on_hold"

    CreditPolicy.objects.filter(status="active").update(second_signature_from=20000)
    first = release(order=orders_held[0], amount="10710.00")
    second = release(order=orders_held[1], amount="10710.00")

    assert isinstance(first, OrderRelease)
    assert isinstance(second, CreditProposal)


def test_a_limit_and_a_release_count_together(approved, place, release, now, tomas):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=20000)
    set_limit(approved, 10500, at=now, actor=tomas)
    order = place(approved, 9000)

    assert isinstance(release(order=order, amount="10710.00"), CreditProposal)


def test_what_was_decided_long_ago_counts_no_more(approved, place, release, now, tomas):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=20000)
    set_limit(approved, 10500, at=now - timedelta(days=31), actor=tomas)
    order = place(approved, 9000)

    assert isinstance(release(order=order, amount="10710.00"), OrderRelease)


def test_what_another_person_decided_does_not_count(approved, place, release, now, priya):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=20000)
    set_limit(approved, 10500, at=now, actor=priya)
    order = place(approved, 9000)

    assert isinstance(release(order=order, amount="10710.00"), OrderRelease)


def test_large_limit_of_an_account_waits_for_the_signature(approved, now, tomas, answer):
    proposal = set_limit(approved, 60000, at=now, actor=tomas)
    before = CreditAccount.objects.get().limit

    answer(proposal)

    assert (before, CreditAccount.objects.get().limit) == (Decimal(10000), Decimal(60000))


def test_changed_order_lets_the_proposal_lapse(held, release, now, actor):
    release()
    changes = orders.AmendmentChanges(
        lines=[orders.LineChange(line_id=held.lines.get().pk, quantity=Decimal(2))]
    )

    orders.amend_order(held.pk, changes=changes, reason="More", at=now, actor=actor)

    proposal = CreditProposal.objects.get()
    assert (proposal.status, proposal.answer) == ("lapsed", "The order has changed.")


def test_order_that_goes_on_by_itself_leaves_nothing_to_sign(held, approved, release, answer, now):
    proposal = release()
    importer = Actor.importer("House bank")
    set_limit(approved, 50000, at=now, actor=importer)

    with pytest.raises(TransitionNotAllowed):
        answer(proposal)
    lapsed = services.lapse_past(now.date(), at=now, actor=importer)

    assert lapsed == 1
    assert CreditProposal.objects.get().status == "lapsed"


def test_date_that_is_past_is_not_signed(held, release, now, priya):
    proposal = release()

    with pytest.raises(services.ProposalOver, match="date that was proposed is past"):
        services.answer_proposal(
            proposal.pk, sign=True, reason="", at=now + timedelta(days=15), actor=priya
        )

    assert not OrderRelease.objects.exists()
