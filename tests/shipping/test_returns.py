"""Goods that come back: counted once, put where they belong, credited when somebody agrees."""

from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from fulfillment.models import Location, Lot, StockLevel, StockMove
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import OutboxMessage
from orders.models import Order, OrderLine
from shipping import services
from shipping.models import Return, ReturnLine
from shipping.services import Arrived, Coming
from tests.factories import LocationFactory


def test_announced_goods_are_expected_and_nothing_moves(announce, gone, stock, books):
    made = announce()

    stock.refresh_from_db()
    line = made.lines.get()
    assert (made.number[:4], made.state, made.warehouse) == (
        "RMA-",
        "announced",
        gone.shipment.warehouse,
    )
    assert (line.announced, line.received, line.reason) == (2, 0, "damaged")
    assert (stock.on_hand, OrderLine.objects.get().returned) == (95, 0)
    assert books() == []


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "1.0001", "6", "1e12"])
def test_refuses_a_quantity_that_cannot_come_back(announce, gone, quantity):
    with pytest.raises(InvalidInput) as refusal:
        announce(quantity)

    assert refusal.value.field == f"lines.{gone.pk}"
    assert not Return.objects.exists()


def test_no_more_is_announced_than_was_shipped(announce):
    announce(3)

    with pytest.raises(InvalidInput, match="Only 2 can come back"):
        announce(3)

    assert Return.objects.count() == 1


def test_what_was_announced_and_did_not_come_can_be_announced_again(announce, receive):
    receive(announce(5), 1)

    announce(4)

    assert Return.objects.count() == 2


def test_refuses_the_line_of_somebody_else(announce, gone, make_customer, now, actor):
    goods = [Coming(shipment_line_id=gone.pk, quantity=Decimal(1), reason="wrong")]

    with pytest.raises(InvalidInput, match="no line of a shipment"):
        services.announce_return(make_customer().pk, goods=goods, at=now, actor=actor)

    assert not Return.objects.exists()


def test_refuses_what_has_not_left(shipment, customer, now, actor):
    line = shipment.lines.get()
    goods = [Coming(shipment_line_id=line.pk, quantity=Decimal(1), reason="wrong")]

    with pytest.raises(InvalidInput, match="no line of a shipment"):
        services.announce_return(customer.pk, goods=goods, at=now, actor=actor)

    assert not Return.objects.exists()


def test_received_goods_count_as_returned(announce, receive, books):
    received = receive(announce(3), 2)

    line = ReturnLine.objects.get()
    assert (received.state, line.received, line.announced) == ("received", 2, 3)
    assert OrderLine.objects.get().returned == 2
    assert books() == []


def test_nothing_received_is_refused(announce, now, actor):
    row = announce()

    with pytest.raises(InvalidInput, match="refuse the return"):
        services.receive_return_goods(row.pk, goods=[], at=now, actor=actor)

    row.refresh_from_db()
    assert row.state == "announced"


def test_more_than_announced_is_refused(announce, receive):
    row = announce(2)

    with pytest.raises(InvalidInput, match="Only 2 is announced"):
        receive(row, 3)

    row.refresh_from_db()
    assert (row.state, OrderLine.objects.get().returned) == ("announced", 0)


def test_restocked_goods_lie_on_the_shelf_once(
    announce, receive, inspect, stock, now, actor, books
):
    row = receive(announce())

    stored = inspect(row, "restock", stock.location)

    stock.refresh_from_db()
    again = services.store_returned(row.pk, at=now, actor=actor)
    assert (stored, again, stock.on_hand) == (1, 0, 97)
    assert StockMove.objects.get(kind="return").source == f"return:{row.lines.get().pk}"
    assert OutboxMessage.objects.filter(handler="shipping.handlers.store_returned").count() == 1
    assert books() == []


def test_restocked_goods_serve_who_waits(announce, receive, inspect, stock, place, product):
    waiting = place({product: 97})
    line = OrderLine.objects.get(order=waiting)

    inspect(receive(announce()), "restock", stock.location)

    line.refresh_from_db()
    assert line.allocated == 97


def test_quarantined_goods_are_promised_to_nobody(announce, receive, inspect, stock, product):
    place = LocationFactory.create(
        warehouse=stock.location.warehouse, code="Q-1", kind=Location.Kind.QUARANTINE
    )

    inspect(receive(announce()), "quarantine", place)

    stock.refresh_from_db()
    kept = StockLevel.objects.get(location=place)
    assert (stock.on_hand, kept.on_hand, kept.allocated) == (95, 2, 0)


def test_scrapped_goods_never_come_to_stock(announce, receive, inspect, stock):
    stored = inspect(receive(announce()), "scrap", accepted=0)

    stock.refresh_from_db()
    assert (stored, stock.on_hand) == (0, 95)
    assert not StockMove.objects.filter(kind="return").exists()


