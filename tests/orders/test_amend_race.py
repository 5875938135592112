"""Two at once, one of them changing an order: nobody is passed by, and the books are right."""

from decimal import Decimal
from functools import partial

import pytest

from credit.models import CreditAccount
from credit.services import amendments as assessing
from fulfillment import services as fulfillment
from o2c.kernel.invariants import check_all
from o2c.kernel.outbox import deliver_due
from orders import services
from orders.models import Amendment, Order, OrderRevision
from orders.services import AmendmentChanges, LineChange, NewLine
from orders.services import amending as amending_services
from shipping import services as shipping
from tests.factories import NOW, TODAY, CreditAccountFactory, CustomerFactory
from tests.invoicing import shipped
from tests.race import in_line, meanwhile, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
# Once a change is checked, and not written yet.
DECIDED = (Amendment, "apply")
CHECKED = (amending_services, "check")
ASSESSED = (assessing, "assess")
WHO = {"at": NOW, "actor": shipped.ACTOR}


@pytest.fixture
def order(transactional_db, company) -> Order:
    """10 at 50.00 EUR, 595.00 with tax, of a customer who may owe 1,000.00; 20 are in stock."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000))
    return shipped.place(customer, ("10", "50"), in_stock="20")


def amend(order, quantity, **fields):
    line = LineChange(line_id=order.lines.get().pk, quantity=Decimal(quantity))
    changes = AmendmentChanges(lines=[line])
    return partial(services.amend_order, order.pk, changes=changes, reason="Asked", **fields, **WHO)


def names(results):
    return [type(result).__name__ for result in results]


def test_amending_and_releasing_to_the_floor_never_pass_each_other(order, monkeypatch):
    """The list takes what the order says then: 6, not the 10 that it was."""
    release = partial(fulfillment.release_pick_lists, order.pk, **WHO)

    meanwhile(monkeypatch, DECIDED, amend(order, 6), release)

    line = order.lines.get()
    assert (line.ordered, line.picking, line.allocated) == (6, 6, 6)
    assert check_all() == []


def test_amending_and_releasing_race_is_real_without_the_lock(order, monkeypatch):
    """Guards the test above: the change is made for goods that are on a list meanwhile, and only
    the database's own rules stand in the way."""
    without_locks(monkeypatch)
    release = partial(fulfillment.release_pick_lists, order.pk, **WHO)

    results = meanwhile(monkeypatch, DECIDED, amend(order, 6), release)

    assert names(results) == ["IntegrityError", "list"]
    assert "orders_orderline_picking_within_ordered" in str(results[0])


@pytest.fixture
def dispatch(order):
    """Let the order leave, packed and labelled as it is."""
    shipped.ready()
    shipment = shipped.pack(order)
    shipping.label_shipment(shipment.pk, **WHO)
    return partial(shipping.dispatch_shipment, shipment.pk, **WHO)


def test_what_is_about_to_leave_is_not_taken_off(order, dispatch, monkeypatch):
    results = meanwhile(monkeypatch, CHECKED, amend(order, 6), dispatch)

    line = order.lines.get()
    assert names(results) == ["OrderInvalid", "Shipment"]
    assert (line.ordered, line.shipped) == (10, 10)
    assert check_all() == []


def test_what_is_leaving_meanwhile_is_not_taken_off(order, dispatch):
    results = in_line(dispatch, amend(order, 6))

    line = order.lines.get()
    assert names(results) == ["Shipment", "NotAmendable"]
    assert (line.ordered, line.shipped) == (10, 10)
    assert check_all() == []


def leave_and_bill(order):
    """Release, pick, pack and dispatch what the order says then, and bill it."""

    def run():
        shipment = shipped.leave(shipped.pack(order))
        deliver_due(limit=100)
        return shipment

    return run


def test_a_line_is_never_lowered_below_what_leaves_and_is_billed_meanwhile(order, monkeypatch):
    """The change waits for nobody, and who ships waits for it: 4 leave, 4 are billed."""
    shipped.ready()

    results = meanwhile(monkeypatch, DECIDED, amend(order, 4), leave_and_bill(order))

    line = order.lines.get()
    assert names(results) == ["Amendment", "Shipment"]
    assert (line.ordered, line.cancelled, line.shipped, line.invoiced) == (4, 0, 4, 4)
    assert check_all() == []


