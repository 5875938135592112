"""Parallel work in two houses on four products that never suffice: nothing may be promised twice,
and nothing may leave that is not there.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import MappingProxyType

from django.db import connection
from django.db.models import F
from django_fsm import TransitionNotAllowed

from bench import world
from bench.world import NOW
from catalog.models import Price, PriceList, Product, UnitOfMeasure
from customers.models import Customer
from fulfillment.models import Location, StockLevel, Warehouse
from fulfillment.selectors import usable_levels
from fulfillment.services import stock as claims
from fulfillment.services.sourcing import Claimant
from o2c.kernel.errors import DomainError
from shipping.models import Carrier, PickupSchedule
from storm import floor, together, warehouse
from storm.scene import Deed, scene_of

HOUSES = 2
KINDS = (
    Location.Kind.STORAGE,
    Location.Kind.STORAGE,
    Location.Kind.RECEIVING,
    Location.Kind.QUARANTINE,
)
TRACKING = (
    Product.Tracking.NONE,
    Product.Tracking.NONE,
    Product.Tracking.LOT,
    Product.Tracking.SERIAL,
)
OPENING = 12

# The sum of what orders were promised of a place, beside what lies there.
OVERSOLD = """
    SELECT format('%%s at level %%s: %%s lie there, %%s are promised',
                  p.sku, l.id, l.on_hand, c.claimed)
      FROM fulfillment_stocklevel l JOIN catalog_product p ON p.id = l.product_id
      JOIN (SELECT level_id, sum(quantity) AS claimed FROM fulfillment_allocation
             WHERE state = 'active' GROUP BY 1) c ON c.level_id = l.id
     WHERE p.id = ANY(%(products)s) AND c.claimed > l.on_hand ORDER BY l.id
"""
PROMISED_TWICE = """
    SELECT format('%%s line %%s: %%s ordered, %%s promised or gone', o.number, l.position,
                  l.ordered - l.cancelled, c.claimed)
      FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
      JOIN (SELECT line_id, sum(quantity) AS claimed FROM fulfillment_allocation
             WHERE state IN ('active', 'shipped') GROUP BY 1) c ON c.line_id = l.id
     WHERE l.product_id = ANY(%(products)s) AND c.claimed > l.ordered - l.cancelled ORDER BY l.id
"""
GONE_TOO_FAR = """
    SELECT format('%%s: %%s have left, %%s had come', p.sku, -m.gone, m.come)
      FROM (SELECT l.product_id, sum(v.quantity) FILTER (WHERE v.kind = 'ship') AS gone,
                   sum(v.quantity) FILTER (WHERE v.kind <> 'ship') AS come
              FROM fulfillment_stockmove v JOIN fulfillment_stocklevel l ON l.id = v.level_id
             WHERE l.product_id = ANY(%(products)s) GROUP BY 1) m
      JOIN catalog_product p ON p.id = m.product_id
     WHERE m.come + m.gone < 0 ORDER BY p.id
