"""The life of a guideline table: draft, tested on history, active, retired."""

import json
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from credit import guidelines, services
from credit.guidelines.differences import differences
from credit.models import CreditDecision, GuidelineTable, GuidelineVerdict
from credit.selectors.replays import Replay
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from tests.factories import CompanyFactory, CustomerFactory
from tests.race import in_line, without_locks

REST = {"name": "rest", "when": [], "then": "refer", "reason": "Somebody looks at it."}
SMALL = {
    "name": "small",
    "when": [["requested_amount", "lte", "2000"]],
    "then": "approve",
    "limit": "3000",
    "valid_days": 90,
    "reason": "Small",
}
STRICT = {"name": "strict", "then": "decline", "when": [["country", "in", ["KP"]]], "reason": "No"}
BIG = {**SMALL, "name": "big", "when": [["requested_amount", "lte", "5000"]], "limit": "9000"}


@pytest.fixture
def draft(db, now, analyst):
    def make(*rules, actor=analyst, based_on=None):
        table = list(rules) or None
        return services.create_draft(
            rules=table, note="Less risk", based_on=based_on, at=now, actor=actor
        ).version

    return make


@pytest.fixture
def edit(now, analyst):
    def run(version, *rules, actor=analyst, seen=None, note=""):
        seen = seen or guidelines.fingerprint(GuidelineTable.objects.get(version=version).rules)
        return services.edit_draft(
            version, rules=list(rules), note=note, seen=seen, at=now, actor=actor
        )

    return run


@pytest.fixture
def tested(draft, now, analyst):
    def make(*rules):
        version = draft(*rules)
        services.test_draft(version, at=now, actor=analyst)
        return version

    return make


@pytest.fixture
def activate(now, manager):
    def run(version, accepted=(), actor=manager):
        return services.activate(version, accepted=accepted, at=now, actor=actor)

    return run


def in_force():
    return GuidelineTable.objects.get(status="active").version


def test_draft_is_tested_then_put_in_force_by_somebody_else(tested, activate, now):
    version = tested(SMALL, REST)

    activate(version)

    kept = GuidelineTable.objects.order_by("version").values_list("version", "status")
    table = GuidelineTable.objects.get(version=2)
    assert list(kept) == [(1, "retired"), (2, "active")]
    assert (table.activated_by, table.activated_at) == ("Priya Natarajan", now)
    assert (table.created_by, table.tested_at) == ("Tomás Rey", now)


def test_draft_may_be_a_copy(draft):
    version = draft(based_on=1)

    first = GuidelineTable.objects.get(version=1)
    assert GuidelineTable.objects.get(version=version).rules == first.rules


def test_draft_that_means_nothing_is_refused(db, draft):
    with pytest.raises(guidelines.InvalidGuidelines, match="Rule all: “then” must be"):
        draft({"name": "all"})

    assert GuidelineTable.objects.get().status == "active"


def test_untested_draft_is_not_put_in_force(draft, activate):
    with pytest.raises(services.NotTested, match="Test v2 on past decisions first"):
        activate(draft(SMALL, REST))

    assert in_force() == 1


def test_edited_draft_must_be_tested_again(tested, edit, activate):
    version = tested(SMALL, REST)

    edit(version, {**SMALL, "limit": "4000"}, REST)

    with pytest.raises(services.NotTested):
        activate(version)
    table = GuidelineTable.objects.get(version=version)
    assert (table.status, table.test_report, table.tested_at) == ("draft", None, None)
    assert in_force() == 1


def test_note_alone_leaves_the_test_as_it_is(tested, edit, activate):
    version = tested(SMALL, REST)

    edit(version, SMALL, REST, note="Spring")

    assert activate(version).note == "Spring"


