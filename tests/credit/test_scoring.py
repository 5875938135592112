"""Every night each account is scored by how it pays; the points are told one by one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit import services
from credit.models import CreditAccount, CreditScore, Guarantee, PaymentBehaviour
from credit.scoring import ScoreFacts, class_of, score
from credit.services import Behaviour
from credit.tasks import score_accounts
from tests.factories import NOW, TODAY, CreditAccountFactory

FACTS = st.builds(
    ScoreFacts,
    years=st.integers(0, 60),
    items_paid=st.integers(0, 5000),
    average_days_late=st.none() | st.decimals(0, 900, places=2),
    share_paid_late=st.none() | st.decimals(0, 1, places=4),
    days_overdue=st.integers(0, 4000),
    broken_promises=st.integers(0, 50),
    disputes=st.integers(0, 50),
    dunning_level=st.integers(0, 5),
    exposure=st.decimals(-1000, 10**9, places=2),
    limit=st.decimals(0, 10**9, places=2),
)


def told(facts):
    return [(part.message, part.points) for part in score(facts).parts]


def pays(account, **known):
    behaviour = Behaviour(customer_id=account.pk, as_of=TODAY, **known)
    services.record_behaviour([behaviour], at=NOW)


def test_says_point_by_point_why():
    facts = ScoreFacts(
        years=7,
        items_paid=9,
        average_days_late=Decimal("31.00"),
        share_paid_late=Decimal("0.4"),
        days_overdue=10,
        broken_promises=2,
        disputes=1,
        dunning_level=1,
        exposure=Decimal(136180),
        limit=Decimal(100000),
    )

    found = score(facts)

    assert told(facts) == [
        ("Starting point, 7 year account", 72),
        ("Pays 31 days late", -19),
        ("40 % paid late", -4),
        ("Oldest invoice 10 days overdue", -4),
        ("Exposure is 136 % of the limit", -12),
        ("2 promises broken", -10),
        ("1 open dispute", -2),
        ("Reminded up to level 1", -4),
    ]
    assert (found.score, found.risk_class) == (17, "E")


def test_who_pays_on_time_is_best():
    facts = ScoreFacts(
        years=12,
        items_paid=40,
        average_days_late=Decimal(0),
        share_paid_late=Decimal(0),
        exposure=Decimal(10),
        limit=Decimal(1000),
    )

    assert told(facts) == [
        ("Starting point, 12 year account", 75),
        ("Pays on time", 8),
        ("Exposure is 1 % of the limit", 4),
        ("40 invoices paid within a year", 10),
    ]
    assert score(facts).risk_class == "A"


@given(FACTS)
def test_the_points_add_up_and_stay_within_bounds(facts):
    found = score(facts)

    assert found.score == sum(part.points for part in found.parts)
    assert 0 <= found.score <= 100
    assert found.risk_class == class_of(found.score)


@given(FACTS, st.integers(1, 400))
def test_who_is_later_is_never_better(facts, more):
    days = facts.average_days_late or Decimal(1)
    late = ScoreFacts(**{**vars(facts), "average_days_late": days})
    later = ScoreFacts(**{**vars(late), "average_days_late": days + more})

    assert score(later).score <= score(late).score


@pytest.mark.parametrize(
    ("points", "name"),
    [(100, "A"), (85, "A"), (84, "B"), (70, "B"), (55, "C"), (40, "D"), (39, "E")],
)
def test_classes_begin_where_they_say(points, name):
    assert class_of(points) == name


def test_the_night_keeps_the_score_with_its_reasons(approved, now, actor):
    account = approved.credit_account
    pays(account, items_paid=3, average_days_late=Decimal(10), share_paid_late=Decimal(1))

    result = score_accounts(TODAY, at=now, actor=actor)

    kept = CreditScore.objects.get()
    account.refresh_from_db()
    assert result == {"accounts": 1, "scores": 1, "changed": 1}
    assert (kept.scored_on, kept.score) == (TODAY, account.score)
    assert account.risk_class == kept.risk_class
    assert sum(part["points"] for part in kept.reasons) == kept.score
    assert kept.reasons[1]["message"] == "Pays 10 days late"
    assert kept.inputs["average_days_late"] == "10.00"


def test_who_is_new_is_not_scored(approved, now, actor):
    result = score_accounts(TODAY, at=now, actor=actor)

    assert result == {"accounts": 1, "scores": 0, "changed": 0}
    assert CreditAccount.objects.get().score is None


def test_a_day_is_run_again_and_an_earlier_one_changes_nothing(approved, now, actor):
    pays(approved.credit_account, items_paid=3, average_days_late=Decimal(10))
    score_accounts(TODAY, at=now, actor=actor)
    pays(approved.credit_account, items_paid=3, average_days_late=Decimal(40))

    again = score_accounts(TODAY, at=now, actor=actor)
    earlier = score_accounts(TODAY - timedelta(days=40), at=now, actor=actor)
    later = score_accounts(TODAY + timedelta(days=1), at=now, actor=actor)
    gone_by = score_accounts(TODAY, at=now, actor=actor)

    assert again == earlier == gone_by == {"accounts": 1, "scores": 0, "changed": 0}
    assert later == {"accounts": 1, "scores": 1, "changed": 1}
    assert CreditScore.objects.count() == 2


def test_what_stays_the_same_is_kept_once_a_month(approved, now, actor):
    pays(approved.credit_account, items_paid=3, average_days_late=Decimal(10))

    kept = [
        score_accounts(day, at=now, actor=actor)["scores"]
        for day in (date(2026, 11, 18), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2))
    ]

    assert kept == [1, 0, 1, 0]


def test_guarantees_count_towards_the_limit(approved, now, actor):
    account = approved.credit_account
    pays(account, items_paid=3, average_days_late=Decimal(0))
    CreditAccount.objects.update(exposure=Decimal(9000))

    before = _exposure_points(now, actor, TODAY)
    _guarantee(approved, now)
    after = _exposure_points(now, actor, TODAY + timedelta(days=1))

    assert (before, after) == ([-6], [4])


def _exposure_points(now, actor, day):
    score_accounts(day, at=now, actor=actor)
    kept = CreditScore.objects.get(scored_on=day)
    return [part["points"] for part in kept.reasons if part["rule"] == "exposure"]


def _guarantee(customer, now):
    Guarantee.objects.bulk_create(
        [
            Guarantee(
                customer=customer,
                amount=Decimal(90000),
                valid_from=TODAY,
                valid_until=TODAY + timedelta(days=90),
                recorded_at=now,
                recorded_by="Tomás Rey",
            )
        ]
    )


@pytest.mark.parametrize("count", [1, 20])
def test_asks_as_much_for_one_account_as_for_twenty(
    company, now, actor, count, django_assert_num_queries
):
    for _number in range(count):
        pays(CreditAccountFactory.create(), items_paid=3, average_days_late=Decimal(10))

    with django_assert_num_queries(6):  # a step: two; facts, scores, no more facts, accounts
        result = score_accounts(TODAY, at=now, actor=actor)

    assert result == {"accounts": count, "scores": count, "changed": count}
    assert PaymentBehaviour.objects.count() == count
