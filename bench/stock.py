"""Stock: one hot product for eight processes, a delivery for 10,000 who wait, promises by week.

bin/bench stock

The hot product is claimed by the bare conditional UPDATE, by our claim, and by the allocation of
whole orders, in turn; nothing may be oversold. The rest is measured in a transaction that is taken
back.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.queues import Queue
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench import world
from bench.result import Report
from catalog.models import Product
from customers.models import Address, Customer, PaymentTerms
from fulfillment import services
from fulfillment.models import ExpectedReceipt, Location, StockLevel, Warehouse
from fulfillment.promises import by_week, promises
from fulfillment.services.sourcing import Claimant
from fulfillment.services.stock import claim
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company
from o2c.kernel.transactions import Busy, service
from orders.models import Order, OrderLine

PROCESSES, SECONDS, ROUNDS, ORDERS = 8, 2.0, 3, 400
WAITING, REALLOCATION_TARGET = 10_000, 5.0
PRODUCTS, WEEKS, MOVES, PROMISE_TARGET = 200, 12, 1_000_000, 0.2
HOT_TARGET = 0.3
ACTOR = Actor.job("bench.stock")
ONE = Decimal(1)

BARE = """
UPDATE fulfillment_stocklevel SET allocated = allocated + 1
 WHERE id = %s AND on_hand - allocated >= 1
"""
MOVE_ROWS = """
INSERT INTO fulfillment_stockmove (level_id, kind, quantity, source, reason, at, actor)
SELECT l.id, 'adjustment', 1, 'bench:' || l.id || ':' || n, '', now(), 'bench'
  FROM fulfillment_stocklevel l, generate_series(1, %(each)s) AS n
 WHERE l.product_id = ANY(%(products)s)
"""

Unit = Callable[[int], None]


def run() -> Report:
    """Measure all three and say which targets are reached."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    seconds, cpu = _in_vain(_reallocation)
    promised, _cpu = _in_vain(_promising)
    hot = _hot()
    lines = [
        f"{name:<12} {figures['per_second']:>8.0f}/s   x bare {figures['ratio']:.2f}"
        for name, figures in hot.items()
    ]
    lines += [
        f"claim of a hot product by {PROCESSES} processes:"
        f" {_verdict(hot['claim']['ratio'] >= HOT_TARGET)} (target {HOT_TARGET} x bare)",
        f"delivery for {WAITING:,} waiting orders: {seconds:.2f} s,"
        f" {cpu:.2f} s CPU of the program (target {REALLOCATION_TARGET:.0f} s:"
        f" {_verdict(seconds < REALLOCATION_TARGET)})",
        f"promises of {PRODUCTS} products x {WEEKS} weeks over {MOVES:,} moves:"
        f" {promised * 1000:.0f} ms (target {PROMISE_TARGET * 1000:.0f} ms:"
        f" {_verdict(promised < PROMISE_TARGET)})",
    ]
    data = {
        "hot": hot,
        "reallocation": {"seconds": seconds, "cpu": cpu},
        "promises_seconds": promised,
    }
    return Report("\n".join(lines), data)


def _verdict(is_reached: bool) -> str:  # noqa: FBT001  one fact
    return "reached" if is_reached else "NOT reached"


def _in_vain(measure: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    with transaction.atomic():
        taken = measure()
        transaction.set_rollback(True)
    return taken


# --- One hot product ---------------------------------------------------------------------------


def _hot() -> dict[str, dict[str, float]]:
    contenders = {"bare": _bare, "claim": _claim, "allocation": _allocation}
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(ROUNDS):
        for name, prepare in list(contenders.items())[number:] + list(contenders.items())[:number]:
            level = _hot_level()
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


def _hot_level() -> StockLevel:
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
    keys = _orders(level.product, PROCESSES * ORDERS, state=Order.State.RELEASED)

    def unit(number: int) -> None:
        services.allocate_order(keys[number], at=world.NOW, actor=ACTOR)

    return unit


def _orders(product: Product, count: int, *, state: str) -> list[int]:
    """Write so many orders of one piece, spread over the customers in blocks."""
    customers = list(Customer.objects.order_by("pk")[: world.CUSTOMERS])
    addresses = dict(Address.objects.filter(kind="ship_to").values_list("customer_id", "pk"))
    terms = PaymentTerms.objects.order_by("pk")[0]
    block = -(-count // len(customers))
    made = Order.objects.bulk_create(
        [
            Order(
                public_id=f"bench-{product.pk}-{number}",
                customer=customers[number // block],
                ship_to_id=addresses[customers[number // block].pk],
                channel="rep",
                currency="EUR",
                payment_terms=terms,
                requested_on=world.NOW.date(),
                state=state,
                created_at=world.NOW,
                released_at=world.NOW,
            )
            for number in range(count)
        ]
    )
    OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=order,
                position=1,
                product=product,
                sku=product.sku,
                description=product.name,
                unit="C62",
                unit_price=ONE,
                net_amount=0,
                tax_category="S",
                tax_rate=0,
                requested_on=world.NOW.date(),
                promised_on=world.NOW.date() + timedelta(days=14),
                expected_on=world.NOW.date() + timedelta(days=14),
                ordered=ONE,
            )
            for order in made
        ]
    )
    return [order.pk for order in made]


# --- A delivery, and promises ------------------------------------------------------------------


def _reallocation() -> tuple[float, float]:
    """Return how long a delivery takes that serves everybody who waits, and our CPU seconds."""
    level = _hot_level()
    StockLevel.objects.filter(pk=level.pk).update(on_hand=0)
    _orders(level.product, WAITING, state=Order.State.RELEASED)
    begun, before = time.perf_counter(), time.process_time()
    services.receive_stock(
        location_id=level.location_id,
        product_id=level.product_id,
        quantity=Decimal(WAITING),
        source="receipt:bench",
        at=world.NOW,
        actor=ACTOR,
    )
    taken = time.perf_counter() - begun, time.process_time() - before
    level.refresh_from_db()
    if level.allocated != WAITING:
        raise RuntimeError(f"{level.allocated} were served, {WAITING} should be")
    return taken


def _promising() -> tuple[float, float]:
    """Return the median of asking what can be promised of many products by week."""
    products = list(Product.objects.order_by("pk")[:PRODUCTS])
    keys = [product.pk for product in products]
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ROWS, {"each": MOVES // PRODUCTS, "products": keys})
    house = Warehouse.objects.order_by("pk")[0]
    assert Location.objects.filter(warehouse=house).exists()
    ExpectedReceipt.objects.bulk_create(
        ExpectedReceipt(
            reference=f"PO-{week}",
            warehouse=house,
            product=product,
            quantity=10,
            expected_on=world.NOW.date() + timedelta(weeks=week),
            created_at=world.NOW,
        )
        for product in products
        for week in range(WEEKS)
    )
    _orders(products[0], WAITING, state=Order.State.RELEASED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE fulfillment_stockmove, orders_order, orders_orderline")
        cursor.execute("ANALYZE fulfillment_expectedreceipt")
    before = time.process_time()
    seconds = statistics.median(_promise(keys) for _round in range(7))
    return seconds, time.process_time() - before


def _promise(keys: list[int]) -> float:
    begun = time.perf_counter()
    found = promises(keys, at=world.NOW)
    table = [by_week(found[key], start=world.NOW.date(), weeks=WEEKS) for key in keys]
    if len(table) != len(keys):
        raise RuntimeError("Not every product was answered: nothing was measured")
    return time.perf_counter() - begun