def test_lowering_a_line_while_it_leaves_race_is_real_without_the_lock(order, monkeypatch):
    """Guards the test above: the change is made for goods that have left meanwhile, and only the
    database's own rules stand in the way."""
    without_locks(monkeypatch)
    shipped.ready()

    results = meanwhile(monkeypatch, DECIDED, amend(order, 4), leave_and_bill(order))

    assert names(results) == ["IntegrityError", "Shipment"]
    assert "orders_orderline_cancelled_within_ordered" in str(results[0])


@pytest.fixture
def leaving(transactional_db, company):
    """An order of 10 of which 6 are packed and labelled, and its shipment; 4 are missing."""
    customer = CustomerFactory.create(accepts_backorders=True)
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000))
    order = shipped.place(customer, ("10", "50"), in_stock="6")
    shipped.ready()
    shipment = shipped.pack(order)
    shipping.label_shipment(shipment.pk, **WHO)
    return order, shipment


def test_taking_the_rest_off_while_the_first_part_leaves_ends_the_order(leaving, monkeypatch):
    order, shipment = leaving
    dispatch = partial(shipping.dispatch_shipment, shipment.pk, **WHO)

    results = meanwhile(monkeypatch, DECIDED, amend(order, 6), dispatch)

    order.refresh_from_db()
    line = order.lines.get()
    assert names(results) == ["Amendment", "Shipment"]
    assert (line.ordered, line.cancelled, line.shipped, order.state) == (6, 0, 6, "shipped")
    assert check_all() == []


def test_taking_the_rest_off_race_is_real_without_the_lock(leaving, monkeypatch):
    """Guards the test above: each of the two believes that the other has not been there."""
    order, shipment = leaving
    without_locks(monkeypatch)
    dispatch = partial(shipping.dispatch_shipment, shipment.pk, **WHO)

    results = meanwhile(monkeypatch, DECIDED, amend(order, 6), dispatch)

    order.refresh_from_db()
    assert names(results) == ["Amendment", "Shipment"]
    assert order.state == "fulfilling"
    assert [found.name for found in check_all()] == [
        "orders.header_state_follows_the_line_quantities",
        "credit.open_orders_are_what_is_still_to_be_shipped",
    ]


def test_of_two_changes_against_one_revision_one_is_told_what_the_other_did(order, monkeypatch):
    seen = order.revision
    both = [amend(order, quantity, base_revision=seen) for quantity in (6, 8)]

    results = meanwhile(monkeypatch, DECIDED, *both)

    assert names(results) == ["Amendment", "OrderChanged"]
    assert Amendment.objects.get().state == "applied"
    assert order.lines.get().ordered == 6
    assert OrderRevision.objects.count() == 2
    assert check_all() == []


def test_two_changes_race_is_real_without_the_lock(order, monkeypatch):
    """Guards the test above: without the lock the database's own rules are all that is left."""
    without_locks(monkeypatch)
    seen = order.revision
    both = [amend(order, quantity, base_revision=seen) for quantity in (6, 8)]

    results = meanwhile(monkeypatch, DECIDED, *both)

    assert names(results) == ["Amendment", "IntegrityError"]


@pytest.fixture
def place(order):
    """Place an order of 297.50 more."""
    return partial(
        services.place_order,
        customer_id=order.customer_id,
        lines=[NewLine(order.lines.get().product_id, Decimal(5))],
        channel="rep",
        requested_on=TODAY,
        **WHO,
    )


def test_a_change_and_a_new_order_share_the_limit(order, place, monkeypatch):
    """595.00 are owed of 1,000.00: 297.50 more fit, 297.50 new are then too much."""
    meanwhile(monkeypatch, ASSESSED, amend(order, 15), place)

    states = list(Order.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["released", "on_hold"]
    assert CreditAccount.objects.get().exposure == Decimal("892.500")
    assert check_all() == []


def test_limit_race_is_real_without_the_lock(order, place, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    meanwhile(monkeypatch, ASSESSED, amend(order, 15), place)

    assert CreditAccount.objects.get().exposure == 1190
