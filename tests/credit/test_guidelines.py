"""The guideline interpreter: pure, typed, and strict about what a table may say."""

from decimal import Decimal

import pytest

from credit import guidelines
from credit.guidelines import InvalidGuidelines, Verdict, decide, parse
from credit.models import GuidelineTable

FACTS = {
    "requested_amount": "1500.00",
    "exposure": "0",
    "currency": "EUR",
    "standing": "none",
    "country": "DE",
    "years_as_customer": 0,
    "days_since_declined": None,
    "overdue_holds_last_year": 0,
    "orders_placed": 0,
    "orders_closed": 0,
    "orders_paid_on_time": 0,
    "order_amount": "1500.00",
    "years_in_business": None,
    "trade_references": None,
    "bureau_score": None,
    "average_days_late": None,
    "share_paid_late": None,
    "broken_promises": None,
    "disputes": None,
    "oldest_overdue_days": None,
    "score": None,
    "risk_class": None,
}


def rule(**changes):
    return {
        "name": "small",
        "when": {"requested_amount": ["lte", "2000"]},
        "then": "approve",
        "limit": "5000",
        "valid_days": 365,
        "reason": "Small",
        **changes,
    }


def test_first_rule_that_holds_speaks():
    rules = parse([rule(name="never", when={"orders_placed": ["gt", 3]}), rule()])

    assert decide(rules, FACTS) == Verdict(
        rule="small", outcome="approve", limit=Decimal(5000), valid_days=365, reason="Small"
    )


def test_refers_what_no_rule_speaks_about():
    verdict = decide(parse([rule()]), {**FACTS, "requested_amount": "2000.01"})

    assert (verdict.outcome, verdict.rule, verdict.limit) == ("refer", "", 0)


def test_every_condition_must_hold():
    when = {"requested_amount": ["lte", "2000"], "country": ["in", ["FR", "DE"]]}
    rules = parse([rule(when=when)])

    assert decide(rules, FACTS).outcome == "approve"
    assert decide(rules, {**FACTS, "country": "US"}).outcome == "refer"


def test_unknown_fact_meets_no_condition():
    rules = parse([rule(when={"days_since_declined": ["lt", 90]})])

    assert decide(rules, FACTS).outcome == "refer"
    assert decide(rules, {**FACTS, "days_since_declined": 89}).outcome == "approve"
    assert decide(rules, {**FACTS, "days_since_declined": 90}).outcome == "refer"


@pytest.mark.parametrize(
    ("limit", "granted"),
    [("5000", "5000"), ("requested", "1500.00"), ("requested*2", "3000.00"), ("0", "0")],
)
def test_limit_is_fixed_or_a_multiple_of_the_request(limit, granted):
    assert decide(parse([rule(limit=limit)]), FACTS).limit == Decimal(granted)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "The guidelines must be a list with at least one rule."),
        ("approve", "The guidelines must be a list with at least one rule."),
        ([{"then": "refer", "reason": "x"}], "Rule 1 has no name."),
        ([{"then": "refer"}], "Rule 1 has no name. Rule 1: it gives no reason."),
        ([rule(), rule()], "Two rules are named small."),
        ([rule(colour="red")], "Rule small: colour is not part of a rule."),
        ([rule(then="perhaps")], "Rule small: “then” must be one of approve, decline, refer."),
        ([rule(reason="")], "Rule small: it gives no reason."),
        ([rule(valid_days=0)], "Rule small: an approval needs “valid_days”, at least 1."),
        (
            [rule(limit="a lot")],
            "Rule small: “limit” must be an amount, “requested” or “requested*2”.",
        ),
        (
            [rule(limit="-1")],
            "Rule small: “limit” must be an amount, “requested” or “requested*2”.",
        ),
        ([rule(when="always")], "Rule small: “when” must map facts to conditions."),
        ([rule(when={"moon": ["eq", 1]})], "Rule small: there is no fact named moon."),
        (
            [rule(when={"exposure": "high"})],
            "Rule small: exposure needs an operator and a value.",
        ),
        (
            [rule(when={"country": ["lt", "DE"]})],
            "Rule small: country can be compared by eq, in, ne, not_in.",
        ),
        (
            [rule(when={"exposure": ["gt", "much"]})],
            "Rule small: exposure cannot be compared with that value.",
        ),
        (
            [rule(when={"country": ["in", "DE"]})],
            "Rule small: country cannot be compared with that value.",
        ),
    ],
)
def test_refuses_a_table_that_means_nothing(table, message):
    with pytest.raises(InvalidGuidelines) as refusal:
        parse(table)

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("changes", "rule_name", "outcome", "limit"),
    [
        ({}, "small", "approve", "5000"),
        ({"requested_amount": "2000.00"}, "small", "approve", "5000"),
        ({"requested_amount": "2000.01"}, "unknown_payer", "refer", "0"),
        (
            {"requested_amount": "25000", "orders_paid_on_time": 1},
            "known_payer",
            "approve",
            "50000",
        ),
        ({"requested_amount": "25000.01", "orders_paid_on_time": 1}, "large", "refer", "0"),
        ({"requested_amount": "250000.01"}, "very_large", "refer", "0"),
        ({"country": "KP"}, "refused_country", "refer", "0"),
        ({"days_since_declined": 89}, "recently_declined", "refer", "0"),
        ({"days_since_declined": 90}, "small", "approve", "5000"),
        ({"overdue_holds_last_year": 2}, "pays_late", "refer", "0"),
        (
            {"requested_amount": "60000", "standing": "expired", "orders_paid_on_time": 3},
            "renewal",
            "approve",
            "120000",
        ),
    ],
)
def test_first_guidelines_say(db, changes, rule_name, outcome, limit):
    table = GuidelineTable.objects.get(version=1)

    verdict = decide(parse(table.rules), {**FACTS, **changes})

    assert (verdict.rule, verdict.outcome, verdict.limit) == (rule_name, outcome, Decimal(limit))


