"""A pro forma asks for money in advance, and follows its order until it is paid or over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed

from credit import services as credit
from credit.models import ExposureEntry, Hold
from invoicing import pro_forma_content, services
from invoicing.models import Invoice, ProForma
from invoicing.services import AskedAlready, NothingToPay
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry, NumberSeries, OutboxMessage
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order
from orders.services import OrderedAnew
from receivables.models import JournalEntry, OpenItem
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.invoicing.shipped import place

pytestmark = pytest.mark.django_db


def state_of(pro_forma):
    pro_forma.refresh_from_db()
    return pro_forma.state, pro_forma.end_reason


def test_asks_for_all_of_the_order_with_tax(held, now, actor):
    made = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    made.refresh_from_db()
    assert made.number.startswith("PF-")
    assert (made.net_amount, made.tax_amount, made.gross_amount, made.amount) == (
        Decimal("130.00"),
        Decimal("24.70"),
        Decimal("154.70"),
        Decimal("154.70"),
    )
    assert (made.state, made.currency, made.order, made.customer) == (
        "issued",
        "EUR",
        held,
        held.customer,
    )
    assert (made.issued_on, made.valid_until) == (date(2026, 11, 18), date(2026, 12, 2))
    assert OutboxMessage.objects.get(handler="invoicing.handlers.mail_pro_forma").payload[
        "pro_forma_id"
    ] == (made.pk)
    assert check_all() == []


def test_keeps_what_it_says_whatever_changes_elsewhere(held, asked):
    held.customer.addresses.update(street="Elsewhere 9")
    asked.refresh_from_db()

    says = pro_forma_content.read(asked)

    assert says["bill_to"] == "Poor Mill\nDock 4\nQuay Street 1\n20095 Hamburg\nDE"
    assert says["ship_to"] == "Poor Mill\nDock 4\nQuay Street 1\n20095 Hamburg\nDE"
    assert [
        (line["quantity"], line["unit_price"], line["net_amount"]) for line in says["lines"]
    ] == [
        ("2", "50", "100"),
        ("3", "10", "30"),
    ]
    assert says["taxes"] == [
        {"category": "S", "rate": "0.19", "base_amount": "130", "tax_amount": "24.7"}
    ]
    assert (says["gross_amount"], says["paid_amount"], says["amount"]) == ("154.7", "0", "154.7")
    assert says["seller"]["bank_account"] == "DE02120300000000202051"


def test_is_no_entry_of_any_ledger(held, now, actor):
    before = ExposureEntry.objects.count()

    services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert ExposureEntry.objects.count() == before
    assert not JournalEntry.objects.exists()
    assert not OpenItem.objects.exists()
    assert not Invoice.objects.exists()
    assert not NumberSeries.objects.exists()


def test_asks_for_what_is_missing_only(held, prepay, now, actor):
    prepay(held, "54.70")

    made = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert (made.gross_amount, made.amount) == (Decimal("154.70"), Decimal("100.00"))
    assert pro_forma_content.read(made)["paid_amount"] == "54.7"


def test_asks_for_what_was_declined_or_is_in_review(declined, now, actor):
    stranger = CustomerFactory.create()
    referred = place(stranger, ("1", "30000.00"))
    assert referred.state == "in_review"

    made = [
        services.ask_for_prepayment(pk, at=now, actor=actor) for pk in (declined.pk, referred.pk)
    ]

    assert [one.amount for one in made] == [Decimal("154.70"), Decimal("35700.00")]
    assert check_all() == []


def test_leaves_out_what_is_cancelled(held, now, actor):
    line = held.lines.get(position=2)
    orders.cancel_quantities(
        held.pk, quantities={line.pk: Decimal(3)}, reason="customer", at=now, actor=actor
    )

    made = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert made.amount == Decimal("119.00")
    assert [line["sku"] for line in pro_forma_content.read(made)["lines"]] == [
        held.lines.get(position=1).sku
    ]


def test_asks_once_at_a_time(held, asked, now, actor):
    with pytest.raises(AskedAlready, match=f"{asked} asks for the money of {held} already"):
        services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert ProForma.objects.get() == asked


def test_asks_anew_when_the_last_day_has_passed(held, asked, now, actor):
    later = now + timedelta(days=15)

    again = services.ask_for_prepayment(held.pk, at=later, actor=actor)

    assert state_of(asked) == ("lapsed", "")
    assert (again.state, again.valid_until) == ("issued", date(2026, 12, 17))


def test_refuses_an_order_that_goes_on(customer, now, actor):
    order = place(customer, ("1", "10.00"))

    with pytest.raises(NothingToPay, match="does not wait for credit"):
        services.ask_for_prepayment(order.pk, at=now, actor=actor)

    assert not ProForma.objects.exists()


def test_refuses_while_a_hold_stands_that_money_does_not_end(held, now, actor):
    credit.place_hold(held.customer_id, kind=Hold.Kind.MANUAL, reason="Fraud?", at=now, actor=actor)

    with pytest.raises(NothingToPay, match="money in advance does not end that: Fraud"):
        services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert not ProForma.objects.exists()


def test_refuses_a_declined_order_that_was_placed_anew(poor, now, actor, analyst):
    order = place(poor, ("1", "100.00"), customer_po="4711")
    credit.decline_order(order.pk, reason="Too risky", at=now, actor=analyst)
    again = place(poor, ("1", "100.00"), customer_po="4711")

    with pytest.raises(OrderedAnew, match=f"was ordered anew as {again}"):
        services.ask_for_prepayment(order.pk, at=now, actor=actor)

    assert not ProForma.objects.exists()


def test_refuses_an_unknown_order(company, now, actor):
    with pytest.raises(Order.DoesNotExist):
        services.ask_for_prepayment(0, at=now, actor=actor)


def test_is_paid_when_all_of_the_order_is(declined, prepay, now, actor):
    asked = services.ask_for_prepayment(declined.pk, at=now, actor=actor)

    prepay(declined, "100.00")
    after_part = state_of(asked)
    prepay(declined, "54.70")

    assert (after_part, state_of(asked)) == (("issued", ""), ("paid", ""))
    assert (declined.state, asked.ended_at) == ("released", now)


def test_a_held_order_that_is_paid_is_not_asked_for_again(held, asked, prepay):
    prepay(held, "154.70")

    assert (held.state, state_of(asked)) == ("released", ("paid", ""))


def test_money_taken_back_withdraws_what_was_paid(held, asked, prepay, now, actor):
    prepay(held, "154.70")

    prepay(held, "-154.70")

    assert state_of(asked) == ("withdrawn", "The money was taken back.")
    assert services.ask_for_prepayment(held.pk, at=now, actor=actor).amount == Decimal("154.70")


def test_part_taken_back_withdraws_what_counted_on_it(held, prepay, now, actor):
    prepay(held, "54.70")
    asked = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    prepay(held, "-54.70")

    assert state_of(asked) == ("withdrawn", "Money that was paid before was taken back.")


def test_an_order_that_goes_on_by_credit_is_asked_for_no_more(held, asked, now, analyst):
    credit.set_limit(
        held.customer_id,
        limit=Decimal(1000),
        valid_until=now.date() + timedelta(days=90),
        reason="Pays well",
        at=now,
        actor=analyst,
    )
    credit.recheck_waiting(held.customer_id, at=now, actor=analyst)

    held.refresh_from_db()
    assert (held.state, state_of(asked)) == (
        "released",
        ("withdrawn", "The order goes on without it."),
    )


def test_a_changed_order_needs_a_new_one(held, asked, now, actor):
    line = held.lines.get(position=1)

    orders.amend_order(
        held.pk,
        changes=AmendmentChanges(lines=[LineChange(line_id=line.pk, quantity=Decimal(4))]),
        reason="more",
        at=now,
        actor=actor,
    )

    assert state_of(asked) == ("withdrawn", "The order has changed.")
    assert services.ask_for_prepayment(held.pk, at=now, actor=actor).amount == Decimal("273.70")


def test_cancelling_a_part_or_all_withdraws_it(held, asked, now, actor):
    line = held.lines.get(position=2)
    orders.cancel_quantities(
        held.pk, quantities={line.pk: Decimal(3)}, reason="customer", at=now, actor=actor
    )
    second = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    orders.cancel_order(held.pk, reason="customer", at=now, actor=actor)

    assert state_of(asked) == ("withdrawn", "The order has changed.")
    assert state_of(second) == ("withdrawn", "The order is cancelled.")


def test_cancelling_what_is_paid_withdraws_it_too(held, asked, prepay, now, actor):
    prepay(held, "154.70")

    orders.cancel_order(held.pk, reason="customer", at=now, actor=actor)

    assert state_of(asked) == ("withdrawn", "The order is cancelled.")


def test_is_withdrawn_by_a_person_with_a_reason(asked, now, actor):
    services.withdraw_pro_forma(asked.pk, reason="Asked by mistake", at=now, actor=actor)

    assert state_of(asked) == ("withdrawn", "Asked by mistake")
    assert AuditEntry.objects.get(action="to withdrawn").reason == "Asked by mistake"


def test_what_is_paid_or_over_is_not_withdrawn_by_a_person(held, asked, prepay, now, actor):
    prepay(held, "154.70")

    with pytest.raises(NothingToPay, match="free the money on the page of its receipt"):
        services.withdraw_pro_forma(asked.pk, reason="x", at=now, actor=actor)

    assert state_of(asked) == ("paid", "")


def test_what_has_ended_is_not_withdrawn_again(asked, now, actor):
    services.withdraw_pro_forma(asked.pk, reason="Mistake", at=now, actor=actor)

    with pytest.raises(TransitionNotAllowed):
        services.withdraw_pro_forma(asked.pk, reason="Again", at=now, actor=actor)

    assert state_of(asked) == ("withdrawn", "Mistake")


def test_lapses_the_day_after_its_last_and_once(poor, asked, now, actor):
    orders_of_others = [place(poor, ("1", "100.00")) for _number in range(2)]
    for order in orders_of_others:
        services.ask_for_prepayment(order.pk, at=now, actor=actor)

    on_the_day = services.lapse_pro_formas(date(2026, 12, 2), at=now, actor=actor)
    first = services.lapse_pro_formas(date(2026, 12, 3), at=now, actor=actor)
    again = services.lapse_pro_formas(date(2026, 12, 3), at=now, actor=actor)

    assert (on_the_day, first, again) == (0, 3, 0)
    assert set(ProForma.objects.values_list("state", flat=True)) == {"lapsed"}
    assert AuditEntry.objects.filter(action="to lapsed").count() == 3


def test_lapsing_needs_the_same_statements_for_twenty_as_for_one(poor, asked, now, actor):
    def lapse():
        with CaptureQueriesContext(connection) as caught:
            services.lapse_pro_formas(date(2027, 1, 1), at=now, actor=actor)
        return len(caught)

    one = lapse()
    for _number in range(20):
        order = place(poor, ("1", "100.00"))
        services.ask_for_prepayment(order.pk, at=now, actor=actor)

    assert (lapse(), ProForma.objects.filter(state="lapsed").count()) == (one, 21)


@pytest.mark.parametrize("change", ["amount = 1", "valid_until = '2030-01-01'", "content = ''"])
def test_never_changes_what_it_says(asked, change):
    with (
        pytest.raises(DatabaseError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE invoicing_proforma SET {change}")

    assert state_of(asked) == ("issued", "")
    assert asked.amount == Decimal("154.70")


def test_is_never_deleted(asked):
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        asked.delete()

    assert ProForma.objects.exists()


def test_an_order_without_any_costs_one_statement(held, now, actor):
    with CaptureQueriesContext(connection) as caught:
        services.follow_order(held.pk, at=now, actor=actor)

    assert len([q for q in caught if "proforma" in q["sql"]]) == 1
    assert len([q for q in caught if "orderprepayment" in q["sql"]]) == 0


def test_placing_an_order_that_goes_on_asks_nothing_about_pro_formas(customer):
    with CaptureQueriesContext(connection) as caught:
        place(customer, ("1", "10.00"))

    assert [query for query in caught if "proforma" in query["sql"]] == []


def test_limit_of_nobody_is_asked_for(company, now, actor):
    """A customer without any account is declined or referred, and may pay all the same."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(0))
    order = place(customer, ("1", "100.00"))

    made = services.ask_for_prepayment(order.pk, at=now, actor=actor)

    assert made.amount == Decimal("119.00")
