"""One business step is one transaction, and tells what it did just before the commit."""

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from o2c.kernel import audit, locks
from o2c.kernel.models import AuditEntry
from o2c.kernel.transactions import OutsideStep, current_step, service
from tests.factories import CustomerFactory


@pytest.fixture
def customer(db):
    return CustomerFactory.create()


@service
def rename(customer_id, *, name, at, actor):
    customer = locks.lock(Customer, customer_id)
    customer.name = name
    audit.save(customer, at=at, actor=actor, reason="married")
    return customer


@service
def rename_twice_then_fail(customer_id, *, at, actor):
    rename(customer_id, name="Second", at=at, actor=actor)
    raise ValueError("too late")


def test_writes_what_changed_with_the_change(customer, now, actor):
    before = customer.name

    rename(customer.pk, name="Tamarack", at=now, actor=actor)

    entry = AuditEntry.objects.get()
    assert (entry.subject, entry.action, entry.reason) == (
        f"customer:{customer.pk}",
        "change",
        "married",
    )
    assert entry.changes == {"name": [before, "Tamarack"]}
    assert (entry.actor_kind, entry.actor_name, entry.at) == ("user", "Maya Brandt", now)


def test_writes_nothing_when_nothing_changed(customer, now, actor):
    rename(customer.pk, name=customer.name, at=now, actor=actor)

    assert not AuditEntry.objects.exists()


def test_undoes_what_inner_services_did(customer, now, actor):
    before = customer.name

    with pytest.raises(ValueError, match="too late"):
        rename_twice_then_fail(customer.pk, at=now, actor=actor)

    customer.refresh_from_db()
    assert customer.name == before
    assert not AuditEntry.objects.exists()


def test_refuses_to_record_outside_a_step(customer, now, actor):
    with pytest.raises(OutsideStep):
        audit.record("customer:1", "call", at=now, actor=actor)


def test_a_caught_failure_of_an_inner_service_cannot_be_committed(customer, now, actor):
    @service
    def careless():
        try:
            rename_twice_then_fail(customer.pk, at=now, actor=actor)
        except ValueError:
            return Customer.objects.count()

    with pytest.raises(transaction.TransactionManagementError):
        careless()


@pytest.mark.django_db
def test_starts_over_when_a_deadlock_was_broken_and_says_so(caplog):
    class Deadlock(Exception):
        pgcode = "40P01"

    tries = []

    @service
    def unlucky():
        tries.append(current_step())
        if len(tries) < 3:
            raise OperationalError from Deadlock()
        return "done"

    assert unlucky() == "done"
    assert len({id(step) for step in tries}) == 3
    assert [
        (record.levelname, record.getMessage().rpartition(".")[2]) for record in caplog.records
    ] == [("WARNING", "unlucky met 40P01 and starts over")] * 2


@pytest.mark.django_db
def test_gives_up_on_other_failures_at_once():
    tries = []

    @service
    def broken():
        tries.append(1)
        raise OperationalError("the disk is full")

    with pytest.raises(OperationalError):
        broken()

    assert len(tries) == 1


def test_a_locked_row_is_read_once_a_step(customer):
    @service
    def lock_twice():
        return locks.lock(Customer, customer.pk) is locks.lock(Customer, customer.pk)

    with CaptureQueriesContext(connection) as queries:
        assert lock_twice() is True

    selects = [query["sql"] for query in queries if "customers_customer" in query["sql"]]
    assert len(selects) == 1
    assert "FOR NO KEY UPDATE" in selects[0]
