"""The shelf that a step holds in memory gives what the database would give."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fulfillment.models import CountTask, Lot, Reservation, SourcingRule, StockLevel
from fulfillment.selectors import usable_levels
from fulfillment.services import stock
from fulfillment.services.shelf import hold_shelf
from fulfillment.services.sourcing import Claimant
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
from tests.factories import (
    NOW,
    AddressFactory,
    CustomerFactory,
    LocationFactory,
    OrderFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

LEVELS = ("pk", "allocated")
TODAY = NOW.date()


def world(luck):
    """Six products on up to eight places of three houses, some of them not to be taken."""
    places = [
        LocationFactory.create(
            warehouse=WarehouseFactory.create(code=code), code=kind + "1", kind=kind
        )
        for code in ("MAIN", "EAST", "WEST")
        for kind in ("storage", "quarantine")
    ]
    places += [
        LocationFactory.create(warehouse=places[0].warehouse, code="B"),
        LocationFactory.create(warehouse=places[2].warehouse, code="OLD", is_active=False),
    ]
    products = ProductFactory.create_batch(6)
    for product in products:
        for place in luck.sample(places, luck.randint(0, 8)):
            StockLevelFactory.create(
                product=product,
                location=place,
                lot=some_lot(luck, product),
                on_hand=Decimal(luck.randint(0, 12)),
            )
    some_tasks()
    some_rules(luck, places)
    return [product.pk for product in products]


def some_lot(luck, product):
    """No lot, or one that is blocked, has expired, expires some day or never."""
    kind = luck.choice(["none", "none", "blocked", "expired", "today", "soon", "never"])
    days = {"expired": -1, "today": 0, "soon": luck.randint(1, 9)}
    if kind == "none":
        return None
    return Lot.objects.create(
        product=product,
        code=f"L-{Lot.objects.count()}",
        expires_on=TODAY + timedelta(days=days[kind]) if kind in days else None,
        blocked_reason="Recalled" if kind == "blocked" else "",
        created_at=NOW,
    )


def some_tasks():
    """One place in doubt, one that it is the turn of."""
    first, last = StockLevel.objects.earliest("pk"), StockLevel.objects.latest("pk")
    CountTask.objects.create(level=first, reason="Found less", opened_at=NOW)
    if last != first:
        CountTask.objects.create(
            level=last, kind="cycle", blocks=False, reason="Its turn", opened_at=NOW
        )


def some_rules(luck, places):
    for country in luck.sample(["", "DE", "FR"], luck.randint(0, 3)):
        for house in luck.sample(sorted({place.warehouse_id for place in places}), 2):
            SourcingRule.objects.create(
                country=country, warehouse_id=house, rank=luck.randint(1, 2)
            )


def some_claimants(luck, products):
    """Three orders to Germany and France, and what is kept for them and for others."""
    claimants = []
    for country in ("DE", "DE", "FR"):
        customer = CustomerFactory.create()
        ship_to = AddressFactory.create(customer=customer, country=country)
        claimants.append(
            Claimant(
                order_id=1000 + len(claimants),
                customer_id=customer.pk,
                ship_to_id=ship_to.pk,
                on=TODAY,
                at=NOW,
            )
        )
    for holder, customer in (
        ("order:1000", claimants[0].customer_id),
        ("entry:x", claimants[1].customer_id),
        ("quote:77", claimants[2].customer_id),
    ):
        for product in luck.sample(products, 2):
            keep(holder, product, luck.randint(1, 8), customer, luck.choice([-1, 1, 1]))
    for product in luck.sample(products, 3):
        keep_for_a_day(luck, product, luck.randint(1, 8))
        keep_for_a_day(luck, product, luck.randint(1, 8))
    return claimants


def keep(holder, product, quantity, customer=None, days=1):
    return Reservation.objects.create(
        holder=holder,
        customer_id=customer,
        product_id=product,
        quantity=Decimal(quantity),
        reserved_at=NOW - timedelta(days=2),
        expires_at=NOW + timedelta(days=days),
        actor="Test",
    )


def keep_for_a_day(luck, product, quantity):
    """Keep goods back for an order that leaves one of the next days; return it and that day."""
    day = TODAY + timedelta(days=luck.randint(0, 9))
    order = OrderFactory.create(
        line__product_id=product,
        line__ordered=Decimal(quantity),
        line__requested_on=day + timedelta(days=1),
    )
    keep(f"order:{order.pk}", product, quantity)
    return order, day


def wishes(luck, products, claimants):
    return [
        (
            {
                product: Decimal(luck.randint(1, 40)) / 4
                for product in luck.sample(products, luck.randint(1, 4))
            },
            luck.choice(claimants),
            {
                product: TODAY + timedelta(days=luck.randint(0, 9))
                for product in luck.sample(products, 3)
            },
        )
        for _wish in range(12)
    ]


@pytest.fixture
def claimant():
    return Claimant(order_id=1, customer_id=1, ship_to_id=1, on=TODAY, at=NOW)


@service
def at_once(wanted):
    stock.hold({product_id for each, _claimant, _leaving in wanted for product_id in each})
    return claim_all(wanted)


def claim_all(wanted):
    return [
        stock.claim(each, claimant=claimant, leaving=leaving) for each, claimant, leaving in wanted
    ]


@service
def gathered(wanted, products):
    with gathering():
        customers = {claimant.customer_id for _each, claimant, _leaving in wanted}
        hold_shelf(products, customer_ids=customers, at=NOW)
        return claim_all(wanted)


def books_of_stock():
    return (
        list(StockLevel.objects.order_by("pk").values_list(*LEVELS)),
        list(Reservation.objects.order_by("pk").values_list("pk", "state")),
    )


@pytest.mark.parametrize("seed", range(30))
def test_claims_as_the_database_does(company, seed):
    luck = Random(seed)  # noqa: S311
    products = world(luck)
    wanted = wishes(luck, products, some_claimants(luck, products))
    undo = transaction.savepoint()
    expected = at_once(wanted), books_of_stock()
    transaction.savepoint_rollback(undo)

    found = gathered(wanted, products), books_of_stock()

    assert found == expected


@pytest.mark.parametrize("seed", range(40))
def test_leaves_to_whom_goods_are_kept_for_what_lasts_until_they_need_it(company, claimant, seed):
    luck = Random(seed)  # noqa: S311
    product, house = ProductFactory.create(), WarehouseFactory.create(code="MAIN")
    for number in range(luck.randint(1, 4)):
        where = luck.choice([house, WarehouseFactory.create(code=f"W-{number}")])
        StockLevelFactory.create(
            product=product,
            location=LocationFactory.create(warehouse=where, code=f"B-{number}"),
            lot=some_lot(luck, product),
            on_hand=Decimal(luck.randint(1, 9)),
        )
    SourcingRule.objects.create(country="", warehouse=house, rank=1)
    holders = [keep_for_a_day(luck, product.pk, luck.randint(1, 6)) for _each in range(3)]
    later_first = sorted(holders, key=lambda each: each[1], reverse=True)

    def theirs():
        undo = transaction.savepoint()
        got = [taken(order, product, day) for order, day in later_first]
        transaction.savepoint_rollback(undo)
        return sum(got)

    before, nobody = theirs(), claimant.order_id
    at_once(
        [
            (
                {product.pk: Decimal(luck.randint(1, 20))},
                claimant,
                {product.pk: TODAY + timedelta(days=luck.randint(0, 9))},
            )
        ]
    )

    assert nobody not in {order.pk for order, _day in holders}
    assert theirs() == before


def taken(order, product, day):
    """Return what an order gets of what it wants."""
    own = Claimant(
        order_id=order.pk,
        customer_id=order.customer_id,
        ship_to_id=order.ship_to_id,
        on=TODAY,
        at=NOW,
    )
    wanted = {product.pk: order.lines.get().ordered}
    [claims] = at_once([(wanted, own, {product.pk: day})])
    return sum(claim.quantity for claim in claims)


@pytest.mark.parametrize("seed", range(10))
def test_takes_from_what_the_selector_calls_usable_and_from_nothing_else(company, seed):
    luck = Random(seed)  # noqa: S311
    products = world(luck)
    [someone, *_others] = some_claimants(luck, products)
    Reservation.objects.all().delete()
    usable = usable_levels(on=TODAY).filter(on_hand__gt=0)
    expected = dict(usable.values_list("pk", "on_hand"))

    [claims] = at_once([({product: Decimal(1000) for product in products}, someone, {})])

    assert {claim.level_id: claim.quantity for claim in claims} == expected


def test_what_is_given_back_can_be_claimed_again(company, claimant):
    level = StockLevelFactory.create(on_hand=Decimal(5))

    @service
    def claim_twice():
        with gathering():
            hold_shelf([level.product_id], customer_ids=[], at=NOW)
            first = stock.claim({level.product_id: Decimal(5)}, claimant=claimant)
            stock.give_back({level.pk: Decimal(2)}, product_ids=[level.product_id])
            return first, stock.claim({level.product_id: Decimal(5)}, claimant=claimant)

    first, second = claim_twice()

    assert [claim.quantity for claim in (*first, *second)] == [5, 2]
    level.refresh_from_db()
    assert level.allocated == 5


def test_outside_of_gathering_nothing_is_held(company, claimant):
    level = StockLevelFactory.create()

    @service
    def hold():
        hold_shelf([level.product_id], customer_ids=[], at=NOW)
        return stock.claim({level.product_id: Decimal(3)}, claimant=claimant)

    assert [claim.quantity for claim in hold()] == [3]


def test_hold_locks_all_places_of_a_product_once_and_reads_none(company, claimant):
    level = StockLevelFactory.create()

    @service
    def hold_and_claim():
        stock.hold([level.product_id])
        stock.hold([level.product_id])
        return stock.claim({level.product_id: Decimal(3)}, claimant=claimant)

    with CaptureQueriesContext(connection) as asked:
        claims = hold_and_claim()

    locking = [query["sql"] for query in asked if "NO KEY UPDATE" in query["sql"]]
    assert [claim.quantity for claim in claims] == [3]
    assert len(locking) == 2
    assert "on_hand" not in locking[0]
