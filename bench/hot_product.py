"""One hot product for eight processes: by the bare statement, by our claim, by whole orders."""

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import Any

from django.db import connection, transaction

from bench import waiting_orders, world
from catalog.models import Product
from customers.models import Address, Customer
from fulfillment import services
from fulfillment.models import StockLevel
from fulfillment.services.sourcing import Claimant
from fulfillment.services.stock import claim
from o2c.kernel.actors import Actor
from o2c.kernel.transactions import Busy, service

PROCESSES, SECONDS, ROUNDS, ORDERS = 8, 2.0, 3, 400
ACTOR = Actor.job("bench.stock")
ONE = Decimal(1)

BARE = """
UPDATE fulfillment_stocklevel SET allocated = allocated + 1
 WHERE id = %s AND on_hand - allocated >= 1
"""

Unit = Callable[[int], None]


def measure() -> dict[str, dict[str, float]]:
    """Return each contender's units a second, and its ratio to the bare statement: medians."""
    contenders = {"bare": _bare, "claim": _claim, "allocation": _allocation}
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(ROUNDS):
        for name, prepare in list(contenders.items())[number:] + list(contenders.items())[:number]:
            level = new_level()
            rates[name].append(_race(prepare(level), level))
    return {
        name: {
            "per_second": statistics.median(found),
            "ratio": statistics.median(
                rate / bare for rate, bare in zip(found, rates["bare"], strict=True)
            ),
        }
        for name, found in rates.items()
    }


def new_level() -> StockLevel:
    """Return a new product's level with plenty on it."""
    count = Product.objects.count()
    world.grow(count + 1)
    return StockLevel.objects.order_by("-pk")[0]


def _race(unit: Unit, level: StockLevel) -> float:
    """Return how many units a second all processes have done together.

    Raises:
        RuntimeError: what is claimed is not what they claimed.
    """
    connection.close()
    context = get_context("fork")
    done: Queue[int] = context.Queue()
    begin = context.Barrier(PROCESSES)
    workers = [
        context.Process(target=_work, args=(unit, number, begin, done))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    count = sum(done.get() for _worker in workers)
    for worker in workers:
        worker.join()
    level.refresh_from_db()
    if level.allocated != count or level.allocated > level.on_hand:
        raise RuntimeError(f"{level.allocated} are claimed, {count} should be")
    return count / SECONDS


def _work(unit: Unit, number: int, begin: Any, done: "Queue[int]") -> None:
    connection.ensure_connection()
    begin.wait()
    end, count = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < end:
        # Who waits too long behind others on a busy machine has done nothing.
        with suppress(Busy):
            unit(number * ORDERS + count)
            count += 1
    done.put(count)
    connection.close()


def _bare(level: StockLevel) -> Unit:
    def unit(_number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, [level.pk])

    return unit


def _claim(level: StockLevel) -> Unit:
    customer = Customer.objects.order_by("pk")[0]
    claimant = Claimant(
        order_id=0,
        customer_id=customer.pk,
        ship_to_id=Address.objects.filter(customer=customer)[0].pk,
        on=world.NOW.date(),
        at=world.NOW,
    )

    @service
    def claim_one() -> None:
        claim({level.product_id: ONE}, claimant=claimant)

    return lambda _number: claim_one()


def _allocation(level: StockLevel) -> Unit:
    """Allocate whole orders of one line; each process has customers of its own."""
    keys = waiting_orders.write(level.product, PROCESSES * ORDERS)

    def unit(number: int) -> None:
        services.allocate_order(keys[number], at=world.NOW, actor=ACTOR)

    return unit
