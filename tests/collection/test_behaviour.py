"""Credit knows how customers pay: at once after each payment, and every night by the calendar."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from collection import selectors, services
from collection.models import DunningNotice
from collection.tasks import tell_behaviour
from credit import services as credit
from credit.models import CreditAccount, PaymentBehaviour
from credit.services import Behaviour
from credit.services.accounts import account_of
from customers.models import Customer
from o2c.kernel import outbox
from o2c.kernel.invariants import check_all
from o2c.kernel.locks import lock
from o2c.kernel.transactions import step
from receivables import services as receivables
from receivables.models import Application, Dispute, OpenItem
from tests.factories import CustomerFactory

TODAY = date(2026, 11, 18)
KEPT = [field.name for field in PaymentBehaviour._meta.concrete_fields]


def kept(customer):
    return PaymentBehaviour.objects.get(account=customer.pk)


def paid_facts(row):
    return row.items_paid, row.average_days_late, row.share_paid_late


def weighed(items, day):
    """Sum up the customer's items one by one, as a clerk would."""
    paid = [i for i in items if i.settled_on and i.settled_on > day - timedelta(days=365)]
    total = sum(item.amount for item in paid)
    late = [(item, max((item.settled_on - item.due_on).days, 0)) for item in paid]
    unpaid = [item for item in items if not item.settled_on]
    calm = [
        item for item in unpaid if not item.disputes.filter(state__in=Dispute.STANDING).exists()
    ]
    return {
        "open_amount": sum((item.balance for item in unpaid), Decimal(0)),
        "overdue_amount": sum((i.balance for i in calm if i.due_on < day), Decimal(0)),
        "oldest_due_on": min((item.due_on for item in calm), default=None),
        "average_days_late": round(sum(i.amount * days for i, days in late) / total, 2)
        if paid
        else None,
        "share_paid_late": round(sum(i.amount for i, days in late if days) / total, 4)
        if paid
        else None,
        "items_paid": len(paid),
        "disputes": len(unpaid) - len(calm),
    }


def told_of(row):
    return {name: getattr(row, name) for name in weighed([], TODAY)}


def test_a_late_payment_is_known_at_once(customer, owe, pay, now):
    late = owe(customer, "300.00", due_on=now.date() - timedelta(days=20))
    punctual = owe(customer, "100.00", due_on=now.date() + timedelta(days=3))

    pay(customer, "400.00", apply_to={late.pk: "300.00", punctual.pk: "100.00"})

    row = kept(customer)
    assert paid_facts(row) == (2, Decimal("15.00"), Decimal("0.7500"))
    assert (row.open_amount, row.overdue_amount, row.oldest_due_on) == (0, 0, None)
    assert (row.last_paid_on, row.as_of) == (now.date(), now.date())
    assert check_all() == []


def test_an_application_taken_back_is_known_at_once(customer, owe, pay, now, clerk_actor):
    item = owe(customer, "300.00", due_on=now.date() - timedelta(days=20))
    pay(customer, "300.00", apply_to={item.pk: "300.00"})

    services.take_back(Application.objects.get().pk, reason="Typo", at=now, actor=clerk_actor)

    row = kept(customer)
    assert paid_facts(row) == (0, None, None)
    assert (row.open_amount, row.overdue_amount) == (300, 300)
    assert row.oldest_due_on == item.due_on
    assert check_all() == []


def test_who_has_just_paid_is_not_refused_for_what_is_paid(customer, owe, pay, place, now):
    item = owe(customer, "300.00", due_on=now.date() - timedelta(days=60))
    services.tell_behaviour(customer.pk, at=now)
    order = place(customer, 100)
    assert order.state == "in_review"  # 60 days overdue: the policy refers from 30

    pay(customer, "300.00", apply_to={item.pk: "300.00"})

    order.refresh_from_db()
    assert order.state == "released"


def test_an_account_that_the_step_has_read_is_not_left_stale(customer, owe, now, actor):
    owe(customer, "300.00", due_on=now.date() - timedelta(days=60))

    with step():
        held = lock(Customer, customer.pk)
        account = account_of(held, at=now, actor=actor)
        before = account.paying
        services.tell_behaviour(customer.pk, at=now)

        assert before is None
        assert account.paying.overdue_amount == 300


def test_bills_disputes_and_letters_are_told(customer, owe, now, clerk_actor):
    item = owe(customer, "300.00", due_on=now.date() - timedelta(days=60))
    services.tell_behaviour(customer.pk, at=now)

    dispute = receivables.open_dispute(
        item.pk, amount=Decimal(10), reason="price", note="Too dear", at=now, actor=clerk_actor
    )
    outbox.deliver_due(limit=100)
    disputed = kept(customer)
    receivables.close_dispute(
        dispute.pk, outcome="rejected", resolution="As agreed", at=now, actor=clerk_actor
    )
    outbox.deliver_due(limit=100)
    services.run_dunning(now.date(), at=now, actor=clerk_actor)
    outbox.deliver_due(limit=100)
    notice = DunningNotice.objects.get()
    if notice.state == DunningNotice.State.PROPOSED:
        services.send_notice(notice.pk, at=now, actor=clerk_actor)
        outbox.deliver_due(limit=100)

    row = kept(customer)
    assert (disputed.disputes, disputed.oldest_due_on, disputed.overdue_amount) == (1, None, 0)
    assert (row.disputes, row.oldest_due_on) == (0, item.due_on)
    assert row.dunning_level == DunningNotice.objects.get().level.level


