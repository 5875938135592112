"""Before the due date: items are flagged half-way, reminded once, and looked at."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django_fsm import TransitionNotAllowed

from customers.models import Customer
from o2c.kernel import outbox
from o2c.kernel.errors import InvalidInput
from o2c.kernel.jobs import run_job
from o2c.kernel.models import OutboxMessage
from receivables import services, tasks
from receivables.models import InvoiceReview
from tests.factories import TODAY, PaymentTermsFactory
from tests.invoicing.shipped import ACTOR

pytestmark = pytest.mark.django_db


def flag(day, now):
    return services.flag_due_soon(day, at=now, actor=ACTOR)


@pytest.mark.parametrize(
    ("days_after_issue", "flagged"), [(0, 0), (14, 0), (15, 1), (29, 1), (30, 0), (31, 0)]
)
def test_flags_an_item_of_thirty_days_from_the_fifteenth_on(owe, now, days_after_issue, flagged):
    owe()

    assert flag(TODAY + timedelta(days=days_after_issue), now) == flagged


def test_flags_half_way_through_other_terms(owe, customer, now):
    terms = PaymentTermsFactory.create(code="N7", name="7 days net", net_days=7)
    Customer.objects.update(payment_terms=terms)
    owe()

    assert [flag(TODAY + timedelta(days=days), now) for days in (2, 3)] == [0, 1]


def test_flags_once_whatever_day_it_runs_again(owe, now):
    owe()
    day = TODAY + timedelta(days=15)

    assert [flag(day, now), flag(day, now), flag(day + timedelta(days=1), now)] == [1, 0, 0]
    assert InvoiceReview.objects.get().flagged_on == day


def test_leaves_paid_items_alone(owe, pay, now):
    pay(owe(), "119.00")

    assert flag(TODAY + timedelta(days=15), now) == 0


def test_runs_as_a_daily_job(owe, now):
    owe()

    run = run_job(tasks.flag_due_soon, TODAY + timedelta(days=15), at=now)

    assert (run.result, run.error) == ({"flagged": 1}, "")


def reminders():
    return [message for message in mail.outbox if "due soon" in message.subject]


def deliver(now):
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=now)
    outbox.deliver_due(limit=100)


def test_reminds_the_customer_in_a_friendly_way(owe, customer, now):
    item = owe()
    flag(TODAY + timedelta(days=15), now)

    deliver(now)

    [message] = reminders()
    assert message.to == [customer.email]
    assert message.subject == f"Invoice {item.invoice.number} is due soon"
    assert "friendly note" in message.body
    assert "119.00\N{NO-BREAK SPACE}EUR" in message.body
    assert InvoiceReview.objects.get().reminded_at is not None


def test_reminds_once(owe, now):
    owe()
    flag(TODAY + timedelta(days=15), now)
    review = InvoiceReview.objects.get()

    assert [services.remind(review.pk, at=now) for _time in range(2)] == [True, False]
    assert len(reminders()) == 1


def test_does_not_remind_of_what_is_paid_meanwhile(owe, pay, now):
    item = owe()
    flag(TODAY + timedelta(days=15), now)
    pay(item, "119.00")

    deliver(now)

    assert reminders() == []


def test_does_not_remind_of_what_is_disputed_meanwhile(owe, now):
    item = owe()
    flag(TODAY + timedelta(days=15), now)
    dispute(item, now)

    deliver(now)

    assert reminders() == []


def test_cannot_remind_where_no_address_is_known(owe, now):
    Customer.objects.update(email="")
    owe()
    flag(TODAY + timedelta(days=15), now)

    assert services.remind(InvoiceReview.objects.get().pk, at=now) is False


def test_closes_a_review_with_what_was_found(owe, now, actor):
    owe()
    flag(TODAY + timedelta(days=15), now)
    review = InvoiceReview.objects.get()

    services.work_review(review.pk, outcome="fine", note=" on its way ", at=now, actor=actor)

    review.refresh_from_db()
    assert (review.state, review.note, review.closed_at) == ("fine", "on its way", now)
    with pytest.raises(TransitionNotAllowed):
        services.work_review(review.pk, outcome="asked", note="", at=now, actor=actor)


def test_knows_no_other_outcome(owe, now, actor):
    owe()
    flag(TODAY + timedelta(days=15), now)

    with pytest.raises(InvalidInput):
        services.work_review(
            InvoiceReview.objects.get().pk, outcome="corrected", note="", at=now, actor=actor
        )

    assert InvoiceReview.objects.get().state == InvoiceReview.State.OPEN


def dispute(item, now, amount="19.00"):
    return services.open_dispute(
        item.pk, amount=Decimal(amount), reason="price", note="Too dear", at=now, actor=ACTOR
    )


def test_a_dispute_ends_the_review(owe, now):
    item = owe()
    flag(TODAY + timedelta(days=15), now)

    dispute(item, now)

    assert InvoiceReview.objects.get().state == InvoiceReview.State.DISPUTED


def test_flags_by_the_dates_of_the_item_alone(owe, now):
    item = owe()

    assert (item.issued_on, item.due_on) == (date(2026, 11, 18), date(2026, 12, 18))
    assert flag(date(2026, 12, 3), now) == 1
