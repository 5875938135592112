"""Guarantees and credit insurance raise the limit from their first day to their last."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from credit import services
from credit.models import CreditAccount, Guarantee
from credit.selectors.accounts import list_accounts
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from orders.models import Order

PAPER = services.Paper(
    kind="insurance",
    issuer="Atradius",
    reference="P-77",
    amount=Decimal(5000),
    valid_from=date(2026, 11, 18),
    valid_until=date(2026, 12, 31),
)


@pytest.fixture
def record(approved, now, analyst):
    def run(at=now, **changed):
        paper = replace(PAPER, **changed)
        return services.record_guarantee(approved.pk, paper=paper, at=at, actor=analyst)

    return run


def test_guarantee_lets_waiting_orders_go_and_keeps_the_decided_limit(held, record, approved):
    record()

    held.refresh_from_db()
    check = held.credit_checks.latest("pk")
    assert held.state == Order.State.RELEASED
    assert (check.inputs["limit"], check.inputs["backing"]) == ("10000.000", "5000.000")
    assert check.reasons[2]["message"].replace("\N{NO-BREAK SPACE}", " ") == (
        "0.00 EUR owed and this order of 11,900.00 EUR fit the limit of 15,000.00 EUR."
    )
    assert CreditAccount.objects.get(pk=approved.pk).limit == Decimal(10000)


@pytest.mark.parametrize(
    ("days", "state"), [(0, "released"), (43, "released"), (44, "on_hold"), (-1, "on_hold")]
)
def test_guarantee_counts_from_its_first_day_to_its_last(approved, record, place, now, days, state):
    record(at=now - timedelta(days=3))

    assert place(approved, 10000, at=now + timedelta(days=days)).state == state


def test_several_guarantees_add_up(approved, record, place):
    record(amount=Decimal(1000))
    record(amount=Decimal(900), reference="P-78")

    assert place(approved, 10000).state == Order.State.RELEASED
    assert place(approved, 1).state == Order.State.ON_HOLD


def test_withdrawn_guarantee_counts_no_more_and_stops_nothing(
    approved, record, place, now, analyst
):
    guarantee = record()
    running = place(approved, 10000)

    services.withdraw_guarantee(guarantee.pk, reason="Cancelled", at=now, actor=analyst)

    running.refresh_from_db()
    assert (running.state, place(approved, 1).state) == ("released", "on_hold")
    entry = AuditEntry.objects.filter(subject=guarantee.label).latest("pk")
    assert (entry.action, entry.reason, entry.actor_name) == ("change", "Cancelled", "Tomás Rey")


def test_withdrawing_needs_a_reason_and_happens_once(record, now, analyst):
    guarantee = record()
    with pytest.raises(InvalidInput):
        services.withdraw_guarantee(guarantee.pk, reason=" ", at=now, actor=analyst)
    assert Guarantee.objects.get().withdrawn_at is None

    services.withdraw_guarantee(guarantee.pk, reason="Cancelled", at=now, actor=analyst)
    with pytest.raises(services.WithdrawnAlready):
        services.withdraw_guarantee(guarantee.pk, reason="Again", at=now, actor=analyst)
    assert Guarantee.objects.get().withdrawal_reason == "Cancelled"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "wish"}, "kind"),
        ({"issuer": " "}, "issuer"),
        ({"issuer": "x" * 201}, "issuer"),
        ({"reference": ""}, "reference"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal(10) ** 12}, "amount"),
        ({"valid_until": date(2026, 11, 17)}, "valid_until"),
        ({"valid_from": date(2026, 1, 1), "valid_until": date(2026, 11, 17)}, "valid_until"),
        ({"document_id": 999999}, "document"),
    ],
)
def test_what_cannot_be_is_refused(record, changed, field):
    with pytest.raises(InvalidInput) as refused:
        record(**changed)

    assert refused.value.field == field
    assert not Guarantee.objects.exists()


def test_same_paper_is_recorded_once(record):
    record()

    with pytest.raises(services.RecordedAlready, match="Atradius P-77 is recorded"):
        record(issuer=" Atradius ")

    assert Guarantee.objects.count() == 1


def test_list_counts_what_backs_a_limit(approved, record, now):
    CreditAccount.objects.update(exposure=Decimal(12000))

    def over(days):
        day = now.date() + timedelta(days=days)
        return list(list_accounts(text="", show="over", today=day, after=None))

    record()

    (shown,) = list_accounts(text="", show="all", today=now.date(), after=None)
    assert (shown.available, over(43)) == (Decimal(3000), [])
    assert [account.customer for account in over(44)] == [approved]