"""

WEIGHED: tuple[tuple[float, Deed], ...] = (
    (11, warehouse.receive),
    (22, warehouse.order),
    (3, warehouse.allocate),
    (1, warehouse.serve),
    (4, warehouse.amend),
    (3, warehouse.cancel),
    (1, warehouse.stop_and_cancel),
    (4, warehouse.reserve),
    (2, warehouse.withdraw),
    (0.5, warehouse.expire),
    (5, warehouse.count_place),
    (0.5, warehouse.ask),
    (2, warehouse.adjust),
    (4, warehouse.transfer),
    (0.7, warehouse.recall),
    (1.3, warehouse.readmit),
    (0.3, warehouse.free_spoiled),
    (12, floor.release),
    (9, floor.pick),
    (3, floor.scan),
    (1, floor.stop),
    (8, floor.pack),
    (1, floor.replan),
    (7, floor.label),
    (7, floor.ship),
    (3, floor.announce),
    (4, floor.take_back),
    (2, together.make_batch),
    (3, together.walk_batch),
    (1, together.scan_in_batch),
    (0.5, together.split_batch),
    (3, together.pick_about),
    (2, together.join),
    (1, together.take_out),
)
DEEDS = [deed for _, deed in WEIGHED]
WEIGHTS = [weight for weight, _ in WEIGHED]


def prepare() -> None:
    """Fill the database; a third of the customers takes what is there, and waits for nothing."""
    world.build()
    some = Customer.objects.annotate(turn=F("pk") % 3).filter(turn=0)
    some.update(shortage_policy=Customer.ShortagePolicy.SHIP_PARTIAL)
    together.allow_differences()


def stage() -> list[int]:
    """Make four products, each kept in its own way, in houses of their own; return their keys."""
    places = [place for _ in range(HOUSES) for place in _make_house()]
    shelves = [place for place in places if place.kind == Location.Kind.STORAGE]
    products = _make_products()
    scene = scene_of(tuple(product.pk for product in products), tuple(place.pk for place in places))
    luck = Random(1)  # noqa: S311  what lies there first, not a secret
    for _ in range(OPENING * len(shelves)):
        with suppress(DomainError):  # a piece that lies there already
            warehouse.receive(luck, scene)
    return [product.pk for product in products]


def act(luck: Random, stage: list[int]) -> str:
    """Do one of the things that happen in a house, to one of its few products."""
    deed = luck.choices(DEEDS, WEIGHTS)[0]
    try:
        return f"{deed.__name__}: {deed(luck, scene_of(tuple(stage)))}"
    except (DomainError, TransitionNotAllowed) as refusal:
        return f"{deed.__name__}: refused, {getattr(refusal, 'code', 'state')}"


def unguard() -> None:
    """Read what is free and write what is left, as if nobody else did the same."""
    claims.claim = _read_then_write


def faults(stage: list[int]) -> Sequence[str]:
    found = []
    with connection.cursor() as cursor:
        for statement in (OVERSOLD, PROMISED_TWICE, GONE_TOO_FAR):
            cursor.execute(statement, {"products": stage})
            found += [text for (text,) in cursor.fetchall()]
    return found


def _read_then_write(
    wanted: Mapping[int, Decimal],
    *,
    claimant: Claimant,
    leaving: Mapping[int, date] = MappingProxyType({}),
) -> list[claims.Claim]:
    made = []
    for product_id, quantity in wanted.items():
        left = quantity
        for level in usable_levels(on=claimant.on).filter(product=product_id).order_by("pk"):
            taken = min(left, level.available)
            if taken > 0:
                left -= taken
                StockLevel.objects.filter(pk=level.pk).update(allocated=level.allocated + taken)
                made.append(claims.Claim(level.pk, product_id, taken, "only"))
    return made


def _make_house() -> list[Location]:
    number = Warehouse.objects.count()
    house = Warehouse.objects.create(
        code=f"STORM-{number}", name=f"House {number}", time_zone="Europe/Berlin", country="DE"
    )
    carrier = Carrier.objects.order_by("pk")[0]
    first = PickupSchedule.objects.order_by("pk")[0]
    PickupSchedule.objects.bulk_create(
        PickupSchedule(carrier=carrier, warehouse=house, weekday=weekday, cut_off=first.cut_off)
        for weekday in range(5)
    )
    return Location.objects.bulk_create(
        Location(warehouse=house, code=f"P-{turn}", kind=kind, walk_order=turn)
        for turn, kind in enumerate(KINDS)
    )


def _make_products() -> list[Product]:
    unit, prices = UnitOfMeasure.objects.get(), PriceList.objects.get()
    begin = Product.objects.count()
    products = Product.objects.bulk_create(
        Product(
            sku=f"HOT-{number}",
            name=f"Hot {number}",
            folded_text=f"hot-{number} hot {number}",
            unit=unit,
            tracking=tracking,
            expires=tracking == Product.Tracking.LOT,
            created_at=NOW - timedelta(days=1),
        )
        for number, tracking in enumerate(TRACKING, start=begin)
    )
    Price.objects.bulk_create(
        Price(price_list=prices, product=product, amount=Decimal(10)) for product in products
    )
    return products