@pytest.mark.parametrize(
    ("disposition", "accepted", "said"),
    [
        ("", 2, "Say what becomes of it"),
        ("eaten", 2, "Say what becomes of it"),
        ("scrap", 3, "between 0 and what has come, 2"),
        ("scrap", -1, "between 0 and what has come, 2"),
        ("scrap", "1.0001", "with three decimals at most"),
        ("restock", 2, "Choose a shelf"),
        ("quarantine", 2, "Choose a quarantine place"),
    ],
)
def test_refuses_a_verdict_that_cannot_be(announce, receive, inspect, disposition, accepted, said):
    row = receive(announce())

    with pytest.raises(InvalidInput, match=said):
        inspect(row, disposition, accepted=accepted)

    row.refresh_from_db()
    assert (row.state, row.lines.get().disposition) == ("received", "")


def test_a_shelf_is_no_quarantine(announce, receive, inspect, stock):
    row = receive(announce())

    with pytest.raises(InvalidInput, match="Choose a quarantine place"):
        inspect(row, "quarantine", stock.location)

    row.refresh_from_db()
    assert row.state == "received"


def test_settling_tells_that_a_credit_memo_is_due(announce, receive, inspect, now, actor, books):
    row = receive(announce())
    inspect(row, "scrap")

    settled = services.settle_return(row.pk, answer="Agreed", at=now, actor=actor)

    assert (settled.state, settled.answer, settled.settled_at) == ("settled", "Agreed", now)
    assert books() == []


def test_refuses_to_settle_what_nobody_looked_at(announce, receive, now, actor):
    row = receive(announce())

    with pytest.raises(TransitionNotAllowed):
        services.settle_return(row.pk, at=now, actor=actor)

    row.refresh_from_db()
    assert row.state == "received"


def test_a_refused_announcement_frees_its_quantity(announce, now, actor):
    row = announce(5)

    services.refuse_return(row.pk, answer="Too late", at=now, actor=actor)

    row.refresh_from_db()
    assert (row.state, row.answer, announce(5).state) == ("refused", "Too late", "announced")


def test_refusing_needs_a_word_to_the_customer(announce, now, actor):
    row = announce()

    with pytest.raises(InvalidInput, match="Say why"):
        services.refuse_return(row.pk, answer=" ", at=now, actor=actor)

    row.refresh_from_db()
    assert row.state == "announced"


def test_crediting_less_than_has_come_needs_a_word_to_the_customer(
    announce, receive, inspect, now, actor
):
    row = receive(announce())
    inspect(row, "scrap", accepted=1)

    with pytest.raises(InvalidInput, match="Not all that came back is credited"):
        services.settle_return(row.pk, answer=" ", at=now, actor=actor)

    row.refresh_from_db()
    assert (row.state, row.settled_at) == ("inspected", None)


def test_goods_refused_at_the_door_are_announced_by_one_step(gone, now, actor):
    services.report_exception(
        gone.shipment_id, kind="refused", note="Gate closed", at=now, actor=actor
    )

    made = services.announce_refused(gone.shipment_id, at=now, actor=actor)

    line = made.lines.get()
    assert (line.announced, line.reason) == (5, "refused")
    with pytest.raises(services.NothingToReturn):
        services.announce_refused(gone.shipment_id, at=now, actor=actor)


def test_goods_that_were_taken_are_not_announced_as_refused(gone, now, actor):
    with pytest.raises(services.NothingToReturn, match="Nothing of SH-"):
        services.announce_refused(gone.shipment_id, at=now, actor=actor)

    assert not Return.objects.exists()


def test_states_of_the_order_stay_right_after_a_return(
    announce, receive, inspect, gone, now, actor, books
):
    before = Order.objects.get().state
    services.deliver_shipment(gone.shipment_id, received_by="Kim", at=now, actor=actor)
    row = receive(announce(5), 5)
    inspect(row, "scrap", accepted=5)
    services.settle_return(row.pk, at=now, actor=actor)

    line = OrderLine.objects.get()
    assert (before, Order.objects.get().state) == ("shipped", "delivered")
    assert (line.shipped, line.delivered, line.returned) == (5, 5, 5)
    assert books() == []


def test_a_lot_is_told_apart_on_arrival(announce, receive, inspect, product, stock, now):
    type(product).objects.filter(pk=product.pk).update(tracking="lot")
    lot = Lot.objects.create(product=product, code="L-7", created_at=now)
    row = announce()

    with pytest.raises(InvalidInput, match="We never had lot"):
        receive(row, 2, "L-8")

    receive(row, 2, "L-7")
    inspect(row, "restock", stock.location)
    assert StockLevel.objects.get(lot=lot).on_hand == 2


def test_several_lots_of_a_line_become_lines(announce, product, now, actor):
    type(product).objects.filter(pk=product.pk).update(tracking="lot")
    for code in ("L-1", "L-2"):
        Lot.objects.create(product=product, code=code, created_at=now)
    row = announce(5)
    line = row.lines.get()
    goods = [
        Arrived(line_id=line.pk, quantity=Decimal(1), lot_code="L-1"),
        Arrived(line_id=line.pk, quantity=Decimal(3), lot_code="L-2"),
    ]

    services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)

    found = row.lines.order_by("pk").values_list("lot__code", "announced", "received")
    assert list(found) == [("L-1", 2, 1), ("L-2", 3, 3)]
    assert OrderLine.objects.get().returned == 4
