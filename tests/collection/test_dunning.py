"""Letters to late payers: one per customer and day, one per item and level."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django_fsm import TransitionNotAllowed

from collection import services, tasks
from collection.models import DunnedItem, DunningLevel, DunningNotice, DunningRun
from customers.models import Customer
from o2c.kernel import jobs
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.models import OutboxMessage
from o2c.kernel.outbox import deliver_due
from receivables import services as receivables
from tests.factories import ContactFactory
from tests.race import while_it_waits

TODAY = date(2026, 11, 18)


def days_late(count):
    return TODAY - timedelta(days=count)


def letters():
    rows = DunningNotice.objects.order_by("pk")
    return list(rows.values_list("customer_id", "level__level", "total", "state"))


@pytest.fixture
def run(now, actor):
    def start(day=TODAY):
        return services.run_dunning(day, at=now, actor=actor)

    return start


@pytest.fixture
def deliver(now):
    """Deliver what is due now, and what that brings."""

    def everything():
        while deliver_due(limit=20):
            pass

    return everything


def test_starts_with_three_levels(db):
    levels = DunningLevel.objects.order_by("level").values_list("level", "name", "days")

    assert list(levels) == [(1, "Reminder", 3), (2, "Second notice", 17), (3, "Final notice", 31)]


def test_proposes_one_letter_with_what_is_overdue(customer, owe, run):
    ContactFactory.create(customer=customer)
    first = owe(customer, "119.00", due_on=days_late(3))
    second = owe(customer, "81.00", due_on=days_late(9))
    owe(customer, "500.00", due_on=days_late(2))

    result = run()

    notice = DunningNotice.objects.get()
    dunned = DunnedItem.objects.order_by("item_id").values_list("item_id", "level", "balance")
    assert result == {"notices": 1, "items": 2}
    assert letters() == [(customer.pk, 1, Decimal("200.000"), "proposed")]
    assert (notice.currency, notice.recipient) == ("EUR", "rosa@customer.example")
    assert list(dunned) == [(first.pk, 1, 119), (second.pk, 1, 81)]
    assert check_all() == []


@pytest.mark.parametrize(("late", "level"), [(16, 1), (17, 2), (30, 2), (31, 3), (300, 3)])
def test_takes_the_highest_level_that_is_due(customer, owe, run, late, level):
    owe(customer, "119.00", due_on=days_late(late))

    run()

    assert letters() == [(customer.pk, level, Decimal("119.000"), "proposed")]


def test_leaves_disputed_small_and_graced_items_out(debtor, customer, owe, run, now, actor):
    disputed = owe(customer, "119.00", due_on=days_late(9))
    owe(customer, "9.99", due_on=days_late(9))
    receivables.open_dispute(
        disputed.pk, amount=Decimal(50), reason="price", note="Too dear", at=now, actor=actor
    )
    graced = debtor(grace_days=10)
    owe(graced, "119.00", due_on=days_late(9))

    assert run() == {"notices": 0, "items": 0}


def test_an_item_gets_each_level_once(customer, owe, run, now, actor):
    owe(customer, "119.00", due_on=days_late(3))

    for day in range(40):
        run(TODAY + timedelta(days=day))
        for notice in DunningNotice.objects.filter(state="proposed"):
            services.send_notice(notice.pk, at=now, actor=actor)

    notices = DunningNotice.objects.order_by("pk").values_list("run__as_of", "level__level")
    assert list(notices) == [
        (date(2026, 11, 18), 1),
        (date(2026, 12, 2), 2),
        (date(2026, 12, 16), 3),
    ]
    assert check_all() == []


def test_an_item_whose_letter_waits_gets_no_other(customer, owe, run):
    owe(customer, "119.00", due_on=days_late(17))
    run()

    result = run(TODAY + timedelta(days=30))

    assert result == {"notices": 0, "items": 0}
    assert letters() == [(customer.pk, 2, Decimal("119.000"), "proposed")]


def test_a_customer_gets_one_letter_a_day_the_harsher_first(customer, owe, run):
    owe(customer, "50.00", due_on=days_late(3))
    owe(customer, "70.00", due_on=days_late(17))

    run()
    first_day = letters()
    run(TODAY + timedelta(days=1))

    assert first_day == [(customer.pk, 2, Decimal("70.000"), "proposed")]
    assert letters()[1:] == [(customer.pk, 1, Decimal("50.000"), "proposed")]


def test_a_day_is_run_once(customer, owe, run):
    owe(customer, "119.00", due_on=days_late(3))
    run()
    owe(customer, "238.00", due_on=days_late(3))

    again = run()

    assert again == {"notices": 0, "items": 0}
    assert (DunningRun.objects.count(), len(letters())) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one_set_of_letters(customer, owe, run):
    owe(customer, "119.00", due_on=days_late(3))

    results = while_it_waits(run, run)

    assert [result["notices"] for result in results] == [1, 0]
    assert len(letters()) == 1


def test_the_first_level_is_sent_by_itself(customer, owe, run, deliver):
    owe(customer, "119.00", due_on=days_late(3))
    run()

    deliver()

    notice = DunningNotice.objects.get()
    message = mail.outbox[0]
    assert (notice.state, len(mail.outbox)) == ("sent", 1)
    assert message.to == [customer.email]
    assert message.subject == "Reminder: an invoice is past its due date"
    assert message.extra_headers["Message-ID"] == f"<dunningnotice-{notice.pk}@localhost>"
    assert "INV-00001, due 2026-11-15: 119.00\xa0EUR" in message.body
    assert "INV-00001" in message.alternatives[0].content


def test_harsher_letters_wait_for_a_person(customer, owe, run, deliver, now, actor):
    owe(customer, "119.00", due_on=days_late(17))
    run()
    deliver()
    before = (letters()[0][3], len(mail.outbox))

    services.send_notice(DunningNotice.objects.get().pk, at=now, actor=actor)
    deliver()

    assert before == ("proposed", 0)
    assert (letters()[0][3], len(mail.outbox)) == ("sent", 1)


def test_a_failed_mail_keeps_the_letter_waiting_and_goes_once_later(
    customer, owe, run, deliver, settings
):
    owe(customer, "119.00", due_on=days_late(3))
    run()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    deliver()
    failed = (letters()[0][3], OutboxMessage.objects.get(delivered_at=None).attempts)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.filter(delivered_at=None).update(due_at="2026-01-01T00:00Z")
    deliver()

    assert failed == ("sending", 1)
    assert (letters()[0][3], len(mail.outbox)) == ("sent", 1)


def test_a_letter_delivered_twice_is_mailed_once(customer, owe, run, deliver):
    owe(customer, "119.00", due_on=days_late(3))
    run()
    deliver()

    OutboxMessage.objects.update(delivered_at=None)
    deliver()

    assert len(mail.outbox) == 1


def test_what_is_paid_meanwhile_is_held_back(customer, owe, pay, run, now, actor):
    item = owe(customer, "119.00", due_on=days_late(17))
    run()
    pay(customer, "119.00", apply_to={item.pk: "119.00"})

    notice = services.send_notice(DunningNotice.objects.get().pk, at=now, actor=actor)

    assert (notice.state, notice.reason) == (
        "withheld",
        "Paid or disputed since it was proposed.",
    )
    assert not OutboxMessage.objects.filter(handler__endswith="mail_letter").exists()


def test_a_letter_names_only_what_is_still_open(customer, owe, pay, run, deliver):
    first = owe(customer, "119.00", due_on=days_late(3))
    second = owe(customer, "200.00", due_on=days_late(3))
    run()
    pay(customer, "150.00", apply_to={first.pk: "119.00", second.pk: "31.00"})

    deliver()

    body = mail.outbox[0].body
    assert "INV-00001" not in body
    assert "INV-00002, due 2026-11-15: 169.00\xa0EUR" in body
    assert "Total overdue: 169.00\xa0EUR" in body


def test_without_an_address_the_letter_waits_and_cannot_be_sent(
    customer, owe, run, deliver, now, actor
):
    Customer.objects.update(email="")
    owe(customer, "119.00", due_on=days_late(3))
    run()
    deliver()

    with pytest.raises(services.NoRecipient, match="no e-mail address"):
        services.send_notice(DunningNotice.objects.get().pk, at=now, actor=actor)

    assert letters()[0][3] == "proposed"
    assert mail.outbox == []


def test_is_held_back_with_a_reason_only(customer, owe, run, now, actor):
    owe(customer, "119.00", due_on=days_late(17))
    run()
    notice = DunningNotice.objects.get()

    with pytest.raises(InvalidInput) as refusal:
        services.withhold_notice(notice.pk, reason=" ", at=now, actor=actor)
    services.withhold_notice(notice.pk, reason="They called", at=now, actor=actor)

    notice.refresh_from_db()
    assert refusal.value.field == "reason"
    assert (notice.state, notice.reason) == ("withheld", "They called")
    with pytest.raises(TransitionNotAllowed):
        services.send_notice(notice.pk, at=now, actor=actor)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("proposed", ["start", "withhold"]),
        ("sending", ["confirm", "withhold"]),
        ("sent", []),
        ("withheld", []),
    ],
)
def test_moves_only_along_its_states(state, allowed):
    notice = DunningNotice(state=state)

    assert sorted(t.name for t in notice.get_available_state_transitions()) == allowed


def test_costs_the_same_statements_for_one_customer_and_for_twenty(
    debtor, customer, owe, run, django_assert_num_queries
):
    owe(customer, "119.00", due_on=days_late(3))

    with django_assert_num_queries(6):
        run()
    for _ in range(20):
        owe(debtor(), "119.00", due_on=days_late(3))
    with django_assert_num_queries(6):
        assert run(TODAY + timedelta(days=1))["notices"] == 20


def test_is_a_part_of_the_day(customer, owe, now):
    owe(customer, "119.00", due_on=days_late(3))

    run = jobs.run_job(tasks.run_dunning, TODAY, at=now)

    assert (run.name, run.error, run.result) == (
        "collection.run_dunning",
        "",
        {"notices": 1, "items": 1},
    )
