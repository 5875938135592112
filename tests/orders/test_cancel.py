"""Cancelling an order, or quantities of it, as long as nobody has picked them."""

from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from o2c.kernel.errors import InvalidInput
from o2c.kernel.events import ON
from orders import services
from orders.events import LinesCancelled, OrderReleased, OrderSubmitted
from orders.models import Order
from orders.services import AlreadyPicked

TWO = Decimal(2)


@pytest.fixture
def heard(monkeypatch):
    """What this stage announces, with nobody else listening."""
    cancelled = []
    for event in (OrderSubmitted, OrderReleased):
        monkeypatch.setitem(ON, event, [])
    monkeypatch.setitem(ON, LinesCancelled, [cancelled.append])
    return cancelled


@pytest.fixture
def released(draft, heard, now, actor) -> Order:
    services.submit_order(draft.pk, at=now, actor=actor)
    return services.release_order(draft.pk, at=now, actor=actor)


def line_ids(order):
    return list(order.lines.order_by("position").values_list("pk", flat=True))


def test_cancels_every_line_with_the_order(released, heard, now, actor):
    services.cancel_order(released.pk, reason="customer", at=now, actor=actor)

    order = Order.objects.get(pk=released.pk)
    assert (order.state, order.cancel_reason) == ("cancelled", "customer")
    assert [line.cancelled for line in order.lines.order_by("position")] == [10, 4]
    assert [(event.line_ids, event.order_cancelled) for event in heard] == [(line_ids(order), True)]


def test_keeps_the_amounts_of_what_was_ordered(released, now, actor):
    first, _second = line_ids(released)

    services.cancel_quantities(
        released.pk, quantities={first: TWO}, reason="customer", at=now, actor=actor
    )

    order = Order.objects.get(pk=released.pk)
    assert (order.state, order.gross_amount) == ("released", Decimal("833.000"))
    assert order.lines.get(pk=first).cancelled == 2
    assert order.revision == released.revision + 1


def test_cancels_the_order_when_no_line_is_left(released, heard, now, actor):
    first, second = line_ids(released)

    services.cancel_quantities(
        released.pk,
        quantities={first: Decimal(10), second: Decimal(4)},
        reason="out_of_stock",
        at=now,
        actor=actor,
    )

    order = Order.objects.get(pk=released.pk)
    assert (order.state, order.cancel_reason) == ("cancelled", "out_of_stock")
    assert [event.order_cancelled for event in heard] == [True]


def test_tells_credit_about_an_order_that_waits(draft, heard, now, actor):
    services.submit_order(draft.pk, at=now, actor=actor)

    services.cancel_order(draft.pk, reason="error", at=now, actor=actor)

    assert [event.order_cancelled for event in heard] == [True]


def test_tells_nobody_about_a_draft(draft, heard, now, actor):
    services.discard_draft(draft.pk, at=now, actor=actor)

    order = Order.objects.get(pk=draft.pk)
    assert (order.state, order.cancel_reason, heard) == ("cancelled", "error", [])


def test_refuses_what_is_being_picked(released, heard, now, actor):
    first, _second = line_ids(released)
    services.record_progress(
        released.pk, changes={"picking": {first: Decimal(7)}}, at=now, actor=actor
    )

    with pytest.raises(AlreadyPicked, match="Line 1: 3 can still be cancelled"):
        services.cancel_quantities(
            released.pk, quantities={first: Decimal(4)}, reason="customer", at=now, actor=actor
        )

    order = Order.objects.get(pk=released.pk)
    assert (order.state, order.lines.get(pk=first).cancelled, heard) == ("fulfilling", 0, [])


def test_refuses_the_whole_order_once_part_of_it_is_gone(released, now, actor):
    first, _second = line_ids(released)
    gone = {first: Decimal(1)}
    services.record_progress(
        released.pk,
        changes={"picking": gone, "picked": gone, "shipped": gone},
        at=now,
        actor=actor,
    )

    with pytest.raises(AlreadyPicked, match="has been shipped"):
        services.cancel_order(released.pk, reason="customer", at=now, actor=actor)

    assert Order.objects.get(pk=released.pk).state == "fulfilling"


def test_closes_the_rest_of_a_part_shipment(released, now, actor):
    first, second = line_ids(released)
    gone = {first: Decimal(10)}
    services.record_progress(
        released.pk,
        changes={"picking": gone, "picked": gone, "shipped": gone},
        at=now,
        actor=actor,
    )

    services.cancel_quantities(
        released.pk, quantities={second: Decimal(4)}, reason="out_of_stock", at=now, actor=actor
    )

    assert Order.objects.get(pk=released.pk).state == "shipped"


@pytest.mark.parametrize("reason", ["", "whim"])
def test_asks_for_a_reason_of_the_list(released, now, actor, reason):
    with pytest.raises(InvalidInput, match="Choose a reason"):
        services.cancel_order(released.pk, reason=reason, at=now, actor=actor)

    assert Order.objects.get(pk=released.pk).state == "released"


def test_cancels_only_once(released, now, actor):
    services.cancel_order(released.pk, reason="customer", at=now, actor=actor)

    with pytest.raises(TransitionNotAllowed):
        services.cancel_order(released.pk, reason="customer", at=now, actor=actor)
