"""A question asked in every step is compiled once; its answers are the ORM's."""

from datetime import date
from threading import Thread

import pytest
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from o2c.kernel import locks
from o2c.kernel.compiled import NotCompilable, compiled
from o2c.kernel.transactions import step
from orders.models import Order
from tests.factories import CustomerFactory, OrderFactory


@compiled
def orders_of(customer_id: int, currency: str) -> QuerySet[Order]:
    orders = Order.objects.filter(customer=customer_id, currency=currency)
    return orders.select_related("customer").order_by("pk")


@compiled
def names_of(customer_ids: list[int]) -> QuerySet[Customer, tuple[int, str]]:
    return Customer.objects.filter(pk__in=customer_ids).order_by("pk").values_list("pk", "name")


@compiled
def wanted_by(day: date) -> QuerySet[Order, int]:
    return Order.objects.filter(requested_on=day).order_by("pk").values_list("pk", flat=True)


@compiled
def with_counts(customer_id: int) -> QuerySet[Customer]:
    return Customer.objects.filter(pk=customer_id).annotate(count=Count("orders"))


@locks.locking
def drafts_of(customer_id: int) -> QuerySet[Order]:
    return Order.objects.filter(Q(customer=customer_id), state=Order.State.DRAFT)


@pytest.fixture
def order(db):
    return OrderFactory.create()


def test_answers_each_asking_by_its_own_arguments(order):
    other = OrderFactory.create()

    assert orders_of(order.customer_id, order.currency) == [order]
    assert orders_of(other.customer_id, currency=other.currency) == [other]
    assert orders_of(order.customer_id, "XXX") == []


def test_reads_related_rows_in_the_same_statement(order):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = orders_of(order.customer_id, order.currency)
        name = found[0].customer.name

    assert name == order.customer.name
    assert len(asked) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_takes_a_list_of_any_length_as_one_argument(db, count):
    customers = [CustomerFactory.create() for _ in range(count)]

    assert names_of([row.pk for row in customers]) == [(row.pk, row.name) for row in customers]


def test_an_empty_list_finds_nothing(db):
    assert names_of([]) == []


def test_gives_single_values_and_annotations(order):
    assert wanted_by(order.requested_on) == [order.pk]
    assert with_counts(order.customer_id)[0].count == 1


def test_remembers_what_it_read_so_that_changes_are_known(order):
    found = orders_of(order.customer_id, order.currency)[0]
    found.note = "by the gate"

    assert found.changes() == {"note": (order.note, "by the gate")}


@pytest.mark.django_db(transaction=True)
def test_asks_through_the_connection_of_its_thread():
    order = OrderFactory.create()
    orders_of(order.customer_id, order.currency)
    answers = []

    def ask():
        answers.append(orders_of(order.customer_id, order.currency))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()

    assert answers == [[order]]


def test_refuses_an_argument_that_is_no_parameter():
    @compiled
    def beginning_with(text: str) -> QuerySet[Customer]:
        return Customer.objects.filter(name__startswith=text).annotate(twice=F("pk"))

    with pytest.raises(NotCompilable, match="beginning_with"):
        beginning_with("A")


def test_a_locking_question_locks_what_it_finds_in_the_order_of_the_keys(order):
    later = OrderFactory.create(customer=order.customer)

    with step(), CaptureQueriesContext(connection) as asked:
        customer = locks.lock(Customer, order.customer_id)
        found = locks.lock_found_under(customer, drafts_of, customer.pk)

    assert found == [order, later]
    assert asked[-1]["sql"].endswith(
        'ORDER BY "orders_order"."id" ASC FOR NO KEY UPDATE OF "orders_order"'
    )


def test_a_locking_question_needs_its_guard(order):
    with step(), pytest.raises(locks.LadderBroken, match="must be locked before"):
        locks.lock_found_under(order.customer, drafts_of, order.customer_id)
