"""Blanket orders: agreed, called off at their prices, never more than agreed, over in time."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from o2c.kernel.errors import InvalidInput
from o2c.kernel.events import AFTER, ON
from o2c.kernel.invariants import check_all
from orders import handlers, services
from orders.events import LinesCancelled, OrderDeclined, OrderSubmitted
from orders.models import BlanketOrder, Order
from orders.selectors import blanket_line_for
from orders.services import Agreed, AgreedLine, AmendmentChanges, LineChange, NewLine
from orders.tasks import end_blankets
from tests.factories import CustomerFactory, ProductFactory

FIRST, LAST, WANTED = date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 25)


@pytest.fixture(autouse=True)
def alone(monkeypatch, company):
    """Only this stage reacts: what later stages do with an order is their tests' business."""
    monkeypatch.setitem(ON, OrderSubmitted, [handlers.call_off])
    monkeypatch.setitem(ON, OrderDeclined, [handlers.give_back])
    monkeypatch.setitem(ON, LinesCancelled, [handlers.give_back_cancelled])
    for event in (OrderSubmitted, OrderDeclined, LinesCancelled):
        monkeypatch.setitem(AFTER, event, [])


@pytest.fixture
def customer(db):
    return CustomerFactory.create()


@pytest.fixture
def products(db):
    return ProductFactory.create_batch(2)


@pytest.fixture
def agreed(products):
    """100 at 40.00, at least 10 a time; 20 at the listed 50.00."""
    first, second = products
    return Agreed(
        lines=[
            AgreedLine(first.pk, Decimal(100), Decimal(40), minimum_call_off=Decimal(10)),
            AgreedLine(second.pk, Decimal(20)),
        ],
        valid_from=FIRST,
        valid_until=LAST,
        customer_po="RAHMEN-7",
    )


@pytest.fixture
def draft(customer, agreed, now, actor) -> BlanketOrder:
    return services.create_blanket(customer_id=customer.pk, agreed=agreed, at=now, actor=actor)


@pytest.fixture
def blanket(draft, now, actor) -> BlanketOrder:
    return services.activate_blanket(draft.pk, at=now, actor=actor)


@pytest.fixture
def call(blanket, now, actor):
    """Call so much off each line, by position."""

    def call(*quantities, at=now):
        lines = blanket.lines.order_by("position")
        wanted = {
            line.pk: Decimal(quantity) for line, quantity in zip(lines, quantities, strict=False)
        }
        return services.call_off_blanket(
            blanket.pk, quantities=wanted, requested_on=WANTED, at=at, actor=actor
        )

    return call


def called(blanket):
    return list(blanket.lines.order_by("position").values_list("called", flat=True))


def rules(refusal):
    return [finding[:2] for finding in refusal.value.findings]


def test_is_agreed_at_own_prices_or_the_listed_ones(draft):
    lines = draft.lines.order_by("position")

    assert (draft.number[:3], draft.state, draft.customer_po) == ("BO-", "draft", "RAHMEN-7")
    assert [(line.unit_price, line.list_price, line.agreed) for line in lines] == [
        (Decimal("40.0000"), Decimal("50.0000"), Decimal(100)),
        (Decimal("50.0000"), Decimal("50.0000"), Decimal(20)),
    ]


def test_says_all_that_cannot_be_agreed_at_once(customer, products, now, actor):
    first, second = products
    agreed = Agreed(
        lines=[
            AgreedLine(first.pk, Decimal(0)),
            AgreedLine(first.pk, Decimal(5)),
            AgreedLine(second.pk, Decimal(5), minimum_call_off=Decimal(6)),
            AgreedLine(0, Decimal(5)),
        ],
        valid_from=LAST,
        valid_until=FIRST,
    )

    with pytest.raises(services.BlanketInvalid) as refusal:
        services.create_blanket(customer_id=customer.pk, agreed=agreed, at=now, actor=actor)

    assert [finding[1] for finding in refusal.value.findings] == [
        "valid_until",
        "lines.0.quantity",
        "lines.1.sku",
        "lines.2.minimum",
        "lines.3.sku",
    ]
    assert not BlanketOrder.objects.exists()


