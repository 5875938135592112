"""A claim that waits for its stock levels sees what was committed meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import Allocation, StockLevel
from fulfillment.services import shelf
from fulfillment.services import stock as claims
from fulfillment.services.sourcing import Claimant
from o2c.kernel import outbox
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
from orders import services as orders
from tests.factories import LocationFactory, LotFactory, ProductFactory, StockLevelFactory
from tests.race import while_it_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ring(company):
    return ProductFactory.create(sku="ORG-FKM-50", tracking="lot")


@pytest.fixture
def old(ring):
    """Ten pieces of the lot that leaves first."""
    lot = LotFactory.create(product=ring, code="A")
    return StockLevelFactory.create(product=ring, on_hand=Decimal(10), lot=lot)


@pytest.fixture
def fresh(ring, old):
    """Four pieces of another lot."""
    lot = LotFactory.create(product=ring, code="B")
    place = LocationFactory.create(code="B-01")
    return StockLevelFactory.create(product=ring, on_hand=Decimal(4), lot=lot, location=place)


@pytest.fixture
def order(customer, now, actor, ring):
    """Order six rings; they are claimed with the order."""

    def run():
        return orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(ring.pk, Decimal(6))],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )

    return run


@pytest.fixture
def claim_many(customer, ring, now):
    """Claim six rings from a shelf that many orders of one step share."""
    claimant = Claimant(order_id=1, customer_id=customer.pk, ship_to_id=1, on=now.date(), at=now)

    @service
    def run():
        with gathering():
            services.hold_shelf([ring.pk], customer_ids=[customer.pk], at=now)
            claims.claim({ring.pk: Decimal(6)}, claimant=claimant)

    return run


@pytest.fixture
def recall(old, now, actor):
    return lambda: services.recall_lot(old.lot_id, reason="Hardness.", at=now, actor=actor)


@pytest.fixture
def reserve(ring, old, now, actor):
    """Keep seven of the ten back."""
    return lambda: services.reserve(
        "entry:screen",
        {ring.pk: Decimal(7)},
        customer_id=None,
        expires_at=now + timedelta(hours=1),
        at=now,
        actor=actor,
    )


@pytest.fixture
def ask(old, now, actor):
    return lambda: services.ask_for_count(
        old.pk, reason="Looks wrong.", blocks=True, at=now, actor=actor
    )


def claimed():
    return {level.lot.code: level.allocated for level in StockLevel.objects.select_related("lot")}


@pytest.fixture
def at_once(monkeypatch):
    """Lock and read in one statement, as if waiting changed nothing: the control."""
    for module, name in ((claims, "CLAIM"), (shelf, "LEVELS")):
        text = getattr(module, name).removeprefix(shelf.LOCK).replace("SKIP LOCKED", "")
        monkeypatch.setattr(module, name, text)


def test_nothing_of_a_lot_is_claimed_that_is_just_recalled(order, recall, fresh, books):
    while_it_waits(recall, order)

    assert claimed() == {"A": 0, "B": 4}
    assert books() == []


def test_many_orders_claim_nothing_of_a_lot_that_is_just_recalled(claim_many, recall, fresh):
    while_it_waits(recall, claim_many)

    assert claimed() == {"A": 0, "B": 4}


@pytest.mark.parametrize("claiming", ["order", "claim_many"])
def test_recall_is_missed_when_lock_and_look_are_one(claiming, request, recall, fresh, at_once):
    while_it_waits(recall, request.getfixturevalue(claiming))

    assert claimed()["A"] == 6


def test_what_is_just_kept_back_is_left(order, reserve, books):
    while_it_waits(reserve, order)

    assert claimed() == {"A": 3}
    assert books() == []


def test_what_is_kept_back_is_taken_when_lock_and_look_are_one(order, reserve, at_once):
    while_it_waits(reserve, order)

    assert claimed() == {"A": 6}


def test_nothing_is_claimed_where_somebody_is_just_sent_to_count(order, ask, fresh, books):
    while_it_waits(ask, order)

    assert claimed() == {"A": 0, "B": 4}
    assert books() == []


def test_doubt_is_missed_when_lock_and_look_are_one(order, ask, fresh, at_once):
    while_it_waits(ask, order)

    assert claimed()["A"] == 6


def test_recall_waits_for_who_is_claiming_and_frees_it_then(recall, order, fresh, now, actor, old):
    """Without waiting it would have looked for claims before this one could be seen."""
    while_it_waits(order, recall)
    outbox.deliver_due(limit=50)

    assert claimed() == {"A": 0, "B": 4}
    assert not Allocation.objects.filter(level=old, state="active").exists()
