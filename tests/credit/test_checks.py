"""Each rule of a credit check, and how they add up."""

from dataclasses import replace
from decimal import Decimal

import pytest

from credit.checks import (
    ApplicationFacts,
    CheckFacts,
    HoldFacts,
    ReleaseFacts,
    check_holds,
    check_limit,
    check_standing,
    evaluate,
)

FACTS = CheckFacts(
    standing="approved",
    application=None,
    holds=[],
    exposure=Decimal("400.00"),
    limit=Decimal("1000.00"),
    amount=Decimal("600.00"),
    currency="EUR",
    release=None,
)
OVER = replace(FACTS, amount=Decimal("600.01"))
HOLD = HoldFacts(kind="overdue", reason="INV-1 is overdue")
REFERRED = ApplicationFacts(number="CR-501", state="referred", reason="Too large.")
DECLINED = ApplicationFacts(number="CR-501", state="declined", reason="Insolvent.")


def said(rule, facts):
    reason = rule(facts)
    return reason.outcome, reason.message.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("rule", "facts", "outcome", "message"),
    [
        (check_standing, FACTS, "allow", "The customer's credit is approved."),
        (
            check_standing,
            replace(FACTS, standing="none", application=REFERRED),
            "refer",
            "Credit application CR-501 waits for a decision: Too large.",
        ),
        (
            check_standing,
            replace(FACTS, standing="declined", application=DECLINED),
            "decline",
            "Credit declined: Insolvent.",
        ),
        (check_holds, FACTS, "allow", "No hold stands."),
        (
            check_holds,
            replace(FACTS, holds=[HOLD]),
            "hold",
            "The account is on hold: INV-1 is overdue. "
            "It ends at once when the overdue invoices are paid.",
        ),
        (
            check_holds,
            replace(FACTS, holds=[HoldFacts(kind="manual", reason="Asked by Priya.")]),
            "hold",
            "The account is on hold: Asked by Priya. It ends when credit control releases it.",
        ),
        (
            check_limit,
            FACTS,
            "allow",
            "400.00 EUR owed and this order of 600.00 EUR fit the limit of 1,000.00 EUR.",
        ),
        (
            check_limit,
            OVER,
            "hold",
            "0.01 EUR over the credit limit: 400.00 EUR owed and this order of 600.01 EUR against "
            "1,000.00 EUR. It goes on as soon as payments or a higher limit make room for it.",
        ),
        (
            check_limit,
            replace(OVER, release=ReleaseFacts(amount=Decimal("600.01"), expires_on="2026-12-01")),
            "allow",
            "Over the limit by 0.01 EUR, permitted for this order by credit control.",
        ),
    ],
)
def test_rule_says(rule, facts, outcome, message):
    assert said(rule, facts) == (outcome, message)


def test_permission_for_less_than_the_order_does_not_count():
    release = ReleaseFacts(amount=Decimal("600.00"), expires_on="2026-12-01")

    assert check_limit(replace(OVER, release=release)).outcome == "hold"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (FACTS, "allow"),
        (OVER, "hold"),
        (replace(FACTS, holds=[HOLD]), "hold"),
        (replace(OVER, standing="none", application=REFERRED), "refer"),
        (replace(FACTS, holds=[HOLD], standing="expired", application=REFERRED), "refer"),
        (replace(FACTS, holds=[HOLD], standing="declined", application=DECLINED), "decline"),
    ],
)
def test_gravest_outcome_counts(facts, outcome):
    assert evaluate(facts).outcome == outcome


def test_order_is_told_every_reason_of_the_outcome():
    message = evaluate(replace(OVER, holds=[HOLD])).message

    assert message.startswith("The account is on hold: INV-1 is overdue.")
    assert "over the credit limit" in message
    assert "approved" not in message
