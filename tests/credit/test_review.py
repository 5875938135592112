"""Orders under review: released, held, referred or declined in the step that submits them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from credit import services
from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditCheck,
    CreditDecision,
    ExposureEntry,
    OrderRelease,
)
from orders import services as orders
from orders.models import Order
from tests.factories import CreditAccountFactory


def test_releases_an_order_within_the_limit_and_counts_it(approved, place, now):
    order = place(approved, 1000)

    entry = ExposureEntry.objects.get()
    account = CreditAccount.objects.get()
    assert order.state == Order.State.RELEASED
    assert (entry.kind, entry.source) == ("open_order", f"order:{order.pk}:{order.revision}")
    assert (entry.amount, account.exposure) == (Decimal("1190.00"), Decimal("1190.00"))


def test_keeps_what_the_rules_saw(approved, place, now):
    order = place(approved, 1000)

    check = CreditCheck.objects.get(order=order)
    assert (check.outcome, check.checked_at) == ("allow", now)
    assert [reason["rule"] for reason in check.reasons] == ["standing", "holds", "limit"]
    assert check.inputs == {
        "standing": "approved",
        "application": None,
        "holds": [],
        "exposure": "0.000",
        "limit": "10000.000",
        "amount": "1190.00",
        "currency": "EUR",
        "release": None,
        "backing": "0",
        "whole": "1190.00",
        "prepaid": "0",
        "order_maximum": None,
        "group": None,
        "behaviour": {
            "risk_class": "",
            "open_amount": "0",
            "days_overdue": 0,
            "share_overdue": "0",
            "dunning_level": 0,
            "broken_promises": 0,
            "days_without_payment": 0,
        },
        "is_far": False,
        "house_currency": "EUR",
        "policy": 1,
    }


def test_exactly_the_limit_passes_and_a_cent_more_waits(company, place):
    account = CreditAccountFactory.create(limit=Decimal("1190.00"))

    first = place(account.customer, 1000)
    second = place(account.customer, "0.01")

    assert (first.state, second.state) == ("released", "on_hold")
    assert second.hold_reason.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "0.01 EUR over the credit limit: 1,190.00 EUR owed"
    )
    assert ExposureEntry.objects.count() == 1


def test_first_small_order_is_approved_and_released_at_once(customer, place, now):
    order = place(customer, 1000)

    account = CreditAccount.objects.get(customer=customer)
    decision = CreditDecision.objects.get()
    application = CreditApplication.objects.get()
    assert order.state == Order.State.RELEASED
    assert (account.limit, account.exposure) == (Decimal(5000), Decimal("1190.00"))
    assert account.latest_decision == decision
    assert (decision.outcome, decision.rule, decision.valid_until) == (
        "approved",
        "small",
        date(2027, 11, 18),
    )
    assert decision.decided_by == "v1"
    assert (application.state, application.requested_amount) == ("approved", Decimal("1190.00"))
    assert application.decided_at == now


def test_first_large_order_is_referred_with_an_answer_due_in_four_hours(customer, place, now):
    order = place(customer, 10000)

    application = CreditApplication.objects.get()
    assert (order.state, application.state) == ("in_review", "referred")
    assert application.order == order
    assert (application.rule, application.guideline.version) == ("unknown_payer", 1)
    assert application.answer_by == now + timedelta(hours=4)
    assert order.hold_reason == (
        f"Credit application {application} waits for a decision: "
        "No order has been paid on time yet."
    )
    assert not CreditDecision.objects.exists()
    assert not ExposureEntry.objects.exists()


def test_guidelines_may_decline(customer, place, put_in_force, now):
    rule = {"name": "none", "then": "decline", "reason": "We sell for cash only."}
    put_in_force([rule])

    order = place(customer, 10)

    account = CreditAccount.objects.get()
    assert (order.state, order.hold_reason) == (
        "declined",
        "Credit declined: We sell for cash only.",
    )
    assert (account.limit, account.standing(now.date())) == (0, "declined")


def test_second_order_waits_for_the_same_decision(referred, place):
    second = place(referred.customer, 10)

    assert second.state == Order.State.IN_REVIEW
    assert CreditApplication.objects.count() == 1


def test_expired_approval_is_treated_as_new(approved, place, now):
    later = now + timedelta(days=500)

    order = place(approved, 10000, at=later)

    application = CreditApplication.objects.get()
    assert order.state == Order.State.IN_REVIEW
    assert application.inputs["standing"] == "expired"


def test_declined_customer_is_treated_as_new(referred, application, place, now, analyst):
    services.decide_application(
        application.pk, outcome="declined", reason="No accounts", at=now, actor=analyst
    )

    order = place(referred.customer, 10, at=now + timedelta(days=1))

    again = CreditApplication.objects.exclude(pk=application.pk).get()
    assert order.state == Order.State.IN_REVIEW
    assert (again.state, again.rule) == ("referred", "recently_declined")
    assert again.inputs["days_since_declined"] == 1


def test_hold_keeps_new_orders_and_says_what_ends_it(approved, place, hold):
    hold(approved, kind="overdue")

    order = place(approved, 10)

    assert (order.state, order.hold_reason) == (
        "on_hold",
        "The account is on hold: Asks. It ends at once when the overdue invoices are paid.",
    )
    assert not ExposureEntry.objects.exists()


def test_hold_stops_no_running_order(approved, place, hold):
    order = place(approved, 10)

    hold(approved)

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


def test_valid_permission_covers_an_order_over_the_limit(held, now, analyst):
    services.release_order(
        held.pk,
        amount=Decimal("11900.00"),
        expires_on=now.date(),
        reason="Prepaid half",
        at=now,
        actor=analyst,
    )

    held.refresh_from_db()
    assert held.state == Order.State.RELEASED
    assert CreditAccount.objects.get().exposure == Decimal("11900.00")


def test_expired_permission_does_not_count(held, now, analyst):
    OrderRelease.objects.create(
        order=held,
        amount=Decimal("11900.00"),
        expires_on=now.date() - timedelta(days=1),
        reason="Prepaid half",
        released_at=now,
        released_by="Tomás Rey",
    )

    released = services.recheck_waiting(held.customer_id, at=now, actor=analyst)

    held.refresh_from_db()
    assert (released, held.state) == (0, Order.State.ON_HOLD)


def test_recheck_releases_oldest_first_as_far_as_the_limit_reaches(
    company, place, now, analyst, hold
):
    customer = CreditAccountFactory.create(limit=Decimal("2500.00")).customer
    hold(customer)
    first, second, third = (
        place(customer, net, at=now + timedelta(minutes=number))
        for number, net in enumerate([1000, 2000, 1000])
    )

    services.release_hold(customer.pk, kind="manual", reason="Paid", at=now, actor=analyst)

    states = [Order.objects.get(pk=order.pk).state for order in (first, second, third)]
    assert states == ["released", "on_hold", "released"]
    assert CreditAccount.objects.get().exposure == Decimal("2380.00")


def test_lower_limit_stops_no_running_order_but_new_ones(approved, place, now, analyst):
    running = place(approved, 1000)

    services.set_limit(
        approved.pk,
        limit=Decimal(100),
        valid_until=date(2027, 1, 31),
        reason="Ratings fell",
        at=now,
        actor=analyst,
    )
    new = place(approved, 1)

    running.refresh_from_db()
    assert (running.state, new.state) == ("released", "on_hold")


def test_released_order_cannot_be_reviewed_again(approved, place, now, actor):
    order = place(approved, 10)

    with pytest.raises(TransitionNotAllowed):
        services.review_order(order.pk, at=now, actor=actor)

    assert CreditCheck.objects.count() == 1


def test_every_evaluation_is_kept_that_says_something_else(held, now, analyst):
    services.recheck_waiting(held.customer_id, at=now, actor=analyst)
    services.place_hold(held.customer_id, kind="manual", reason="Asks", at=now, actor=analyst)
    services.recheck_waiting(held.customer_id, at=now, actor=analyst)

    outcomes = CreditCheck.objects.filter(order=held).values_list("outcome", flat=True)
    assert list(outcomes) == ["hold", "hold"]


def test_account_is_opened_in_the_customers_currency(customer, place):
    place(customer, 10)

    assert CreditAccount.objects.get(customer=customer).currency == "EUR"


def test_cancelled_order_gives_its_exposure_back(approved, place, now, actor):
    order = place(approved, 1000)

    orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    amounts = ExposureEntry.objects.order_by("pk").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("1190.00"), Decimal("-1190.00")]
    assert CreditAccount.objects.get().exposure == 0


def test_suspended_order_gives_its_exposure_back_and_takes_it_again(approved, place, now, actor):
    order = place(approved, 1000)

    orders.suspend_order(order.pk, reason="Price disputed", at=now, actor=actor)
    given_back = CreditAccount.objects.get().exposure
    services.recheck_waiting(approved.pk, at=now, actor=actor)

    assert given_back == 0
    assert CreditAccount.objects.get().exposure == Decimal("1190.00")


def test_cancelling_the_order_withdraws_its_application(referred, application, now, actor):
    orders.cancel_order(referred.pk, reason="customer", at=now, actor=actor)

    application.refresh_from_db()
    assert (application.state, application.reason) == (
        "withdrawn",
        f"{referred} was cancelled.",
    )