def test_a_draft_is_changed_against_the_version_that_was_seen(draft, agreed, now, actor):
    services.change_blanket(draft.pk, agreed=agreed, version=0, at=now, actor=actor)

    with pytest.raises(services.BlanketChanged):
        services.change_blanket(draft.pk, agreed=agreed, version=0, at=now, actor=actor)

    assert BlanketOrder.objects.get().version == 1


def test_a_call_off_is_an_order_at_the_agreed_price(blanket, call):
    order = call(30, 5)

    first, second = order.lines.order_by("position")
    assert (first.ordered, first.unit_price, first.list_price) == (
        Decimal(30),
        Decimal(40),
        Decimal(50),
    )
    assert first.price_source == f"Blanket order {blanket.number}"
    assert (second.unit_price, second.blanket_line.blanket) == (Decimal(50), blanket)
    assert order.state == "submitted"
    assert called(blanket) == [Decimal(30), Decimal(5)]


def test_refuses_more_than_is_left_and_says_how_much_that_is(blanket, call):
    call(90)

    with pytest.raises(services.CallOffRefused, match="leaves 10") as refusal:
        call(11)

    assert rules(refusal) == [("blanket_exceeded", "lines.0.quantity")]
    assert Order.objects.count() == 1
    assert called(blanket) == [Decimal(90), Decimal(0)]


def test_two_lines_of_one_order_count_together(blanket, call, customer, now, actor):
    line = blanket.lines.get(position=2)
    lines = [NewLine(line.product_id, Decimal(11), blanket_line_id=line.pk)] * 2

    with pytest.raises(services.CallOffRefused):
        services.place_order(
            customer_id=customer.pk,
            lines=lines,
            channel="rep",
            requested_on=WANTED,
            at=now,
            actor=actor,
        )

    assert called(blanket) == [Decimal(0), Decimal(0)]


def test_takes_less_than_the_least_only_when_no_more_is_left(blanket, call):
    with pytest.raises(services.CallOffRefused, match="call off at least 10") as refusal:
        call(9)
    call(95)
    call(5)

    assert rules(refusal) == [("blanket_below_minimum", "lines.0.quantity")]
    assert called(blanket) == [Decimal(100), Decimal(0)]


@pytest.mark.parametrize("quantities", [(), (0, 0)])
def test_refuses_to_call_off_nothing(call, quantities):
    with pytest.raises(InvalidInput, match="how much of which line"):
        call(*quantities)

    assert not Order.objects.exists()


def test_covers_its_own_customer_days_and_product_only(blanket, draft, products, now, actor):
    line = blanket.lines.get(position=2)

    def place(customer, product, at):
        return services.place_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(1), blanket_line_id=line.pk)],
            channel="rep",
            requested_on=date(2026, 12, 10),
            at=at,
            actor=actor,
        )

    for customer, product, at in (
        (CustomerFactory.create(), products[1], now),
        (blanket.customer, products[0], now),
        (blanket.customer, products[1], now.replace(month=12, day=2)),
    ):
        with pytest.raises(services.CallOffRefused, match="does not cover"):
            place(customer, product, at)

    assert called(blanket) == [Decimal(0), Decimal(0)]


def test_a_draft_covers_nothing(draft, now, actor):
    line = draft.lines.get(position=2)

    with pytest.raises(services.CallOffRefused, match="does not cover"):
        services.call_off_blanket(
            draft.pk, quantities={line.pk: Decimal(1)}, requested_on=WANTED, at=now, actor=actor
        )


def test_what_is_cancelled_can_be_called_off_again(blanket, call, now, actor):
    order = call(90)
    line = order.lines.get()
    services.cancel_quantities(
        order.pk, quantities={line.pk: Decimal(40)}, reason="customer", at=now, actor=actor
    )

    call(50)

    assert called(blanket) == [Decimal(100), Decimal(0)]
    assert check_all() == []


