"""Our own life cycle: one order from entry to cash through the services, everything written."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from bench.cpu import postmaster_of, tree_cpu
from bench.result import Result
from bench.world import NOW
from catalog.models import Product
from collection import services as collection
from customers.models import Customer
from fulfillment import services as fulfillment
from fulfillment.models import PickLine
from invoicing import services as invoicing
from o2c.kernel.actors import Actor
from o2c.kernel.compiled import compiled
from orders import services as orders
from orders.models import Order
from orders.services import NewLine
from receivables.models import OpenItem
from shipping import services as shipping
from shipping.models import ShipmentLine

ACTOR = Actor(kind="user", id="1", name="Bench")
WHO: dict[str, Any] = {"at": NOW, "actor": ACTOR}
Step = Callable[[str], None]


def measure(*, seconds: float, lines: int = 5, seed: int = 1) -> Result:
    """Run life cycles for so long and return their cost."""
    luck = Random(seed)  # noqa: S311  which products, not a secret
    customers = list(Customer.objects.values_list("pk", flat=True))
    products = list(Product.objects.values_list("pk", flat=True))
    for _ in range(3):
        cycle(luck, customers, products, lines=lines)
    server = postmaster_of(_data_directory())
    server_before, mine_before, begun = tree_cpu(server), time.process_time(), time.perf_counter()
    cycles = 0
    while time.perf_counter() - begun < seconds:
        cycle(luck, customers, products, lines=lines)
        cycles += 1
    wall = time.perf_counter() - begun
    mine = time.process_time() - mine_before
    return Result(
        per_second=cycles / wall,
        client_ms=mine / cycles * 1000,
        server_ms=(tree_cpu(server) - server_before) / cycles * 1000,
        cycles=cycles,
    )


def cycle(
    luck: Random,
    customers: list[int],
    products: list[int],
    *,
    lines: int,
    note: Step = lambda step: None,
) -> None:
    """Take one order from entry to cash; `note` is called after each step."""
    chosen = luck.sample(products, lines)
    order = orders.place_order(
        customer_id=luck.choice(customers),
        lines=[NewLine(product_id=pk, quantity=Decimal(luck.randint(1, 5))) for pk in chosen],
        channel="api",
        requested_on=NOW.date() + timedelta(days=7),
        **WHO,
    )
    note("place, credit, allocate")
    (pick_list,) = fulfillment.release_pick_lists(order.pk, **WHO)
    note("release pick list")
    picked = dict(_to_pick(pick_list.pk))
    note("(read the pick list)")
    fulfillment.confirm_pick(pick_list.pk, picked=picked, short_reasons={}, **WHO)
    note("pick")
    fulfillment.pack(pick_list.pk, weights=[Decimal(12)], **WHO)
    note("pack, plan")
    (shipment_id,) = _shipments_of(pick_list.pk)
    note("(read the shipment)")
    _bill_and_cash(order, shipment_id, note=note)
    (final,) = _state_of(order.pk)
    if final != Order.State.CLOSED:
        raise RuntimeError(f"order {order} ended as {final}, not closed: the cycle is not whole")


def _bill_and_cash(order: Order, shipment_id: int, *, note: Step) -> None:
    shipping.label_shipment(shipment_id, **WHO)
    note("label")
    shipping.dispatch_shipment(shipment_id, **WHO)
    note("dispatch")
    (invoice,) = invoicing.bill_shipment(shipment_id, **WHO)
    note("invoice")
    (item,) = _items_of(invoice.pk)
    note("(read the item)")
    collection.record_receipt(
        customer_id=order.customer_id,
        method="transfer",
        currency="EUR",
        amount=item.balance,
        received_on=NOW.date(),
        reference=str(invoice),
        apply_to={item.pk: item.balance},
        **WHO,
    )
    note("payment")


@compiled
def _to_pick(pick_list_id: int) -> QuerySet[PickLine, tuple[int, Decimal]]:
    return PickLine.objects.filter(pick_list=pick_list_id).values_list("pk", "quantity")


@compiled
def _shipments_of(pick_list_id: int) -> QuerySet[ShipmentLine, int]:
    lines = ShipmentLine.objects.filter(pick_list=pick_list_id).order_by("pk")
    return lines.values_list("shipment_id", flat=True)[:1]


@compiled
def _items_of(invoice_id: int) -> QuerySet[OpenItem]:
    return OpenItem.objects.filter(invoice=invoice_id)


@compiled
def _state_of(order_id: int) -> QuerySet[Order, str]:
    return Order.objects.filter(pk=order_id).values_list("state", flat=True)


def count_statements(*, lines: int) -> Counter[str]:
    """Return how many SQL statements each step takes (transaction control is left out)."""
    counts: Counter[str] = Counter()
    running = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal running
        running += not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))
        return execute(sql, params, many, context)

    def note(step: str) -> None:
        nonlocal running
        counts[step] += running
        running = 0

    customers = list(Customer.objects.values_list("pk", flat=True))
    products = list(Product.objects.values_list("pk", flat=True))
    with connection.execute_wrapper(count):
        cycle(Random(7), customers, products, lines=lines, note=note)  # noqa: S311
    return counts


def _data_directory() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return str(cursor.fetchone()[0])
