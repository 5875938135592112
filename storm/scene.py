"""The few places, products and customers of the storm of stock, and how one of them is chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from os import getpid
from random import Random
from typing import Any

from django.db.models import QuerySet

from bench.world import NOW
from catalog.models import Product
from customers.models import Customer
from fulfillment.models import Location, PickList, StockLevel
from o2c.kernel.actors import Actor

BY: dict[str, Any] = {"at": NOW, "actor": Actor(kind="user", id="-1", name="Storm")}
CUSTOMERS = 16
# Everybody chooses among the first few, so that they meet.
FEW = 12
NOTHING = "nothing there"
REFERENCES = count()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where the storm is: keys. `docks` are places that nothing is picked from."""

    products: dict[int, str]
    houses: list[int]
    shelves: list[int]
    docks: list[int]
    customers: list[int]


Deed = Callable[[Random, Scene], str]


@cache
def scene_of(products: tuple[int, ...], places: tuple[int, ...] = ()) -> Scene:
    """Return the scene of these products; without `places`, that where they lie."""
    lying = StockLevel.objects.filter(product__in=products).values("location__warehouse")
    named = {"pk__in": places} if places else {"warehouse__in": lying}
    found: QuerySet[Location] = Location.objects.filter(**named)
    locations = list(found.order_by("pk"))
    picked_from = [place.pk for place in locations if place.kind in Location.PICKED_FROM]
    tracking = Product.objects.filter(pk__in=products).values_list("pk", "tracking")
    return Scene(
        products=dict(tracking.order_by("pk")),
        houses=sorted({place.warehouse_id for place in locations}),
        shelves=picked_from,
        docks=[place.pk for place in locations if place.pk not in picked_from],
        customers=list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:CUSTOMERS]),
    )


def one(luck: Random, found: QuerySet[Any, Any], *, among: int = FEW) -> Any:
    """Choose one of the first few; None: there is none."""
    rows = list((found if found.ordered else found.order_by("pk"))[:among])
    return luck.choice(rows) if rows else None


def most(scene: Scene, product_id: int) -> int:
    return 2 if scene.products[product_id] == Product.Tracking.SERIAL else 9


def reference() -> str:
    return f"{getpid()}-{next(REFERENCES)}"


def lists_of(scene: Scene, *states: str) -> QuerySet[PickList]:
    return PickList.objects.filter(warehouse__in=scene.houses, state__in=states)
