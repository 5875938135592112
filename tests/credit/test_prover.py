"""The prover of guideline tables, against trying every value around every constant."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit.guidelines import BY_NAME, decide, parse
from credit.guidelines.prover import TooLarge, prove
from credit.guidelines.rules import FOR_NUMBERS, FOR_TEXTS
from credit.models import GuidelineTable

ALWAYS = {"requested_amount": "100", "currency": "EUR", "country": "DE", "standing": "none"}


def rule(name, *when, then="refer", **more):
    approval = {"limit": "5000", "valid_days": 365} if then == "approve" else {}
    return {"name": name, "when": list(when), "then": then, "reason": name, **approval, **more}


# Facts of every shape: an amount without bounds, counts, a share, open and closed texts.
NUMBERS = {
    "requested_amount": st.sampled_from(["0", "2000", "2000.0005", "25000"]),
    "bureau_score": st.sampled_from(["-1", "0", "399.5", "400", "401", "1000", "1200"]),
    "overdue_holds_last_year": st.sampled_from([0, 1, 2]),
    "share_paid_late": st.sampled_from(["0", "0.25", "0.5", "1"]),
}
TEXTS = {
    "country": st.sampled_from(["DE", "FR", "KP"]),
    "risk_class": st.sampled_from(["A", "C", "E"]),
    "standing": st.sampled_from(["none", "expired", "declined"]),
}


@st.composite
def condition(draw):
    fact = draw(st.sampled_from([*NUMBERS, *TEXTS]))
    if fact in NUMBERS:
        return [fact, draw(st.sampled_from(FOR_NUMBERS)), draw(NUMBERS[fact])]
    comparison = draw(st.sampled_from(FOR_TEXTS))
    values = st.lists(TEXTS[fact], min_size=1, max_size=2)
    return [fact, comparison, draw(values if comparison in ("in", "not_in") else TEXTS[fact])]


@st.composite
def table(draw):
    whens = draw(st.lists(st.lists(condition(), max_size=3), min_size=1, max_size=5))
    outcomes = draw(st.lists(st.sampled_from(["approve", "decline", "refer"]), min_size=5))
    return [rule(f"r{n}", *when, then=outcomes[n]) for n, when in enumerate(whens)]


def samples(rules):
    """Yield facts around every constant of the rules: on it, and one step to either side."""
    constants = {}
    for each in rules:
        for one in each.conditions:
            named = one.value if isinstance(one.value, frozenset) else {one.value}
            constants.setdefault(one.fact, set()).update(named)
    values = {name: possible(BY_NAME[name], found) for name, found in constants.items()}
    for combination in itertools.product(*values.values()):
        yield dict(zip(values, combination, strict=True))


def possible(fact, constants):
    unknown = {None} if fact.may_be_unknown else set()
    if fact.choices:
        return {value for value, _ in fact.choices} | unknown
    if not fact.is_number:
        return constants | {"QQ"} | unknown
    near = {c + step * fact.step for c in constants for step in (-1, 0, 1)}
    far = {fact.minimum or Decimal(-(10**9)), fact.maximum or Decimal(10**9)}
    grid = {(value / fact.step).to_integral_value() * fact.step for value in near | far}
    # Half a step off is rounded to both sides.
    grid |= {value + step * fact.step for value in grid for step in (-1, 1)}
    return {
        value
        for value in grid
        if (fact.minimum is None or value >= fact.minimum)
        and (fact.maximum is None or value <= fact.maximum)
    } | unknown


def speaks(one, facts):
    return all(each.holds(facts) for each in one.conditions)


def tried(rules):
    """Return what trying finds: is there a gap, who never speaks, who wins over whom."""
    has_gap, spoke, wins = False, set(), set()
    for facts in samples(rules):
        speakers = [one for one in rules if speaks(one, facts)]
        has_gap = has_gap or not speakers
        for first in speakers[:1]:
            spoke.add(first.name)
            wins |= {
                (first.name, other.name)
                for other in speakers[1:]
                if other.result != first.result
                and not (other is rules[-1] and not other.conditions)
            }
    return has_gap, {one.name for one in rules} - spoke, wins


@given(table())
@settings(max_examples=250, deadline=None)
def test_finds_what_trying_every_value_finds(rules):
    rules = parse(rules)

    proof = prove(rules)

    has_gap, silent, wins = tried(rules)
    assert bool(proof.gap_count) == has_gap
    assert {*proof.unreachable, *proof.contradictions} == silent
    assert {(o.first, o.second) for o in proof.overlaps} == wins


@given(table())
@settings(max_examples=250, deadline=None)
def test_examples_are_what_they_are_examples_of(rules):
    rules = parse(rules)

    proof = prove(rules)

    for gap in proof.gaps:
        assert decide(rules, {**ALWAYS, **gap.facts}).rule == ""
    for overlap in proof.overlaps:
        facts = {**ALWAYS, **overlap.example.facts}
        second = next(one for one in rules if one.name == overlap.second)
        assert decide(rules, facts).rule == overlap.first
        assert speaks(second, facts)


def test_tells_gaps_in_words_with_the_unknown():
    proof = prove(
        parse(
            [
                rule("low", ["bureau_score", "lt", 400], then="decline"),
                rule("small", ["bureau_score", "gte", 400], ["order_amount", "lte", "2000"]),
            ]
        )
    )

    assert proof.gap_count == 2
    assert [gap.words for gap in proof.gaps] == [
        "Bureau score unknown",
        "Bureau score 400 to 1,000 · Order amount from 2,000.001 or unknown",
    ]
    assert proof.gaps[0].facts["bureau_score"] is None


def test_rule_that_contradicts_itself_is_named():
    proof = prove(
        parse([rule("never", ["exposure", "gt", "5"], ["exposure", "lt", "5"]), rule("rest")])
    )

    assert (proof.contradictions, proof.unreachable) == (["never"], [])
    assert proof.stops


def test_condition_that_no_value_can_meet_is_a_contradiction():
    proof = prove(parse([rule("high", ["bureau_score", "gt", 1000]), rule("rest")]))

    assert proof.contradictions == ["high"]


def test_rule_behind_those_that_cover_it_is_unreachable():
    proof = prove(
        parse(
            [
                rule("most", ["requested_amount", "gt", "10"]),
                rule("few", ["requested_amount", "lte", "10"]),
                rule("late", ["requested_amount", "gt", "5"], then="decline"),
            ]
        )
    )

    assert proof.unreachable == ["late"]
    assert proof.overlaps[0].name == "most / late"


def test_otherwise_overlaps_nothing():
    proof = prove(parse([rule("small", ["exposure", "lt", 5], then="approve"), rule("rest")]))

    assert proof.overlaps == []
    assert not proof.stops


def test_same_result_is_no_overlap():
    proof = prove(
        parse([rule("a", ["exposure", "lt", 5]), rule("b", ["exposure", "lt", 9]), rule("rest")])
    )

    assert proof.overlaps == []


def test_first_guidelines_have_no_gap_and_overlaps_that_can_be_named(db):
    proof = prove(parse(GuidelineTable.objects.get(version=1).rules))

    assert not proof.stops
    assert "pays_late / small" in [overlap.name for overlap in proof.overlaps]


def test_refuses_a_table_with_too_many_cases():
    names = [name for name, fact in BY_NAME.items() if fact.is_number]
    rules = [
        rule(f"r{n}-{m}", *[[name, "ne", (n * 7 + m * 3 + k) % 50] for k, name in enumerate(names)])
        for n in range(10)
        for m in range(10)
    ]

    with pytest.raises(TooLarge, match="too many cases"):
        prove(parse(rules))
