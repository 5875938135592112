"""Released orders, and the steps that carry them over the floor."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import UnitOfMeasure
from fulfillment import board, middleware, services
from fulfillment.models import PickList
from fulfillment.views import promising
from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.invariants import check_all
from orders import services as orders
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory, ProductFactory, StockLevelFactory


@pytest.fixture(autouse=True)
def stock_is_asked_for_once(monkeypatch):
    """A step that asks for stock a second time, and does not hold all of it, fails."""
    monkeypatch.setattr("o2c.kernel.locks.IS_STRICT", True)


@pytest.fixture
def make_customer(company):
    """A customer who may owe a million."""

    def make(**fields):
        customer = CustomerFactory.create(**fields)
        CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
        return customer

    return make


@pytest.fixture
def customer(make_customer):
    return make_customer()


@pytest.fixture
def product(db):
    return ProductFactory.create(sku="VLV-BF-080", gtin="04006381333931")


@pytest.fixture
def divisible(product):
    """What the product is counted in may be cut, like metres."""
    UnitOfMeasure.objects.update(is_divisible=True)


@pytest.fixture
def stock(product):
    """100 pieces of the product at A-01-01."""
    return StockLevelFactory.create(product=product)


@pytest.fixture
def place(customer, now, actor):
    """Place an order of `{product: quantity}`; credit releases it and stock is allocated."""

    def place(wanted, *, by=None, at=now):
        placed = orders.place_order(
            customer_id=(by or customer).pk,
            lines=[orders.NewLine(item.pk, Decimal(count)) for item, count in wanted.items()],
            channel="rep",
            requested_on=at.date(),
            at=at,
            actor=actor,
        )
        return Order.objects.get(pk=placed.pk)

    return place


@pytest.fixture
def release(now, actor):
    def release(order):
        return services.release_pick_lists(order.pk, at=now, actor=actor)

    return release


@pytest.fixture
def pick(now, actor):
    """Finish a pick list; `found` says what of which SKU was there, the rest was all there."""

    def pick(pick_list, found=None):
        found = found or {}
        lines = pick_list.lines.select_related("order_line__product")
        picked = {
            line.pk: Decimal(found.get(line.order_line.product.sku, line.quantity))
            for line in lines
        }
        reasons = {line.pk: "missing" for line in lines if picked[line.pk] < line.quantity}
        return services.confirm_pick(
            pick_list.pk, picked=picked, short_reasons=reasons, at=now, actor=actor
        )

    return pick


@pytest.fixture
def packed(place, release, pick, product, stock, now, actor):
    """A packed pick list of 5 pieces."""
    [pick_list] = release(place({product: 5}))
    pick(pick_list)
    services.pack(pick_list.pk, weights=[Decimal("7.5")], at=now, actor=actor)
    return PickList.objects.get(pk=pick_list.pk)


@pytest.fixture
def leon(person):
    """Somebody of the warehouse, as the actor of services."""
    return Actor.user(person(roles.WAREHOUSE))


@pytest.fixture
def tolerance(now, actor):
    """The warehouse may send a tenth more, and a fifth less."""
    rates = {"over_rate": Decimal("0.1"), "under_rate": Decimal("0.2")}
    services.set_tolerance(roles.WAREHOUSE, **rates, at=now, actor=actor)


@pytest.fixture
def books():
    """Prove every invariant of the house; return what is broken."""
    return check_all


@pytest.fixture
def statements():
    """Return how many statements a function takes."""

    def count(function):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            function()
        return len(captured)

    return count


@pytest.fixture
def watchful(monkeypatch):
    """A board of this test's own, which looks whenever somebody asks."""
    own = board.Board()
    monkeypatch.setattr(board, "EVERY", 0)
    monkeypatch.setattr(board, "SHARE", 1)
    monkeypatch.setattr(middleware, "THE_BOARD", own)
    monkeypatch.setattr(promising, "THE_BOARD", own)