@pytest.mark.parametrize("how", ["wrote", "edited"])
def test_who_writes_a_draft_does_not_put_it_in_force(how, tested, edit, activate, now, manager):
    if how == "wrote":
        version = services.create_draft(rules=[REST], note="", at=now, actor=manager).version
    else:
        version = tested(SMALL, REST)
        edit(version, REST, actor=manager)
    services.test_draft(version, at=now, actor=manager)

    with pytest.raises(services.OwnDraft, match="somebody else has to"):
        activate(version)

    assert in_force() == 1


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([SMALL], "No rule speaks in this case: Requested amount from 2,000.001"),
        ([REST, SMALL], "These rules can never speak: small"),
        (
            [{**SMALL, "when": [["exposure", "gt", "5"], ["exposure", "lt", "5"]]}, REST],
            "These rules can never speak: small",
        ),
        ([SMALL, BIG, REST], "Accept these overlaps, in which the first rule wins: small / big"),
    ],
)
def test_what_is_not_proved_is_not_put_in_force(tested, activate, rules, message):
    version = tested(*rules)

    with pytest.raises(services.NotProved) as refusal:
        activate(version)

    assert message in str(refusal.value)
    assert in_force() == 1


def test_overlaps_are_accepted_by_name(tested, activate):
    version = tested(SMALL, BIG, REST)

    activate(version, accepted=["small / big"])

    assert in_force() == version


def test_gaps_cannot_be_accepted(tested, activate):
    version = tested(SMALL)

    with pytest.raises(services.NotProved):
        activate(version, accepted=["Requested amount from 2,000.001"])


@pytest.mark.parametrize("status", ["active", "retired"])
def test_what_was_in_force_is_never_changed(tested, activate, edit, now, manager, status):
    version = tested(SMALL, REST)
    activate(version)
    fixed = version if status == "active" else 1

    for change in (
        partial(edit, fixed, REST),
        partial(activate, fixed),
        partial(services.test_draft, fixed, at=now, actor=manager),
        partial(services.discard_draft, fixed, at=now, actor=manager),
    ):
        with pytest.raises(services.NotADraft):
            change()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        GuidelineTable.objects.filter(version=fixed).update(rules=[REST])


def test_stale_editor_is_refused(draft, edit):
    version = draft(SMALL, REST)
    opened = guidelines.fingerprint([SMALL, REST])
    edit(version, REST)

    with pytest.raises(services.ChangedMeanwhile):
        edit(version, SMALL, STRICT, REST, seen=opened)

    assert GuidelineTable.objects.get(version=version).rules == [REST]


def test_draft_that_changes_while_it_is_tested_stays_untested(
    draft, edit, now, analyst, monkeypatch
):
    version = draft(SMALL, REST)
    monkeypatch.setattr("credit.services.guidelines.past_cases", lambda: edit(version, REST) and [])

    with pytest.raises(services.ChangedMeanwhile, match="while it was tested"):
        services.test_draft(version, at=now, actor=analyst)

    assert GuidelineTable.objects.get(version=version).status == "draft"


def test_test_before_other_guidelines_came_into_force_does_not_count(tested, activate):
    second, third = tested(SMALL, REST), tested(STRICT, REST)
    activate(second)

    with pytest.raises(services.NotTested, match="v2 came into force after the test"):
        activate(third)

    assert in_force() == second


def test_draft_is_put_away(draft, activate, now, analyst):
    version = draft(SMALL, REST)

    services.discard_draft(version, at=now, actor=analyst)

    with pytest.raises(services.NotADraft):
        activate(version)


def test_note_has_an_end(db, now, analyst):
    with pytest.raises(InvalidInput) as refusal:
        services.create_draft(rules=[REST], note="x" * 301, at=now, actor=analyst)

    assert refusal.value.field == "note"


def test_tells_every_past_decision_that_would_flip(company, place, tested):
    numbers = {}
    for net in (1000, 1500, 5000):
        customer = CustomerFactory.create()
        place(customer, net)
        numbers[net] = customer.credit_applications.get().number

    version = tested(SMALL, {**REST, "then": "decline"})

    report = GuidelineTable.objects.get(version=version).test_report
    assert (report["decisions"], report["flip_count"]) == (3, 3)
    assert report["moves"] == [["approve", "approve", 2], ["refer", "decline", 1]]
    flips = {flip["application"]: (flip["old"], flip["new"]) for flip in report["flips"]}
    assert flips[numbers[1000]] == (
        ["small", "approve", "5000.000", 365],
        ["small", "approve", "3000.00", 90],
    )
    assert flips[numbers[5000]] == (
        ["unknown_payer", "refer", "0.000", 0],
        ["rest", "decline", "0", 0],
    )