def test_the_night_finds_what_the_payments_have_told(debtor, owe, pay, now, clerk_actor):
    chance = random.Random(20261122)  # noqa: S311  the same histories every time
    customers = [debtor(f"Debtor {number}") for number in range(4)]
    for number in range(24):
        customer = chance.choice(customers)
        amount = Decimal(chance.randrange(100, 90000)) / 100
        due_on = now.date() + timedelta(days=chance.randrange(-250, 60))
        item = owe(customer, str(amount), due_on=due_on)
        at = now - timedelta(days=chance.randrange(0, 60))
        part = amount if chance.random() < 0.7 else (amount / 3).quantize(Decimal("0.01"))
        if chance.random() < 0.75:
            pay(customer, str(part), f"REF-{number}", {item.pk: str(part)}, at=at)
        if chance.random() < 0.2 and OpenItem.objects.get(pk=item.pk).balance:
            receivables.open_dispute(
                item.pk, amount=Decimal("0.01"), reason="price", note="", at=now, actor=clerk_actor
            )
    for customer in customers:
        services.tell_behaviour(customer.pk, at=now)
    incremental = list(PaymentBehaviour.objects.order_by("pk").values(*KEPT))
    assert check_all() == []
    PaymentBehaviour.objects.all().delete()

    result = tell_behaviour(now.date(), at=now, actor=clerk_actor)

    assert result == {"accounts": 4}
    assert list(PaymentBehaviour.objects.order_by("pk").values(*KEPT)) == incremental
    for customer in customers:
        items = list(OpenItem.objects.filter(customer=customer))
        assert told_of(kept(customer)) == weighed(items, now.date())


def test_a_night_is_run_again_for_any_date_and_never_goes_back(customer, owe, now, clerk_actor):
    owe(customer, "300.00", due_on=now.date())
    tomorrow = now.date() + timedelta(days=1)

    first = tell_behaviour(tomorrow, at=now, actor=clerk_actor)
    again = tell_behaviour(tomorrow, at=now, actor=clerk_actor)
    earlier = tell_behaviour(now.date(), at=now, actor=clerk_actor)

    row = kept(customer)
    assert (first, again, earlier) == ({"accounts": 1}, {"accounts": 0}, {"accounts": 0})
    assert (row.as_of, row.overdue_amount) == (tomorrow, 300)


def test_a_night_that_read_before_a_payment_does_not_undo_it(customer, owe, pay, now):
    item = owe(customer, "300.00", due_on=now.date() - timedelta(days=20))
    stale = selectors.behaviour_of([customer.pk], as_of=now.date())
    pay(customer, "300.00", apply_to={item.pk: "300.00"})

    changed = credit.record_behaviour(stale, at=now, is_held=False)

    assert changed == 0
    assert kept(customer).overdue_amount == 0


def test_the_control_who_overwrites_without_the_guard_undoes_the_payment(customer, owe, pay, now):
    item = owe(customer, "300.00", due_on=now.date() - timedelta(days=20))
    stale = selectors.behaviour_of([customer.pk], as_of=now.date())
    pay(customer, "300.00", apply_to={item.pk: "300.00"})

    credit.record_behaviour(stale, at=now, is_held=True)

    assert kept(customer).overdue_amount == 300


def test_customers_without_an_account_are_left_out(company, now):
    stranger = CustomerFactory.create()
    behaviour = Behaviour(customer_id=stranger.pk, as_of=now.date())

    changed = credit.record_behaviour([behaviour], at=now)

    assert changed == 0
    assert not CreditAccount.objects.filter(pk=stranger.pk).exists()
    assert not PaymentBehaviour.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_asks_as_much_for_one_customer_as_for_twenty(
    debtor, now, clerk_actor, count, django_assert_num_queries
):
    for number in range(count):
        debtor(f"Debtor {number}")

    with django_assert_num_queries(6):  # a step: two; keys, facts, rows, and no more keys
        result = tell_behaviour(now.date(), at=now, actor=clerk_actor)

    assert result == {"accounts": count}


def test_is_told_at_the_companys_day(customer, now):
    late_in_utc = datetime(2026, 11, 20, 23, 30, tzinfo=now.tzinfo)

    services.tell_behaviour(customer.pk, at=late_in_utc)

    assert kept(customer).as_of == date(2026, 11, 21)
