"""Rows by the hundred are written by COPY, and arrive as an INSERT would have written them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from o2c.kernel import audit, rows
from o2c.kernel.gathering import gathering
from o2c.kernel.models import AuditEntry
from o2c.kernel.transactions import service
from orders.models import Order, OrderFinding, OrderLine
from tests.factories import CustomerFactory, OrderFactory, OrderLineFactory, ProductFactory

# What a text file of rows could be broken by.
TEXTS = [
    "plain",
    "",
    "\\N",
    "\\.",
    "tab\there",
    "two\nlines\r\nand more",
    "back\\slash \\t \\",
    "“Größe” – 日本 🙂 \u00a0\u2028",
    'a "quoted", {braced}, NULL',
    "it's 100 %s",
]


def entry(text):
    return rows.make(
        AuditEntry,
        at=datetime(2026, 11, 18, 9, 30, 1, 250_000, tzinfo=UTC),
        actor_kind="user",
        actor_id="7",
        actor_name=text,
        subject="order:1",
        action="change",
        changes={"note": [None, text], text: {"rate": 0.5, "is_open": True, "list": [text, 3]}},
        reason=text,
        objects_touched=["order:1", text[:60], "{}", "null", ""],
    )


def stored():
    return [
        model_to_dict(row, exclude=["id"]) | {"at": row.at}
        for row in AuditEntry.objects.order_by("pk")
    ]


@pytest.mark.django_db
def test_arrives_as_if_inserted():
    for text in TEXTS:
        rows.insert([entry(text)])
    inserted = stored()

    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        rows.append([entry(text) for text in TEXTS])

    assert stored()[len(TEXTS) :] == inserted
    assert [row["reason"] for row in inserted] == TEXTS
    assert [each["sql"][:23] for each in captured if "kernel" in each["sql"]] == [
        'COPY "kernel_auditentry'
    ]


@pytest.mark.django_db
def test_a_few_rows_are_inserted_as_ever():
    with CaptureQueriesContext(connection) as captured:
        rows.append([entry(text) for text in TEXTS[:3]])

    assert [each["sql"][:30] for each in captured] == ['INSERT INTO "kernel_auditentry']
    assert len(stored()) == 3


@pytest.mark.django_db
def test_writes_nothing_for_nothing():
    with CaptureQueriesContext(connection) as captured:
        rows.append([])

    assert not captured.captured_queries


@pytest.fixture
def build(db):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    def make(quantity=Decimal("1.5")):
        order = OrderFactory.build(
            customer=customer,
            ship_to=customer.addresses.get(kind="ship_to"),
            payment_terms=customer.payment_terms,
            line=None,
        )
        return order, OrderLineFactory.build(
            order=order, product=product, position=1, ordered=quantity
        )

    return make


@service
def gather(pairs, at, actor):
    with gathering():
        for order, line in pairs:
            audit.create(order, at=at, actor=actor)
            line.order = order
            rows.insert([line])


def test_rows_that_are_held_back_keep_their_keys_states_and_amounts(build, now, actor):
    pairs = [build() for _each in range(12)]

    gather(pairs, now, actor)

    orders = list(Order.objects.order_by("pk"))
    lines = list(OrderLine.objects.select_related("order").order_by("pk"))
    assert [(row.pk, row.number, row.state) for row in orders] == [
        (order.pk, order.number, Order.State.DRAFT) for order, _line in pairs
    ]
    assert {(line.ordered, line.requested_on, line.cancelled) for line in lines} == {
        (line.ordered, line.requested_on, Decimal(0)) for _order, line in pairs
    }
    assert [line.order.number for line in lines] == [order.number for order, _line in pairs]
    assert not any(order._state.adding for order, _line in pairs)


def test_one_row_against_the_rules_refuses_all(build, now, actor):
    pairs = [build() for _each in range(11)] + [build(Decimal(-1))]

    with pytest.raises(IntegrityError, match="orders_orderline_"):
        gather(pairs, now, actor)

    assert not Order.objects.exists()
    assert not OrderLine.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_key_of_nothing_is_refused(db, now):
    findings = [
        OrderFinding(order_id=10**9, rule=f"rule_{number}", message="x", found_at=now)
        for number in range(10)
    ]

    rows.append(findings)

    with pytest.raises(IntegrityError, match="foreign key"):
        connection.check_constraints()
