"""Orders wait from the day after due date and grace, until everything overdue is paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail

from collection import services, tasks
from credit.debts import debts_of
from credit.models import Hold
from customers.models import Customer
from o2c.kernel import jobs
from o2c.kernel.clock import travel
from o2c.kernel.invariants import check_all
from o2c.kernel.models import JobRun, OutboxMessage
from o2c.kernel.outbox import deliver_due
from orders.models import Order
from orders.waiting import Unpaid, waiting_of
from receivables import services as receivables
from tests.factories import ContactFactory, CreditAccountFactory
from tests.race import while_it_waits

TODAY = date(2026, 11, 18)
YESTERDAY = TODAY - timedelta(days=1)


def active_holds():
    return list(Hold.objects.filter(released_at=None).values_list("customer_id", "kind"))


def test_holds_a_customer_the_day_after_the_due_date(customer, owe, now, actor):
    owe(customer, "119.00", due_on=YESTERDAY)

    result = services.hold_overdue(TODAY, at=now, actor=actor)

    hold = Hold.objects.get()
    assert result == {"customers": 1, "items": 1}
    assert (hold.customer, hold.kind, hold.placed_by) == (customer, "overdue", "Maya Brandt")
    assert hold.reason == "119.00\xa0EUR overdue on 1 invoice, due on 17 Nov 2026"
    assert check_all() == []


def test_does_not_hold_on_the_due_date_itself(customer, owe, now, actor):
    owe(customer, "119.00", due_on=TODAY)

    assert services.hold_overdue(TODAY, at=now, actor=actor) == {"customers": 0, "items": 0}

    assert active_holds() == []


@pytest.mark.parametrize(("grace", "held"), [(4, 1), (5, 0)])
def test_leaves_the_customers_grace_days(customer, owe, now, actor, grace, held):
    Customer.objects.update(grace_days=grace)
    owe(customer, "119.00", due_on=TODAY - timedelta(days=5))

    services.hold_overdue(TODAY, at=now, actor=actor)

    assert len(active_holds()) == held


def test_disputed_items_do_not_count(customer, owe, now, actor):
    item = owe(customer, "119.00", due_on=YESTERDAY)
    receivables.open_dispute(
        item.pk, amount=Decimal(50), reason="price", note="Too dear", at=now, actor=actor
    )

    services.hold_overdue(TODAY, at=now, actor=actor)

    assert active_holds() == []


def test_a_second_run_does_nothing(customer, owe, now, actor):
    owe(customer, "119.00", due_on=YESTERDAY)
    services.hold_overdue(TODAY, at=now, actor=actor)

    again = services.hold_overdue(TODAY, at=now, actor=actor)

    assert again == {"customers": 0, "items": 0}
    assert Hold.objects.count() == 1
    assert OutboxMessage.objects.filter(handler__endswith="tell_customer_what_to_pay").count() == 1


def test_tells_the_customer_what_to_pay(customer, owe, now, actor):
    ContactFactory.create(customer=customer)
    owe(customer, "119.00", due_on=YESTERDAY)
    owe(customer, "1081.50", due_on=date(2026, 11, 2))
    services.hold_overdue(TODAY, at=now, actor=actor)

    deliver_due(limit=10)

    message = mail.outbox[0]
    assert (message.to, len(mail.outbox)) == (["rosa@customer.example"], 1)
    assert message.extra_headers["Message-ID"] == f"<overdue-{customer.pk}-20261118@localhost>"
    assert message.subject == "Your orders wait: please pay what is overdue"
    assert "INV-00002, due 2026-11-02: 1,081.50\xa0EUR\nINV-00001, due 2026-11-17" in message.body
    assert "To pay: 1,200.50\xa0EUR" in message.body
    assert "account DE02120300000000202051 at Merrimack Valley Trust" in message.body


def test_does_not_write_about_what_is_paid_meanwhile(customer, owe, pay, now, actor):
    item = owe(customer, "119.00", due_on=YESTERDAY)
    services.hold_overdue(TODAY, at=now, actor=actor)
    pay(customer, "119.00", apply_to={item.pk: "119.00"})

    deliver_due(limit=10)

    assert mail.outbox == []


def test_the_whole_story_from_overdue_to_the_released_order(customer, owe, pay, place, now, actor):
    first = owe(customer, "119.00", due_on=YESTERDAY)
    second = owe(customer, "238.00", due_on=YESTERDAY)
    services.hold_overdue(TODAY, at=now, actor=actor)
    order = place(customer, 100)
    assert order.state == Order.State.ON_HOLD

    pay(customer, "119.00", "REF-1", {first.pk: "119.00"})
    order.refresh_from_db()
    after_first = (order.state, active_holds())
    pay(customer, "238.00", "REF-2", {second.pk: "238.00"})

    order.refresh_from_db()
    hold = Hold.objects.get()
    assert after_first == (Order.State.ON_HOLD, [(customer.pk, "overdue")])
    assert (order.state, active_holds()) == (Order.State.RELEASED, [])
    assert (hold.released_by, hold.release_reason) == (
        "Dana Whitlock",
        "Everything overdue is paid.",
    )
    assert check_all() == []


def test_money_on_account_lets_an_order_go_that_waits_for_the_limit(company, pay, place):
    customer = CreditAccountFactory.create().customer
    order = place(customer, 10000)  # 11,900.00 with tax, against 10,000.00
    assert order.state == Order.State.ON_HOLD

    pay(customer, "1900.00")

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


def test_cash_taken_back_holds_nobody_before_the_next_day(customer, owe, pay, now, actor):
    item = owe(customer, "119.00", due_on=YESTERDAY)
    services.hold_overdue(TODAY, at=now, actor=actor)
    pay(customer, "119.00", apply_to={item.pk: "119.00"})

    services.take_back(item.applications.get().pk, reason="Bounced", at=now, actor=actor)
    at_once = active_holds()
    services.hold_overdue(TODAY + timedelta(days=1), at=now, actor=actor)

    assert at_once == []
    assert active_holds() == [(customer.pk, "overdue")]


def test_costs_the_same_statements_for_one_customer_and_for_twenty(
    debtor, customer, owe, now, actor, django_assert_num_queries
):
    owe(customer, "119.00", due_on=YESTERDAY)

    with django_assert_num_queries(9):
        services.hold_overdue(TODAY, at=now, actor=actor)
    for _ in range(20):
        owe(debtor(), "119.00", due_on=YESTERDAY)
    with django_assert_num_queries(9):
        assert services.hold_overdue(TODAY, at=now, actor=actor)["customers"] == 20


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_hold_each_customer_once(customer, owe, now, actor):
    owe(customer, "119.00", due_on=YESTERDAY)

    def run():
        return services.hold_overdue(TODAY, at=now, actor=actor)["customers"]

    assert while_it_waits(run, run) == [1, 0]
    assert active_holds() == [(customer.pk, "overdue")]


def test_is_a_part_of_the_day(customer, owe, now):
    owe(customer, "119.00", due_on=YESTERDAY)

    jobs.run_job(tasks.hold_overdue, TODAY, at=now)

    run = JobRun.objects.get()
    assert (run.name, run.error) == ("collection.hold_overdue", "")
    assert run.result == {"customers": 1, "items": 1}


def test_order_of_a_late_payer_is_told_which_invoices_to_pay(customer, owe, now, actor, place):
    late = owe(customer, "119.00", due_on=YESTERDAY)
    owe(customer, "500.00", due_on=TODAY + timedelta(days=30))
    services.hold_overdue(TODAY, at=now, actor=actor)
    order = place(customer, 100)

    with travel(now):
        words = waiting_of(order)

    assert words.reasons == [
        "Invoices of yours are overdue. The order goes on by itself as soon as they are paid."
    ]
    assert words.amount_to_pay == Decimal("119.000")
    assert list(words.invoices) == [
        Unpaid(number=late.invoice.number, due_on=YESTERDAY, open_amount=Decimal("119.000"))
    ]


def test_late_payers_owe_in_one_statement(customer, owe, django_assert_num_queries):
    for days in range(1, 4):
        owe(customer, "100.00", due_on=TODAY - timedelta(days=days))

    with django_assert_num_queries(1):
        debts = debts_of(customer.pk, "EUR", today=TODAY)

    assert (debts.overdue, debts.late) == (Decimal("300.000"), 3)
    assert [invoice.due_on.day for invoice in debts.invoices] == [15, 16, 17]


def test_disputed_invoices_need_not_be_paid_before_an_order_goes_on(customer, owe, now, actor):
    item = owe(customer, "119.00", due_on=YESTERDAY)
    receivables.open_dispute(
        item.pk, amount=Decimal("119.00"), reason="price", note="Wrong", at=now, actor=actor
    )

    assert debts_of(customer.pk, "EUR", today=TODAY).overdue == 0
