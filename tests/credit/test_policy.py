"""The credit policy: read with clear words for what is wrong, and adopted version by version."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services
from credit.models import CreditPolicy
from credit.policy import Action, InvalidPolicy, Setting, active_policy, parse
from o2c.kernel.models import AuditEntry
from o2c.kernel.outbox import deliver_due
from orders.models import Order
from tests.race import in_line, run_together

OVERDUE = {"rule": "oldest_overdue_days", "classes": [], "threshold": "30", "action": "refer"}


@pytest.fixture
def adopt(now, analyst):
    def run(rules, **changed):
        values = {
            "horizon_days": None,
            "second_signature_from": None,
            "answer_within_hours": 4,
            "warn_before_minutes": 60,
            "asks_bureau": False,
        }
        return services.adopt_policy(rules, **(values | changed), at=now, actor=analyst)

    return run


def test_rules_are_read_as_they_are_written():
    read = parse([{**OVERDUE, "classes": ["D", "E"]}])

    assert read == (
        Setting(
            rule="oldest_overdue_days",
            threshold=Decimal(30),
            action=Action.REFER,
            classes=frozenset({"D", "E"}),
        ),
    )
    assert read[0].as_json() == {**OVERDUE, "classes": ["D", "E"]}


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        (
            {"rule": "moon"},
            "rule",
            "There is no rule called “moon”; there are order_maximum, oldest_overdue_days, "
            "share_overdue, dunning_level, broken_promises, days_without_payment.",
        ),
        ({"rule": ["x"]}, "rule", None),
        ({"threshold": "much"}, "threshold", None),
        ({"threshold": "NaN"}, "threshold", None),
        ({"threshold": None}, "threshold", None),
        ({"threshold": True}, "threshold", None),
        (
            {"threshold": "-1"},
            "threshold",
            "“oldest_overdue_days” takes a number from 0 to 3650.",
        ),
        (
            {"threshold": "1.5"},
            "threshold",
            "“oldest_overdue_days” takes a number of 0 decimals at most.",
        ),
        ({"action": "shout"}, "action", "Choose what happens: warn, refer or hold."),
        ({"action": []}, "action", None),
        ({"classes": ["F"]}, "classes", "Risk classes are A to E; none means every account."),
        ({"classes": "D"}, "classes", None),
        ({"classes": [["D"]]}, "classes", None),
    ],
)
def test_what_cannot_be_is_named_with_its_field(changed, field, message):
    with pytest.raises(InvalidPolicy) as refused:
        parse([OVERDUE, {**OVERDUE, "action": "warn", **changed}])

    assert [found[1] for found in refused.value.findings] == [f"rules.1.{field}"]
    if message:
        assert str(refused.value) == message


@pytest.mark.parametrize("rules", ["x", None, {}, [1], [{}], [{**OVERDUE, "more": 1}]])
def test_what_is_no_list_of_rules_is_refused(rules):
    with pytest.raises(InvalidPolicy):
        parse(rules)


def test_everything_wrong_is_named_at_once():
    with pytest.raises(InvalidPolicy) as refused:
        parse([{**OVERDUE, "action": "x", "threshold": "x"}, {**OVERDUE, "classes": 3}])

    fields = [found[1] for found in refused.value.findings]
    assert fields == ["rules.0.threshold", "rules.0.action", "rules.1.classes"]


def test_rule_that_is_said_twice_is_refused():
    with pytest.raises(InvalidPolicy, match="Rule 2 repeats “oldest_overdue_days”"):
        parse([OVERDUE, {**OVERDUE, "threshold": "60"}])


def test_first_policy_is_in_force(db):
    policy = active_policy()

    assert (policy.version, policy.horizon_days) == (1, None)
    assert policy.second_signature_from == Decimal(100000)
    assert [setting.rule for setting in policy.settings_for("broken_promises", "D")] == [
        "broken_promises"
    ]
    assert policy.settings_for("broken_promises", "A") == []


def test_new_version_is_in_force_and_the_old_one_is_kept(company, adopt):
    adopt([OVERDUE], horizon_days=60, second_signature_from=Decimal(5000), asks_bureau=True)

    policy = active_policy()
    assert (policy.version, policy.horizon_days, policy.asks_bureau) == (2, 60, True)
    assert policy.settings == parse([OVERDUE])
    assert list(CreditPolicy.objects.order_by("version").values_list("version", "status")) == [
        (1, "retired"),
        (2, "active"),
    ]
    new = CreditPolicy.objects.get(version=2)
    entry = AuditEntry.objects.get(subject=new.label, action="create")
    assert (new.created_by, entry.actor_name) == ("Tomás Rey", "Tomás Rey")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"horizon_days": 0}, "horizon_days"),
        ({"horizon_days": 3651}, "horizon_days"),
        ({"answer_within_hours": 0}, "answer_within_hours"),
        ({"answer_within_hours": None}, "answer_within_hours"),
        ({"warn_before_minutes": -1}, "warn_before_minutes"),
        ({"second_signature_from": Decimal(0)}, "second_signature_from"),
        ({"second_signature_from": Decimal("NaN")}, "second_signature_from"),
        ({"second_signature_from": Decimal(10) ** 13}, "second_signature_from"),
    ],
)
def test_figures_that_cannot_be_are_refused_and_nothing_changes(company, adopt, changed, field):
    with pytest.raises(InvalidPolicy) as refused:
        adopt([], **changed)

    assert refused.value.field == field
    assert CreditPolicy.objects.get().status == "active"


def test_stale_form_is_refused(company, adopt):
    adopt([OVERDUE], base_version=1)

    with pytest.raises(services.PolicyChanged, match="Version 2 is in force now"):
        adopt([], base_version=1)

    assert active_policy().version == 2


def test_adopting_looks_at_waiting_orders_again(approved, place, adopt):
    adopt([{**OVERDUE, "rule": "order_maximum", "threshold": "100"}])
    order = place(approved, 1000)
    assert order.state == Order.State.IN_REVIEW
    adopt([])

    assert deliver_due(limit=50) > 0

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


def test_policy_costs_a_check_no_statement_of_its_own(approved, place):
    with CaptureQueriesContext(connection) as caught:
        place(approved, 10)

    about = [query["sql"] for query in caught if "creditpolicy" in query["sql"]]
    assert len(about) == 1
    assert "credit_creditaccount" in about[0]


@pytest.mark.django_db(transaction=True)
def test_two_new_policies_at_once_are_two_versions(company, adopt):
    results = run_together(*[partial(adopt, [OVERDUE])] * 4)

    assert sorted(row.version for row in results) == [2, 3, 4, 5]
    assert CreditPolicy.objects.get(status="active").version == 5


@pytest.mark.django_db(transaction=True)
def test_two_stale_forms_at_once_make_one_version(company, adopt):
    results = in_line(*[partial(adopt, [OVERDUE], base_version=1)] * 2)

    assert [type(result).__name__ for result in results] == ["CreditPolicy", "PolicyChanged"]