def test_facts_are_all_known_to_the_interpreter():
    assert set(FACTS) == guidelines.NUMBERS | guidelines.TEXTS


def test_several_conditions_of_one_fact_make_a_range():
    when = [["requested_amount", "gt", "1000"], ["requested_amount", "lte", "2000"]]
    rules = parse([rule(when=when)])

    said = [decide(rules, {**FACTS, "requested_amount": n}).outcome for n in (1000, 1500, 2001)]
    assert said == ["refer", "approve", "refer"]


@pytest.mark.parametrize(
    ("requested", "currency", "limit", "granted"),
    [
        ("100.01", "EUR", "requested*1.5", "150.02"),
        ("100", "JPY", "requested*1.005", "101"),
        ("-50", "EUR", "requested", "0"),
        ("9e11", "EUR", "requested*9", "999999999999"),
    ],
)
def test_limit_can_always_be_stored(requested, currency, limit, granted):
    facts = {**FACTS, "requested_amount": requested, "currency": currency}

    assert decide(parse([rule(limit=limit, when={})]), facts).limit == Decimal(granted)


def test_every_problem_is_told_with_its_place():
    table = [rule(), rule(name="b", then="no", when=[["score", "in", 3], ["country", "eq", "de"]])]

    with pytest.raises(InvalidGuidelines) as refusal:
        parse(table)

    places = [problem.place for problem in refusal.value.problems]
    assert places == ["rules.1.then", "rules.1.when.0.operator", "rules.1.when.1.value"]
    assert refusal.value.field == "rules.1.then"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"valid_days": True}, "valid_days"),
        ({"valid_days": 1096}, "valid_days"),
        ({"limit": "1e30"}, "limit"),
        ({"limit": "NaN"}, "limit"),
        ({"name": "x" * 61}, "name"),
        ({"reason": "x" * 301}, "reason"),
        ({"when": [["exposure", "gt", "1"]] * 31}, "when"),
        ({"when": ["exposure"]}, "when"),
        ({"when": [["exposure", "gt", "Infinity"]]}, "when.0.value"),
        ({"when": [["standing", "eq", "approved"]]}, "when.0.value"),
        ({"when": [[["exposure"], "gt", "1"]]}, "when.0.fact"),
    ],
)
def test_refuses_what_no_decision_could_use(changes, place):
    with pytest.raises(InvalidGuidelines) as refusal:
        parse([rule(**changes)])

    assert refusal.value.field == f"rules.0.{place}"


def test_a_table_has_at_most_200_rules():
    with pytest.raises(InvalidGuidelines, match="at most 200 rules"):
        parse([rule(name=f"r{n}") for n in range(201)])