def test_same_rules_flip_nothing(company, place, draft, now, analyst):
    place(CustomerFactory.create(), 1000)
    version = draft(based_on=1)

    services.test_draft(version, at=now, actor=analyst)

    report = GuidelineTable.objects.get(version=version).test_report
    assert (report["decisions"], report["flip_count"], report["flips"]) == (1, 0, [])


def test_differences_of_two_versions_are_told_by_rule():
    old = [SMALL, BIG, STRICT, REST]
    new = [STRICT, {**SMALL, "limit": "1"}, REST, {**REST, "name": "new"}]

    found = [(one.name, one.kind) for one in differences(old, new)]

    assert found == [
        ("strict", "moved"),
        ("small", "changed"),
        ("rest", "same"),
        ("new", "added"),
        ("big", "removed"),
    ]


def test_every_automatic_decision_replays_to_the_same(company, place, put_in_force, capsys):
    for net in (10, 1500, 3000):
        place(CustomerFactory.create(), net)
    put_in_force([{**SMALL, "limit": "requested*1.333"}, {**REST, "then": "decline"}])
    for net in (11, 1501, 30000):
        place(CustomerFactory.create(), net)

    replay = Replay()
    assert list(replay.differences()) == []
    # Six verdicts, and five decisions: one was referred.
    assert replay.count == 11
    call_command("replay_credit")
    assert capsys.readouterr() == ("", "11 decisions made again, 0 differ\n")
    assert [finding.name for finding in check_all() if finding.name.startswith("credit.")] == []


def test_replay_tells_each_difference_and_fails(company, place, capsys, now):
    place(CustomerFactory.create(), 10)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute('UPDATE credit_creditdecision SET "limit" = 5001')
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    with pytest.raises(SystemExit) as end:
        call_command("replay_credit", "--from", "2026-11-18", "--until", "2026-11-18")

    line = json.loads(capsys.readouterr().out)
    assert end.value.code == 1
    assert (line["kind"], line["kept"]["limit"], line["replayed"]["limit"]) == (
        "creditdecision",
        "5001.000",
        "5000.000",
    )
    broken = [finding.name for finding in check_all()]
    assert "credit.automatic_decisions_are_what_the_guidelines_said" in broken


def test_replay_keeps_to_the_days_that_are_asked(company, place, now):
    place(CustomerFactory.create(), 10, at=now - timedelta(days=2))
    place(CustomerFactory.create(), 20)

    replay = Replay(since=now - timedelta(days=1), until=now + timedelta(days=1))

    assert (list(replay.differences()), replay.count) == ([], 2)


def test_decisions_name_their_facts_table_and_rule(company, place):
    place(CustomerFactory.create(), 100)

    decision, verdict = CreditDecision.objects.get(), GuidelineVerdict.objects.get()
    assert (decision.guideline.version, decision.rule) == (1, "small")
    assert decision.inputs == verdict.inputs
    assert verdict.inputs["order_amount"] == "119.00"
    assert (verdict.outcome, verdict.limit, verdict.valid_days) == ("approve", Decimal(5000), 365)


@pytest.fixture
def race(now, analyst, manager):
    """Put two tested drafts in force, the second while it waits for the first; return both ends."""

    def run():
        CompanyFactory.create()
        for rules in ([SMALL, REST], [STRICT, REST]):
            version = services.create_draft(rules=rules, note="", at=now, actor=analyst).version
            services.test_draft(version, at=now, actor=analyst)
        return in_line(
            *(
                partial(services.activate, version, accepted=[], at=now, actor=manager)
                for version in (2, 3)
            )
        )

    return run


@pytest.mark.django_db(transaction=True)
def test_one_of_two_drafts_comes_into_force_at_a_time(race):
    results = race()

    assert [type(result).__name__ for result in results] == ["GuidelineTable", "NotTested"]
    assert GuidelineTable.objects.filter(status="active").count() == 1


@pytest.mark.django_db(transaction=True)
def test_race_is_real_without_the_lock(race, monkeypatch):
    """Guards the test above: without the lock both are let in, and only the database stops one."""
    without_locks(monkeypatch)

    results = race()

    assert [type(result).__name__ for result in results] == ["GuidelineTable", "IntegrityError"]
