"""Money comes in: recorded once, applied to what it pays, in the same step."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from collection import services
from collection.models import Receipt
from collection.services import RecordedAlready, UnknownPayer
from credit.models import CreditAccount, ExposureEntry
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry
from receivables.models import Application, JournalLine, OpenItem
from tests.factories import CustomerFactory

DUE = date(2026, 11, 30)


def exposure_of(customer):
    return CreditAccount.objects.get(customer=customer).exposure


def posted(source):
    lines = JournalLine.objects.filter(entry__source=source).order_by("account")
    return [(line.account, line.debit, line.credit) for line in lines]


def test_records_money_and_settles_what_it_pays(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    receipt = pay(customer, "119.00", apply_to={item.pk: "119.00"})

    receipt.refresh_from_db()
    item.refresh_from_db()
    assert (receipt.state, receipt.applied) == ("applied", Decimal("119.000"))
    assert (item.state, item.balance) == ("settled", Decimal("0.000"))
    assert posted(receipt.label) == [("1000", 119, 0), ("1290", 0, 119)]
    assert exposure_of(customer) == 0
    assert check_all() == []


def test_keeps_what_is_left_over_on_account(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    receipt = pay(customer, "200.00", apply_to={item.pk: "100.00"})

    receipt.refresh_from_db()
    item.refresh_from_db()
    assert (receipt.state, receipt.unapplied) == ("identified", Decimal("100.000"))
    assert (item.state, item.balance) == ("open", Decimal("19.000"))
    assert exposure_of(customer) == Decimal("-81.000")
    assert check_all() == []


def test_money_of_an_unknown_payer_is_in_the_books_and_counts_for_nobody(customer, pay):
    receipt = pay(None, "50.00")

    assert receipt.state == Receipt.State.UNIDENTIFIED
    assert posted(receipt.label) == [("1000", 50, 0), ("1290", 0, 50)]
    assert not ExposureEntry.objects.exists()
    assert check_all() == []


def test_identified_money_counts_for_its_payer(customer, pay, now, actor):
    receipt = pay(None, "50.00")

    services.identify_receipt(receipt.pk, customer_id=customer.pk, at=now, actor=actor)

    receipt.refresh_from_db()
    assert (receipt.state, receipt.customer) == (Receipt.State.IDENTIFIED, customer)
    assert exposure_of(customer) == Decimal("-50.000")
    assert check_all() == []


def test_is_identified_once(customer, pay, now, actor):
    receipt = pay(customer, "50.00")
    other = CustomerFactory.create()

    with pytest.raises(TransitionNotAllowed):
        services.identify_receipt(receipt.pk, customer_id=other.pk, at=now, actor=actor)

    receipt.refresh_from_db()
    assert receipt.customer == customer
    assert ExposureEntry.objects.count() == 1


def test_applies_what_is_left_later(customer, owe, pay, now, actor):
    first, second = owe(customer, "30.00", due_on=DUE), owe(customer, "40.00", due_on=DUE)
    receipt = pay(customer, "70.00", apply_to={first.pk: "30.00"})

    services.apply_receipt(receipt.pk, amounts={second.pk: Decimal("40.00")}, at=now, actor=actor)

    receipt.refresh_from_db()
    assert (receipt.state, receipt.applied) == ("applied", Decimal("70.000"))
    assert not OpenItem.objects.filter(state="open").exists()
    assert check_all() == []


def test_does_not_apply_money_of_an_unknown_payer(customer, owe, pay, now, actor):
    item = owe(customer, "30.00", due_on=DUE)
    receipt = pay(None, "30.00")

    with pytest.raises(UnknownPayer):
        services.apply_receipt(receipt.pk, amounts={item.pk: Decimal(30)}, at=now, actor=actor)
    with pytest.raises(UnknownPayer):
        pay(None, "30.00", reference="REF-2", apply_to={item.pk: "30.00"})

    assert not Application.objects.exists()
    assert Receipt.objects.count() == 1


def test_takes_an_application_back(customer, owe, pay, now, actor):
    item = owe(customer, "119.00", due_on=DUE)
    receipt = pay(customer, "119.00", apply_to={item.pk: "119.00"})
    application = Application.objects.get()

    services.take_back(application.pk, reason="Wrong invoice", at=now, actor=actor)

    receipt.refresh_from_db()
    item.refresh_from_db()
    assert (receipt.state, receipt.applied) == ("identified", 0)
    assert (item.state, item.balance) == ("open", Decimal("119.000"))
    assert exposure_of(customer) == 0
    noted = AuditEntry.objects.filter(subject=receipt.label).latest("pk")
    assert (noted.action, noted.reason) == ("to identified", "Wrong invoice")
    assert check_all() == []


def test_refuses_the_same_money_twice_and_names_the_first(customer, pay):
    first = pay(customer, "119.00", reference="E2E-77")

    with pytest.raises(RecordedAlready, match=f"{first.number} of Delta Crane"):
        pay(None, "119.00", reference="E2E-77 ")

    assert Receipt.objects.get() == first


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"amount": Decimal("0.00")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"received_on": date(2026, 11, 19)}, "received_on"),
        ({"reference": "  "}, "reference"),
        ({"method": "barter"}, "method"),
    ],
)
def test_refuses_what_cannot_be_right_at_its_field(customer, now, actor, entry, field):
    right = {
        "customer_id": customer.pk,
        "method": "transfer",
        "currency": "EUR",
        "amount": Decimal("119.00"),
        "received_on": now.date(),
        "reference": "E2E-77",
    }

    with pytest.raises(InvalidInput) as refusal:
        services.record_receipt(**(right | entry), at=now, actor=actor)

    assert refusal.value.field == field
    assert not Receipt.objects.exists()
    assert not JournalLine.objects.exists()


def test_refuses_more_than_an_item_owes(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    with pytest.raises(InvalidInput, match=r"Only 119\.00.EUR of INV-00001 is open") as refusal:
        pay(customer, "200.00", apply_to={item.pk: "119.01"})

    assert refusal.value.field == f"apply_to.{item.pk}"
    assert not Receipt.objects.exists()


def test_refuses_more_than_the_money_itself(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    with pytest.raises(InvalidInput, match=r"only 100\.00.EUR is left") as refusal:
        pay(customer, "100.00", apply_to={item.pk: "119.00"})

    assert refusal.value.field == "apply_to"
    assert not Receipt.objects.exists()


def test_refuses_to_pay_somebody_elses_item(customer, owe, pay):
    theirs = owe(CustomerFactory.create(), "119.00", due_on=DUE)

    with pytest.raises(InvalidInput, match="somebody else") as refusal:
        pay(customer, "119.00", apply_to={theirs.pk: "119.00"})

    assert refusal.value.field == f"apply_to.{theirs.pk}"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("state", "allowed"),
    [("unidentified", ["identify"]), ("identified", ["apply_all"]), ("applied", ["reopen"])],
)
def test_moves_only_along_its_states(state, allowed):
    receipt = Receipt(state=state)

    assert [t.name for t in receipt.get_available_state_transitions()] == allowed


def test_costs_the_same_statements_for_one_item_and_for_twenty(
    customer, owe, pay, django_assert_num_queries
):
    items = [owe(customer, "10.00", due_on=DUE + timedelta(days=n)) for n in range(20)]
    pay(customer, "1.00", reference="REF-0")

    with django_assert_num_queries(STATEMENTS):
        pay(customer, "5.00", "REF-1", {items[0].pk: "5.00"})
    with django_assert_num_queries(STATEMENTS):
        pay(customer, "80.00", "REF-2", {item.pk: "4.00" for item in items})
    # An order that is paid in full closes: its lines are read, its state is kept.
    with django_assert_num_queries(STATEMENTS + 1 + 2):
        pay(customer, "6.00", "REF-3", {items[1].pk: "6.00"})


STATEMENTS = 20
