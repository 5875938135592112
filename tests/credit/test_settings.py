"""What the policy asks besides the limit: each rule, its edge, its words, and what happens."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from credit import services
from credit.checks import BehaviourFacts, HoldFacts, ReleaseFacts, check_settings, evaluate
from credit.models import CreditAccount, CreditPolicy, PaymentBehaviour
from credit.policy import Policy, parse
from orders.models import Order
from tests.credit.test_checks import FACTS

TOO_LARGE = "600.00 %s is more than one order may come to: 500.00 %s."
FACTS = replace(FACTS, house_currency="EUR")


def ruled(rule, threshold, action="refer", classes=()):
    raw = {"rule": rule, "threshold": threshold, "action": action, "classes": list(classes)}
    return Policy(version=7, settings=parse([raw]))


def asked(facts, *policies):
    settings = tuple(setting for policy in policies for setting in policy.settings)
    said = check_settings(replace(facts, policy=Policy(version=7, settings=settings)))
    return [(r.outcome, r.message.replace("\N{NO-BREAK SPACE}", " "), r.warns) for r in said]


@pytest.mark.parametrize(
    ("rule", "threshold", "fine", "broken", "message"),
    [
        (
            "oldest_overdue_days",
            "30",
            {"days_overdue": 30},
            {"days_overdue": 31},
            "The oldest open invoice is overdue for 31 days.",
        ),
        (
            "share_overdue",
            "0.5",
            {"share_overdue": Decimal("0.5")},
            {"share_overdue": Decimal("0.51")},
            "51 % of what is open is overdue.",
        ),
        (
            "dunning_level",
            "3",
            {"dunning_level": 2},
            {"dunning_level": 3},
            "The customer has been reminded up to level 3.",
        ),
        (
            "broken_promises",
            "2",
            {"broken_promises": 1},
            {"broken_promises": 2},
            "2 promises to pay were broken.",
        ),
        (
            "days_without_payment",
            "180",
            {"days_without_payment": 180},
            {"days_without_payment": 181},
            "Invoices are open, and nothing was paid for 181 days.",
        ),
    ],
)
def test_rule_speaks_only_beyond_its_threshold(rule, threshold, fine, broken, message):
    policy = ruled(rule, threshold)

    assert asked(replace(FACTS, behaviour=BehaviourFacts(**fine)), policy) == []
    assert asked(replace(FACTS, behaviour=BehaviourFacts(**broken)), policy) == [
        ("refer", message, False)
    ]


@pytest.mark.parametrize(
    ("threshold", "own", "currency", "said"),
    [
        ("600", None, "EUR", []),
        ("599.99", None, "EUR", ["600.00 EUR is more than one order may come to: 599.99 EUR."]),
        ("0", None, "EUR", []),
        ("599.99", Decimal(600), "EUR", []),
        (
            "900",
            Decimal(500),
            "EUR",
            [TOO_LARGE % ("EUR", "EUR")],
        ),
        ("100", None, "USD", []),
        (
            "100",
            Decimal(500),
            "USD",
            [TOO_LARGE % ("USD", "USD")],
        ),
    ],
)
def test_largest_order_is_the_accounts_own_or_the_policys(threshold, own, currency, said):
    facts = replace(FACTS, order_maximum=own, currency=currency)

    found = asked(facts, ruled("order_maximum", threshold))

    assert [message for _outcome, message, _warns in found] == said


def test_accounts_own_maximum_counts_without_any_policy():
    assert [found[0] for found in asked(replace(FACTS, order_maximum=Decimal(1)))] == ["refer"]


@pytest.mark.parametrize(
    ("action", "outcome", "warns"),
    [("warn", "allow", True), ("hold", "hold", False), ("refer", "refer", False)],
)
def test_action_says_what_happens(action, outcome, warns):
    facts = replace(FACTS, behaviour=BehaviourFacts(dunning_level=1))
    policy = ruled("dunning_level", "1", action)

    found = evaluate(replace(facts, policy=policy))

    assert found.outcome == outcome
    message = "The customer has been reminded up to level 1."
    assert found.warnings == ([message] if warns else [])
    told = {"rule": "dunning_level", "outcome": outcome, "message": message}
    assert found.reasons[-1].as_json() == ({**told, "warn": True} if warns else told)


@pytest.mark.parametrize(("risk_class", "count"), [("D", 1), ("E", 1), ("A", 0), ("", 0)])
def test_rule_is_for_its_risk_classes(risk_class, count):
    facts = replace(FACTS, behaviour=BehaviourFacts(dunning_level=1, risk_class=risk_class))

    assert len(asked(facts, ruled("dunning_level", "1", classes=["D", "E"]))) == count


def test_gravest_of_several_settings_of_a_rule_speaks():
    facts = replace(FACTS, behaviour=BehaviourFacts(dunning_level=2))
    settings = [("1", "warn"), ("2", "refer"), ("2", "hold"), ("3", "refer")]
    policies = [
        ruled("dunning_level", threshold, action, classes)
        for (threshold, action), classes in zip(settings, ["", "", "", "A"], strict=True)
    ]

    assert [found[0] for found in asked(facts, *policies)] == ["refer"]
    assert [found[0] for found in asked(facts, policies[0], policies[2])] == ["hold"]


def test_permission_and_payment_in_advance_cover_rules_but_no_warning():
    facts = replace(FACTS, behaviour=BehaviourFacts(dunning_level=1, broken_promises=1))
    policies = ruled("dunning_level", "1", "hold"), ruled("broken_promises", "1", "warn")
    release = ReleaseFacts(amount=Decimal(600), expires_on="2026-12-01")

    permitted = asked(replace(facts, release=release), *policies)
    paid = asked(replace(facts, prepaid=Decimal(600)), *policies)
    short = asked(replace(facts, prepaid=Decimal("599.99")), *policies)

    assert permitted[0] == (
        "allow",
        "The customer has been reminded up to level 1. Permitted for this order by credit control.",
        False,
    )
    assert paid[0] == ("allow", "It is paid in advance.", False)
    assert short[0][0] == "hold"
    assert [found[1] for found in (permitted[1], paid[1])] == ["1 promise to pay was broken."] * 2


def test_order_paid_in_advance_goes_on_unless_a_hold_stands():
    poor = replace(FACTS, standing="declined", limit=Decimal(0), prepaid=Decimal(600))

    assert evaluate(poor).outcome == "allow"
    held = replace(poor, holds=[HoldFacts(kind="manual", reason="Fraud")])
    assert evaluate(held).outcome == "hold"


def test_what_was_shipped_counts_for_permissions():
    release = ReleaseFacts(amount=Decimal(700), expires_on="2026-12-01")

    assert replace(FACTS, release=release, whole=Decimal(700)).is_permitted
    assert not replace(FACTS, release=release, whole=Decimal("700.01")).is_permitted


@pytest.fixture
def late(approved, now):
    """The customer owes 1,000.00, of which 600.00 have been due for 31 days."""
    PaymentBehaviour.objects.create(
        account_id=approved.pk,
        open_amount=Decimal(1000),
        overdue_amount=Decimal(600),
        oldest_due_on=now.date() - timedelta(days=31),
        last_paid_on=now.date() - timedelta(days=10),
        as_of=now.date(),
    )
    return approved


def test_days_overdue_follow_the_calendar(late, place, now):
    soon = place(late, 10, at=now - timedelta(days=1))
    order = place(late, 10)

    assert (soon.state, order.state) == (Order.State.RELEASED, Order.State.IN_REVIEW)
    check = order.credit_checks.get()
    assert [(r["rule"], r["outcome"], r.get("warn", False)) for r in check.reasons[3:]] == [
        ("oldest_overdue_days", "refer", False),
        ("share_overdue", "allow", True),
    ]
    assert order.hold_reason == "The oldest open invoice is overdue for 31 days."
    assert check.inputs["behaviour"] == {
        "risk_class": "",
        "open_amount": "1000.000",
        "days_overdue": 31,
        "share_overdue": "0.6",
        "dunning_level": 0,
        "broken_promises": 0,
        "days_without_payment": 10,
    }


def test_referred_order_is_released_by_permission(late, place, now, analyst):
    order = place(late, 10)

    services.release_order(
        order.pk,
        amount=Decimal("11.90"),
        expires_on=now.date(),
        reason="They pay on Friday",
        at=now,
        actor=analyst,
    )

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


def test_permission_covers_no_hold(late, place, hold, now, analyst):
    order = place(late, 10)
    hold(late)

    with pytest.raises(services.NotReleased, match="A permission is not all that it needs"):
        services.release_order(
            order.pk, amount=Decimal(12), expires_on=now.date(), reason="x", at=now, actor=analyst
        )

    order.refresh_from_db()
    assert (order.state, order.credit_releases.count()) == (Order.State.IN_REVIEW, 0)


def test_risk_class_of_the_account_decides_which_rules_ask(late, place):
    CreditPolicy.objects.update(
        rules=[{"rule": "dunning_level", "classes": ["E"], "threshold": "1", "action": "hold"}]
    )
    PaymentBehaviour.objects.update(dunning_level=1)
    before = place(late, 10)
    CreditAccount.objects.update(risk_class="E")

    after = place(late, 10)

    assert (before.state, after.state) == (Order.State.RELEASED, Order.State.ON_HOLD)


@pytest.mark.parametrize(
    ("paid", "due", "days"),
    [
        (date(2026, 1, 1), date(2026, 5, 1), 321),
        (None, date(2026, 11, 8), 10),
        (None, date(2026, 12, 8), 0),
        (None, None, 0),
    ],
)
def test_days_without_payment_begin_with_the_last_one(late, place, paid, due, days):
    PaymentBehaviour.objects.update(last_paid_on=paid, oldest_due_on=due)

    order = place(late, 10)

    assert order.credit_checks.get().inputs["behaviour"]["days_without_payment"] == days
