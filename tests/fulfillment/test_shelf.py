"""The shelf that a step holds in memory gives what the database would give."""

from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from fulfillment.models import CountTask, StockLevel
from fulfillment.services import stock
from fulfillment.services.shelf import hold_shelf
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
from tests.factories import (
    NOW,
    LocationFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

LEVELS = ("pk", "allocated")


def world(luck):
    """Six products on up to four places of two warehouses, one place in doubt."""
    places = [
        LocationFactory.create(warehouse=WarehouseFactory.create(code=code), code=place)
        for code in ("MAIN", "EAST")
        for place in ("A", "B")
    ]
    products = ProductFactory.create_batch(6)
    for product in products:
        for place in luck.sample(places, luck.randint(0, 4)):
            StockLevelFactory.create(
                product=product, location=place, on_hand=Decimal(luck.randint(0, 12))
            )
    level = StockLevel.objects.order_by("pk").first()
    CountTask.objects.create(level=level, reason="Found less", opened_at=NOW)
    return [product.pk for product in products]


def wishes(luck, products):
    return [
        {
            product: Decimal(luck.randint(1, 40)) / 4
            for product in luck.sample(products, luck.randint(1, 4))
        }
        for _wish in range(12)
    ]


@service
def at_once(wanted):
    return [stock.claim(each) for each in wanted]


@service
def gathered(wanted, products):
    with gathering():
        hold_shelf(products)
        return [stock.claim(each) for each in wanted]


@pytest.mark.parametrize("seed", range(12))
def test_claims_as_the_database_does(db, seed):
    luck = Random(seed)  # noqa: S311
    products = world(luck)
    wanted = wishes(luck, products)
    undo = transaction.savepoint()
    expected = at_once(wanted), list(StockLevel.objects.order_by("pk").values_list(*LEVELS))
    transaction.savepoint_rollback(undo)

    found = gathered(wanted, products), list(StockLevel.objects.order_by("pk").values_list(*LEVELS))

    assert found == expected


def test_what_is_given_back_can_be_claimed_again(db):
    level = StockLevelFactory.create(on_hand=Decimal(5))

    @service
    def claim_twice():
        with gathering():
            hold_shelf([level.product_id])
            first = stock.claim({level.product_id: Decimal(5)})
            stock.give_back({level.pk: Decimal(2)})
            return first, stock.claim({level.product_id: Decimal(5)})

    first, second = claim_twice()

    assert [claim.quantity for claim in (*first, *second)] == [5, 2]
    level.refresh_from_db()
    assert level.allocated == 5


def test_outside_of_gathering_nothing_is_held(db):
    level = StockLevelFactory.create()

    @service
    def hold():
        hold_shelf([level.product_id])
        return stock.claim({level.product_id: Decimal(3)})

    assert [claim.quantity for claim in hold()] == [3]
