"""Two at once, one of them changing an order: nobody is passed by, and the books are right."""

import time
from decimal import Decimal
from functools import partial

import pytest

from credit import services as credit
from credit.models import CreditAccount
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
from tests.race import run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"at": NOW, "actor": shipped.ACTOR}


@pytest.fixture
def order(transactional_db, company) -> Order:
    """10 at 50.00 EUR, 595.00 with tax, of a customer who may owe 1,000.00; 20 are in stock."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000))
    return shipped.place(customer, ("10", "50"), in_stock="20")


@pytest.fixture
def slow(monkeypatch):
    """Let time pass between the check of a change and its writing."""
    check = amending_services.check

    def check_slowly(*args, **fields):
        checked = check(*args, **fields)
        time.sleep(0.3)
        return checked

    monkeypatch.setattr(amending_services, "check", check_slowly)


def amend(order, quantity, **fields):
    line = LineChange(line_id=order.lines.get().pk, quantity=Decimal(quantity))
    changes = AmendmentChanges(lines=[line])
    return partial(services.amend_order, order.pk, changes=changes, reason="Asked", **fields, **WHO)


def after(seconds, work):
    """Start when the other one is between its check and its writing."""

    def run():
        time.sleep(seconds)
        return work()

    return run


def names(results):
    return [type(result).__name__ for result in results]


def test_amending_and_releasing_to_the_floor_never_pass_each_other(order, slow):
    """The list takes what the order says then: 6, not the 10 that it was."""
    release = partial(fulfillment.release_pick_lists, order.pk, **WHO)

    run_together(amend(order, 6), after(0.1, release))

    line = order.lines.get()
    assert (line.ordered, line.picking, line.allocated) == (6, 6, 6)
    assert check_all() == []


def test_amending_and_releasing_race_is_real_without_the_lock(order, slow, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)
    release = partial(fulfillment.release_pick_lists, order.pk, **WHO)

    results = run_together(amend(order, 6), after(0.1, release))

    line = order.lines.get()
    is_right = (line.ordered, line.picking, line.allocated) == (6, 6, 6) and check_all() == []
    assert not is_right or any(isinstance(result, Exception) for result in results)


def test_amending_and_dispatching_never_pass_each_other(order, slow):
    """What has left in the meantime is not taken off: one of the two sees the other."""
    shipped.ready()
    shipment = shipped.pack(order)
    shipping.label_shipment(shipment.pk, **WHO)
    dispatch = partial(shipping.dispatch_shipment, shipment.pk, **WHO)

    results = run_together(amend(order, 6), dispatch)

    line = order.lines.get()
    # Before the dispatch it is on a pick list; after it nothing is left to be changed.
    assert names(results) in (["OrderInvalid", "Shipment"], ["NotAmendable", "Shipment"])
    assert (line.ordered, line.shipped) == (10, 10)
    assert check_all() == []


def leave_and_bill(order):
    """Release, pick, pack and dispatch what the order says then, and bill it."""

    def run():
        shipment = shipped.leave(shipped.pack(order))
        deliver_due(limit=100)
        return shipment

    return run


def test_a_line_is_never_lowered_below_what_leaves_and_is_billed_meanwhile(order, slow):
    """The change waits for nobody, and who ships waits for it: 4 leave, 4 are billed."""
    shipped.ready()

    results = run_together(amend(order, 4), after(0.1, leave_and_bill(order)))

    line = order.lines.get()
    assert names(results) == ["Amendment", "Shipment"]
    assert (line.ordered, line.cancelled, line.shipped, line.invoiced) == (4, 0, 4, 4)
    assert check_all() == []


def test_lowering_a_line_while_it_leaves_race_is_real_without_the_lock(order, slow, monkeypatch):
    """Guards the test above: the change is made for goods that have left meanwhile, and only the
    database's own rules stand in the way."""
    without_locks(monkeypatch)
    shipped.ready()

    results = run_together(amend(order, 4), after(0.1, leave_and_bill(order)))

    line = order.lines.get()
    assert names(results) != ["Amendment", "Shipment"] or line.shipped > 4 or check_all() != []


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


def test_taking_the_rest_off_while_the_first_part_leaves_ends_the_order(leaving, slow):
    order, shipment = leaving
    dispatch = partial(shipping.dispatch_shipment, shipment.pk, **WHO)

    results = run_together(amend(order, 6), after(0.1, dispatch))

    order.refresh_from_db()
    line = order.lines.get()
    assert names(results) == ["Amendment", "Shipment"]
    assert (line.ordered, line.cancelled, line.shipped, order.state) == (6, 0, 6, "shipped")
    assert check_all() == []


def test_taking_the_rest_off_race_is_real_without_the_lock(leaving, slow, monkeypatch):
    """Guards the test above: each of the two believes that the other has not been there."""
    order, shipment = leaving
    without_locks(monkeypatch)
    dispatch = partial(shipping.dispatch_shipment, shipment.pk, **WHO)

    results = run_together(amend(order, 6), after(0.1, dispatch))

    order.refresh_from_db()
    is_right = order.state == "shipped" and check_all() == []
    assert not is_right or names(results) != ["Amendment", "Shipment"]


def test_of_two_changes_against_one_revision_one_is_told_what_the_other_did(order, slow):
    seen = order.revision

    results = run_together(amend(order, 6, base_revision=seen), amend(order, 8, base_revision=seen))

    assert sorted(names(results)) == ["Amendment", "OrderChanged"]
    assert Amendment.objects.get().state == "applied"
    assert OrderRevision.objects.count() == 2
    assert check_all() == []


def test_two_changes_race_is_real_without_the_lock(order, slow, monkeypatch):
    """Guards the test above: without the lock the database's own rules are all that is left."""
    without_locks(monkeypatch)
    seen = order.revision

    results = run_together(amend(order, 6, base_revision=seen), amend(order, 8, base_revision=seen))

    assert "OrderChanged" not in names(results)


def test_a_change_and_a_new_order_share_the_limit(order, slow):
    """595.00 are owed of 1,000.00: 297.50 more and 297.50 new fit once, whoever comes first."""
    product = order.lines.get().product
    place = partial(
        services.place_order,
        customer_id=order.customer_id,
        lines=[NewLine(product.pk, Decimal(5))],
        channel="rep",
        requested_on=TODAY,
        **WHO,
    )

    run_together(amend(order, 15), after(0.1, place))

    states = list(Order.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["released", "on_hold"]
    assert CreditAccount.objects.get().exposure == Decimal("892.500")
    assert check_all() == []


def test_limit_race_is_real_without_the_lock(order, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)
    counting = credit.exposure.record_exposure

    def count_slowly(*args, **fields):
        time.sleep(0.4)
        return counting(*args, **fields)

    monkeypatch.setattr(credit.exposure, "record_exposure", count_slowly)
    product = order.lines.get().product
    place = partial(
        services.place_order,
        customer_id=order.customer_id,
        lines=[NewLine(product.pk, Decimal(5))],
        channel="rep",
        requested_on=TODAY,
        **WHO,
    )

    run_together(amend(order, 15), place)

    assert CreditAccount.objects.get().exposure > 1000
