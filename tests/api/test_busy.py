"""Who waits too long for somebody else's work is told so, and nothing has changed."""

from contextlib import contextmanager

import pytest
from django.db import connection, connections

from customers.models import Customer
from o2c.kernel import locks
from o2c.kernel.transactions import Busy, service
from orders.models import Order

BODY = {"lines": [{"sku": "KV-080", "quantity": "1"}]}


@contextmanager
def impatient():
    """Wait for a tenth of a second only, in this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def somebody_at_work_on(customer):
    """Hold the customer's row from a connection of somebody else."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM customers_customer WHERE id = %s FOR NO KEY UPDATE", [customer.pk]
            )
        yield
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_an_order_for_a_busy_customer_is_refused_for_now(api, valve):
    customer = Customer.objects.get()

    with somebody_at_work_on(customer), impatient():
        response = api.post("orders", BODY, key="k-1")
    again = api.post("orders", BODY, key="k-1")

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["code"] == "busy"
    assert response.json()["detail"] == (
        "Somebody else is changing this right now. Try again in a moment."
    )
    assert (again.status_code, Order.objects.count()) == (201, 1)


@pytest.mark.django_db(transaction=True)
def test_a_step_that_waits_in_vain_is_refused_in_words(api):
    customer = Customer.objects.get()

    @service
    def touch() -> None:
        locks.lock(Customer, customer.pk)

    with somebody_at_work_on(customer), impatient(), pytest.raises(Busy) as refusal:
        touch()

    assert str(refusal.value) == "Somebody else is changing this right now. Try again in a moment."


@pytest.mark.django_db
def test_every_connection_has_the_limit(settings):
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        shown = cursor.fetchone()[0]

    assert (settings.LOCK_TIMEOUT, shown) == (5000, "5s")
