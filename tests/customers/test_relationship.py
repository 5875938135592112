"""Addresses, contacts, parents and activities: kept right whoever changes them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from customers import selectors, services
from customers.models import Activity, Address, Contact, Customer
from customers.services import Details, Happening, Person, Place
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.lost_updates import ChangedMeanwhile, mark_of
from o2c.kernel.models import AuditEntry
from tests.factories import (
    AddressFactory,
    ContactFactory,
    CustomerFactory,
    PaymentTermsFactory,
    UserFactory,
)

QUAY = Place(street="Quay Street 1", city="Hamburg", country="DE", postal_code="20457")
BUYER = Person(role="buyer", name="Ellis Grant")


@pytest.fixture
def customer(db):
    return CustomerFactory.create()


def details(customer, **changes):
    return replace(
        Details(name=customer.name, payment_terms_id=customer.payment_terms_id), **changes
    )


def usual(customer, kind="ship_to"):
    return Address.objects.get(customer=customer, kind=kind, is_default=True)


def test_keeps_identity_in_one_form_with_an_audit_entry(customer, now, actor):
    services.change_customer(
        customer.pk,
        details=details(
            customer,
            legal_name="Pump GmbH",
            vat_number="136 695 976",
            eori="de4711",
            gln="4012345000009",
            registration_number="HRB  1",
        ),
        at=now,
        actor=actor,
    )

    customer.refresh_from_db()
    assert (customer.vat_number, customer.eori, customer.gln) == (
        "DE136695976",  # its bill-to address is in Germany
        "DE4711",
        "4012345000009",
    )
    assert (customer.registration_number, customer.invoice_name) == ("HRB 1", "Pump GmbH")
    assert AuditEntry.objects.latest("pk").changes["vat_number"] == ["", "DE136695976"]


def test_refuses_payment_terms_that_are_given_no_more_but_leaves_those_who_have_them(
    customer, now, actor
):
    old = PaymentTermsFactory.create(code="OLD", name="Old", is_active=False)

    with pytest.raises(DomainError, match="not given any more") as refusal:
        services.change_customer(
            customer.pk, details=details(customer, payment_terms_id=old.pk), at=now, actor=actor
        )

    assert refusal.value.field == "payment_terms"
    Customer.objects.update(payment_terms=old)
    customer.refresh_from_db()
    services.change_customer(customer.pk, details=details(customer), at=now, actor=actor)


def test_refuses_a_parent_that_belongs_to_the_customer(customer, now, actor):
    child = CustomerFactory.create(parent=customer)
    grandchild = CustomerFactory.create(parent=child)

    for parent in (grandchild, customer):
        with pytest.raises(InvalidInput, match="belongs to the one") as refusal:
            services.change_customer(
                customer.pk, details=details(customer, parent_id=parent.pk), at=now, actor=actor
            )
        assert refusal.value.field == "parent"

    customer.refresh_from_db()
    assert customer.parent is None


def test_the_books_find_a_circle_of_parents(customer):
    other = CustomerFactory.create(parent=customer)
    Customer.objects.filter(pk=customer.pk).update(parent=other)

    assert {found.name for found in check_all()} == {"customers.nobody_belongs_to_themselves"}


def test_tells_who_changed_a_customer_meanwhile_and_overwrites_nothing(customer, now, actor):
    customer.refresh_from_db()
    seen = mark_of(customer)
    services.change_customer(
        customer.pk, details=details(customer, grace_days=5), seen=seen, at=now, actor=actor
    )

    with pytest.raises(ChangedMeanwhile, match=r"Maya Brandt has changed it .*grace days") as said:
        services.change_customer(
            customer.pk, details=details(customer, name="Other"), seen=seen, at=now, actor=actor
        )

    customer.refresh_from_db()
    assert customer.grace_days == 5
    assert customer.name != "Other"
    assert "18 Nov 2026" in str(said.value)


def test_changes_an_address_with_an_audit_entry_of_its_own(customer, now, actor):
    address = usual(customer)

    services.change_address(
        address.pk, place=replace(QUAY, code="WE-7", gln="4012345000009"), at=now, actor=actor
    )

    address.refresh_from_db()
    entry = AuditEntry.objects.latest("pk")
    assert (address.code, address.gln, address.is_default) == ("WE-7", "4012345000009", True)
    assert entry.changes["code"] == ["", "WE-7"]
    assert entry.objects_touched == [f"address:{address.pk}", f"customer:{customer.pk}"]


def test_refuses_a_second_place_of_the_same_code_or_gln(customer, now, actor):
    for name, value in (("code", "WE-7"), ("gln", "4012345000009")):
        place = replace(QUAY, **{name: value})
        services.add_address(customer.pk, kind="ship_to", place=place, at=now, actor=actor)

        with pytest.raises(InvalidInput, match="already") as refusal:
            services.add_address(customer.pk, kind="ship_to", place=place, at=now, actor=actor)

        assert refusal.value.field == name
        services.add_address(customer.pk, kind="bill_to", place=place, at=now, actor=actor)
    assert Address.objects.filter(customer=customer).count() == 6


@pytest.mark.parametrize("name", ["code", "gln"])
def test_the_database_holds_one_place_of_a_code(customer, name):
    AddressFactory.create(customer=customer, **{name: "4012345000009"})

    with pytest.raises(IntegrityError, match=f"address_{name}_once"), transaction.atomic():
        AddressFactory.create(customer=customer, **{name: "4012345000009"})


def test_stops_using_an_address_and_uses_it_again(customer, now, actor):
    second = services.add_address(customer.pk, kind="ship_to", place=QUAY, at=now, actor=actor)

    with pytest.raises(DomainError, match="usual address"):
        services.stop_using_address(usual(customer).pk, at=now, actor=actor)
    services.make_usual(second.pk, at=now, actor=actor)
    first = Address.objects.filter(customer=customer, kind="ship_to").exclude(pk=second.pk).get()
    services.stop_using_address(first.pk, at=now, actor=actor)

    assert list(selectors.ship_to_addresses(customer.pk)) == [second]
    with pytest.raises(DomainError, match="not in use"):
        services.make_usual(first.pk, at=now, actor=actor)
    services.use_address_again(first.pk, at=now, actor=actor)
    assert list(selectors.ship_to_addresses(customer.pk)) == [second, first]


def test_stops_using_the_only_address(customer, now, actor):
    services.stop_using_address(usual(customer).pk, at=now, actor=actor)

    assert list(selectors.ship_to_addresses(customer.pk)) == []


def test_changes_a_contact_and_writes_to_them_no_more(customer, now, actor):
    contact = services.add_contact(
        customer.pk, person=replace(BUYER, email="ellis@pump.example"), at=now, actor=actor
    )

    services.change_contact(
        contact.pk,
        person=replace(BUYER, email="grant@pump.example", title="Head of buying", language="de"),
        at=now,
        actor=actor,
    )
    assert selectors.email_of(customer, "buyer") == "grant@pump.example"
    services.stop_using_contact(contact.pk, at=now, actor=actor)

    assert selectors.email_of(customer, "buyer") == customer.email
    contact.refresh_from_db()
    assert (contact.title, contact.language, contact.is_active) == ("Head of buying", "de", False)


@pytest.mark.parametrize("model", ["address", "contact", "activity", "terms"])
def test_tells_who_changed_the_rest_meanwhile(customer, now, actor, model):
    changes = {
        "address": (
            lambda: usual(customer),
            lambda row, text: services.change_address(
                row.pk, place=replace(QUAY, label=text), seen=seen, at=now, actor=actor
            ),
        ),
        "contact": (
            lambda: ContactFactory.create(customer=customer),
            lambda row, text: services.change_contact(
                row.pk, person=replace(BUYER, title=text), seen=seen, at=now, actor=actor
            ),
        ),
        "activity": (
            lambda: services.add_activity(
                customer.pk, happening=Happening(kind="note", text="a"), at=now, actor=actor
            ),
            lambda row, text: services.change_activity(
                row.pk,
                happening=Happening(kind="note", text=text),
                seen=seen,
                at=now,
                actor=actor,
            ),
        ),
        "terms": (
            lambda: customer.payment_terms,
            lambda row, text: services.change_terms(
                row.pk,
                agreement=services.Agreement(code=row.code, name=text, terms=row.agreed),
                seen=seen,
                at=now,
                actor=actor,
            ),
        ),
    }
    make, change = changes[model]
    row = type(made := make()).objects.get(pk=made.pk)
    seen = mark_of(row)
    change(row, "first")
    stored = mark_of(type(row).objects.get(pk=row.pk))

    with pytest.raises(ChangedMeanwhile, match="Maya Brandt"):
        change(row, "second")

    assert mark_of(type(row).objects.get(pk=row.pk)) == stored


def test_remembers_a_call_with_whom_it_was(customer, now, actor):
    contact = ContactFactory.create(customer=customer)
    called_at = now - timedelta(hours=2)

    activity = services.add_activity(
        customer.pk,
        happening=Happening(
            kind="call", text=" Wants a quote ", contact_id=contact.pk, happened_at=called_at
        ),
        at=now,
        actor=actor,
    )

    activity.refresh_from_db()
    assert (activity.text, activity.at, activity.author) == (
        "Wants a quote",
        called_at,
        "Maya Brandt",
    )


def test_a_task_waits_until_it_is_done(customer, now, actor):
    colleague = UserFactory.create()
    task = services.add_activity(
        customer.pk,
        happening=Happening(
            kind="task", text="Call back", due_on=now.date(), assignee_id=colleague.pk
        ),
        at=now,
        actor=actor,
    )
    assert list(selectors.tasks_of(customer)) == [task]

    services.finish_task(task.pk, at=now, actor=actor)
    services.finish_task(task.pk, at=now + timedelta(days=1), actor=actor)

    task.refresh_from_db()
    assert (task.done_at, list(selectors.tasks_of(customer))) == (now, [])
    services.reopen_task(task.pk, at=now, actor=actor)
    assert list(selectors.tasks_of(customer)) == [task]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"kind": "lunch"}, "kind"),
        ({"contact_id": 0}, "contact"),
        ({"kind": "task"}, "due_on"),
        ({"kind": "task", "due_on": "2026-11-18"}, "assignee"),
        ({"due_on": "2026-11-18"}, "due_on"),
    ],
)
def test_refuses_an_activity_that_makes_no_sense(customer, now, actor, wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        services.add_activity(
            customer.pk,
            happening=Happening(**{"kind": "note", "text": "a", **wrong}),
            at=now,
            actor=actor,
        )

    assert refusal.value.field == field
    assert not Activity.objects.exists()


def test_refuses_a_call_of_tomorrow(customer, now, actor):
    happening = Happening(kind="call", text="a", happened_at=now + timedelta(days=1))

    with pytest.raises(InvalidInput, match="make it a task"):
        services.add_activity(customer.pk, happening=happening, at=now, actor=actor)

    assert not Activity.objects.exists()


def test_a_note_is_never_done(customer, now, actor):
    note = services.add_activity(
        customer.pk, happening=Happening(kind="note", text="a"), at=now, actor=actor
    )

    with pytest.raises(DomainError, match="Only tasks"):
        services.finish_task(note.pk, at=now, actor=actor)

    note.refresh_from_db()
    assert note.done_at is None


def test_refuses_a_contact_without_a_name(customer, now, actor):
    with pytest.raises(InvalidInput, match="needs a name"):
        services.add_contact(customer.pk, person=replace(BUYER, name="  "), at=now, actor=actor)

    assert not Contact.objects.exists()