def test_what_is_declined_can_be_called_off_again(blanket, call, now, actor):
    order = call(90)

    services.decline_order(order.pk, reason="No credit", at=now, actor=actor)

    assert called(blanket) == [Decimal(0), Decimal(0)]
    assert check_all() == []


def test_an_amendment_is_held_to_what_is_left(blanket, call, now, actor):
    call(50)
    order = call(40)
    line = order.lines.get()

    def amend(quantity):
        changes = AmendmentChanges(lines=[LineChange(line_id=line.pk, quantity=Decimal(quantity))])
        services.amend_order(order.pk, changes=changes, reason="More", at=now, actor=actor)

    with pytest.raises(services.CallOffRefused, match="leaves 10"):
        amend(51)
    line.refresh_from_db()
    assert line.ordered == Decimal(40)
    amend(50)
    assert called(blanket) == [Decimal(100), Decimal(0)]
    assert check_all() == []


def test_is_called_off_when_nothing_is_left_and_runs_on_when_something_comes_back(
    blanket, call, now, actor
):
    order = call(100, 20)
    blanket.refresh_from_db()
    full = blanket.state
    services.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    blanket.refresh_from_db()
    assert (full, blanket.state) == ("fulfilled", "active")


def test_ends_when_the_customers_day_is_over(blanket, now, actor):
    early = end_blankets(LAST, at=now, actor=actor)
    late = end_blankets(date(2026, 12, 2), at=now, actor=actor)
    again = end_blankets(date(2026, 12, 2), at=now, actor=actor)

    blanket.refresh_from_db()
    assert [early, late, again] == [
        {"blanket_orders": 0},
        {"blanket_orders": 1},
        {"blanket_orders": 0},
    ]
    assert (blanket.state, blanket.end_reason) == ("ended", "Its last day is over.")


def test_is_ended_with_a_reason(blanket, now, actor):
    with pytest.raises(InvalidInput, match="Say why"):
        services.end_blanket(blanket.pk, reason=" ", at=now, actor=actor)

    ended = services.end_blanket(blanket.pk, reason="Sold their plant", at=now, actor=actor)

    assert (ended.state, ended.end_reason) == ("ended", "Sold their plant")


def test_finds_the_line_that_ends_first(blanket, customer, agreed, products, now, actor):
    longer = Agreed(lines=agreed.lines, valid_from=FIRST, valid_until=date(2027, 1, 31))
    other = services.create_blanket(customer_id=customer.pk, agreed=longer, at=now, actor=actor)
    services.activate_blanket(other.pk, at=now, actor=actor)

    found = blanket_line_for(customer.pk, products[0].pk, WANTED)
    later = blanket_line_for(customer.pk, products[0].pk, date(2026, 12, 15))

    assert (found.blanket, later.blanket) == (blanket, other)
    assert blanket_line_for(customer.pk, ProductFactory.create().pk, WANTED) is None


def test_a_product_that_is_sold_no_more_is_not_agreed_on(draft, agreed, products, now, actor):
    Product.objects.filter(pk=products[0].pk).update(status="discontinued")

    with pytest.raises(services.BlanketInvalid, match="do not sell"):
        services.change_blanket(draft.pk, agreed=agreed, version=0, at=now, actor=actor)


def test_calling_off_asks_as_much_for_twenty_lines_as_for_one(customer, now, actor):
    def statements(count):
        lines = [AgreedLine(row.pk, Decimal(9)) for row in ProductFactory.create_batch(count)]
        agreed = Agreed(lines=lines, valid_from=FIRST, valid_until=LAST)
        blanket = services.create_blanket(
            customer_id=customer.pk, agreed=agreed, at=now, actor=actor
        )
        services.activate_blanket(blanket.pk, at=now, actor=actor)
        wanted = dict.fromkeys(blanket.lines.values_list("pk", flat=True), Decimal(2))
        with CaptureQueriesContext(connection) as counted:
            services.call_off_blanket(
                blanket.pk, quantities=wanted, requested_on=WANTED, at=now, actor=actor
            )
        return len(counted)

    statements(1)  # compiles questions and fills caches
    assert statements(1) == statements(20)
