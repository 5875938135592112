"""What may be taken is said in several statements, for speed: all of them say the same."""

from datetime import timedelta
from decimal import Decimal
from itertools import product as each_with_each

import pytest
from django.db import connection, transaction

from fulfillment.models import CountTask, Lot, StockLevel
from fulfillment.promises import promises
from fulfillment.reasons import FACTS
from fulfillment.selectors import usable_levels
from fulfillment.services import stock
from fulfillment.services.shelf import hold_shelf
from fulfillment.services.shop_stock import CHANGED
from fulfillment.services.soundness import is_sound, unsound, unsound_levels
from fulfillment.services.sourcing import Claimant
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
from tests.factories import NOW, LocationFactory, LotFactory, ProductFactory, StockLevelFactory

pytestmark = pytest.mark.django_db
TODAY, DAY = NOW.date(), timedelta(days=1)
FIVE = Decimal(5)

# What is known of a lot, a place and a count there; whether goods may be taken then.
LOTS = (
    (None, True),
    ({}, True),
    ({"expires_on": TODAY + DAY}, True),
    ({"expires_on": TODAY}, True),
    ({"expires_on": TODAY - DAY}, False),
    ({"blocked_reason": "Hard."}, False),
    ({"blocked_reason": "Hard.", "expires_on": TODAY + DAY}, False),
)
PLACES = (
    ({"kind": "storage"}, True),
    ({"kind": "storage", "is_active": False}, False),
    ({"kind": "receiving"}, False),
    ({"kind": "packing"}, False),
    ({"kind": "quarantine"}, False),
)
BLOCKING_COUNTS = ((None, True), (False, True), (True, False))


@pytest.fixture
def levels(company):
    """Five pieces in each condition, by level: whether they may be taken."""
    places = [(LocationFactory.create(code=f"X-{n}", **one), ok) for n, (one, ok) in index(PLACES)]
    return {
        lie(lot, place, blocks): is_lot_sound and is_place_open and is_certain
        for (lot, is_lot_sound), (place, is_place_open), (blocks, is_certain) in each_with_each(
            LOTS, places, BLOCKING_COUNTS
        )
    }


def index(rows):
    return enumerate(rows, start=1)


def lie(lot, place, blocks):
    product = ProductFactory.create(tracking="none" if lot is None else "lot")
    level = StockLevelFactory.create(
        product=product,
        location=place,
        lot=None if lot is None else LotFactory.create(product=product, **lot),
        on_hand=FIVE,
    )
    if blocks is not None:
        CountTask.objects.create(level=level, reason="?", blocks=blocks, opened_at=NOW)
    return level


def asked(statement, **values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@service
def claim(products):
    claimant = Claimant(order_id=1, customer_id=1, ship_to_id=1, on=TODAY, at=NOW)
    claims = stock.claim(dict.fromkeys(products, FIVE), claimant=claimant)
    return {one.product_id: one.quantity for one in claims}


@service
def claim_from_shelf(products):
    with gathering():
        hold_shelf(products, customer_ids=[], at=NOW)
        return claim(products)


def undone(work, products):
    point = transaction.savepoint()
    result = work(products)
    transaction.savepoint_rollback(point)
    return result


def test_all_agree_on_what_may_be_taken(levels):
    products = [level.product_id for level in levels]
    expected = {level.product_id: FIVE for level, is_usable in levels.items() if is_usable}
    told = asked(CHANGED, shop=0, on=TODAY, at=NOW, most=1000)
    why = asked(FACTS, products=products, at=NOW, on=TODAY)

    answers = {
        "usable_levels": {row.product_id: row.available for row in usable_levels(on=TODAY)},
        "CLAIM": undone(claim, products),
        "shelf": undone(claim_from_shelf, products),
        "BY_DAY": {key: one.on(TODAY) for key, one in promises(products, at=NOW).items()},
        "CHANGED": {key: available for key, _sku, available in told},
        # What is neither in doubt, nor to be put away, nor unfit.
        "FACTS": {key: FIVE - sum(in_the_way) for key, _kept, *in_the_way, _late, _next in why},
    }

    taken = {name: {key: n for key, n in each.items() if n} for name, each in answers.items()}
    assert taken == dict.fromkeys(answers, expected)
    assert len(expected) == 8


def test_all_agree_on_which_lots_may_leave(levels):
    bad = set(Lot.objects.filter(unsound(on=TODAY)))

    assert {lot for lot in Lot.objects.all() if not is_sound(lot, on=TODAY)} == bad
    assert set(unsound_levels([level.pk for level in levels], on=TODAY)) == set(
        StockLevel.objects.filter(lot__in=bad).values_list("pk", flat=True)
    )
    assert not bad & {level.lot for level, is_usable in levels.items() if is_usable}
    assert len(bad) == 45
