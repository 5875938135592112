"""Changing a draft, and what two people who do so are told."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from orders import services
from orders.models import Order, OrderFinding
from orders.services import DraftChanged, Entered, NewLine, NotDraft, OrderInvalid
from tests.factories import (
    AddressFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
)
from tests.orders.conftest import WEDNESDAY


def entered(*lines, **changes):
    return Entered(**{"lines": lines, "requested_on": WEDNESDAY, **changes})


def test_replaces_lines_and_adds_up_again(draft, now, actor):
    product = ProductFactory.create()

    services.change_draft(
        draft.pk,
        entered=entered(NewLine(product.pk, Decimal(3)), customer_po="4500-2"),
        revision=draft.revision,
        at=now,
        actor=actor,
    )

    order = Order.objects.get(pk=draft.pk)
    assert [(line.position, line.product_id) for line in order.lines.all()] == [(1, product.pk)]
    assert (order.gross_amount, order.customer_po) == (Decimal("178.500"), "4500-2")
    assert order.revision == draft.revision + 1


def test_tells_the_second_of_two_editors_who_was_first(draft, now, actor):
    first = entered(note="first")
    services.change_draft(draft.pk, entered=first, revision=0, at=now, actor=actor)

    with pytest.raises(DraftChanged, match=r"was changed by Maya Brandt at 09:00"):
        services.change_draft(draft.pk, entered=entered(), revision=0, at=now, actor=actor)

    assert Order.objects.get(pk=draft.pk).note == "first"


def test_changes_no_order_that_was_submitted(company, draft, now, actor):
    services.submit_order(draft.pk, at=now, actor=actor)

    with pytest.raises(NotDraft):
        services.replace_lines(draft.pk, lines=[], at=now, actor=actor)

    assert draft.lines.count() == 2


def test_keeps_a_draft_without_price_and_says_so_when_it_is_submitted(db, now, actor):
    product = ProductFactory.create(price=None)
    order = services.create_order(
        customer_id=CustomerFactory.create().pk,
        lines=[NewLine(product.pk, Decimal(3))],
        channel="rep",
        requested_on=WEDNESDAY,
        at=now,
        actor=actor,
    )

    with pytest.raises(OrderInvalid, match="has no price in EUR"):
        services.submit_order(order.pk, at=now, actor=actor)

    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.gross_amount) == ("draft", Decimal(0))


def test_takes_an_agreed_price_and_another_place(db, now, actor):
    product, customer = ProductFactory.create(), CustomerFactory.create()
    yard = AddressFactory.create(customer=customer, label="Yard 2")

    order = services.create_order(
        customer_id=customer.pk,
        lines=[NewLine(product.pk, Decimal(3), Decimal("0"))],
        channel="rep",
        requested_on=WEDNESDAY,
        ship_to_id=yard.pk,
        at=now,
        actor=actor,
    )

    line = order.lines.get()
    assert (line.unit_price, line.price_source, order.ship_to) == (0, "agreed", yard)


def test_goes_to_no_place_of_another_customer(db, now, actor):
    product, customer = ProductFactory.create(), CustomerFactory.create()

    with pytest.raises(OrderInvalid, match="one of this customer's delivery addresses"):
        services.create_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(3))],
            channel="rep",
            requested_on=WEDNESDAY,
            ship_to_id=AddressFactory.create().pk,
            at=now,
            actor=actor,
        )

    assert not Order.objects.exists()


def test_keeps_warnings_on_the_order(company, draft, now, actor):
    product = draft.lines.first().product
    twice = [NewLine(product.pk, Decimal(1)), NewLine(product.pk, Decimal(1))]
    services.replace_lines(draft.pk, lines=twice, at=now, actor=actor)

    services.submit_order(draft.pk, at=now, actor=actor)

    finding = OrderFinding.objects.get(order=draft)
    assert (finding.rule, finding.severity, finding.field) == (
        "product_twice",
        "warn",
        "lines.1.sku",
    )


def test_names_the_order_that_is_repeated(draft, now, actor):
    new = services.order_again(draft.pk, requested_on=WEDNESDAY, owner_id=None, at=now, actor=actor)

    trail = AuditEntry.objects.filter(objects_touched__contains=[f"order:{draft.pk}"])
    assert trail.latest("pk").objects_touched == [f"order:{new.pk}", f"order:{draft.pk}"]


@pytest.fixture
def again(draft, now, actor):
    def again(only):
        who = {"owner_id": None, "at": now, "actor": actor}
        return services.order_again(draft.pk, only=only, requested_on=WEDNESDAY, **who)

    return again


def test_repeats_so_much_of_one_line_as_is_wanted(again, draft):
    new = again({1: Decimal("1.5")})

    wanted = list(new.lines.values_list("product", "ordered"))
    assert wanted == [(draft.lines.get(position=1).product_id, Decimal("1.5"))]


@pytest.mark.parametrize("only", [{}, {99: Decimal(1)}])
def test_repeats_no_line_that_the_order_has_not(only, again, draft):
    with pytest.raises(InvalidInput, match="has no such line"):
        again(only)

    assert Order.objects.get() == draft


def test_asks_for_a_customer_that_exists(db, now, actor):
    with pytest.raises(Customer.DoesNotExist):
        services.create_order(
            customer_id=0, lines=[], channel="rep", requested_on=WEDNESDAY, at=now, actor=actor
        )


def test_submits_fifty_lines_with_as_many_statements_as_five(company, now, actor):
    def statements(lines):
        customer, products = CustomerFactory.create(), ProductFactory.create_batch(lines)
        CreditAccountFactory.create(customer=customer)
        order = services.create_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(1)) for product in products],
            channel="rep",
            requested_on=WEDNESDAY,
            at=now,
            actor=actor,
        )
        with CaptureQueriesContext(connection) as captured:
            services.submit_order(order.pk, at=now, actor=actor)
        return len(captured)

    assert statements(5) == statements(50)
