"""What others ask about stock and the work on the floor."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum

from catalog.models import Product
from fulfillment.models import Allocation, CountTask, PickLine, PickList, StockLevel
from o2c.kernel.company import local_date, the_company
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from o2c.kernel.working_days import add_working_days
from orders.models import Order, OrderLine

# A delivery serves at most so many orders at once; the daily run serves those behind them.
MOST_SERVED = 200
# What is not in stock is bought again.
REPLENISHMENT_WORKING_DAYS = 10
TO_SHIP = (Order.State.RELEASED, Order.State.FULFILLING)
WAITS = Q(ordered__gt=F("cancelled") + F("shipped") + F("allocated"))
BACKORDERED = F("ordered") - F("cancelled") - F("shipped") - F("allocated")


def backordered_lines() -> QuerySet[OrderLine]:
    """Return the lines of confirmed orders that wait for stock."""
    return OrderLine.objects.filter(WAITS, order__state__in=TO_SHIP)


def waiting_for(product_ids: Iterable[int], *, quantity: Decimal) -> list[int]:
    """Return the orders that so much more of these products can serve, the oldest first."""
    waiting = (
        backordered_lines()
        .filter(product_id__in=product_ids)
        .values_list("order_id", "order__released_at")
        .annotate(waiting=Sum(BACKORDERED))
        .order_by("order__released_at", "order_id")[:MOST_SERVED]
    )
    served, before = [], ZERO
    for order_id, _released_at, wanted in waiting:
        if before >= quantity:
            break
        served.append(order_id)
        before += wanted
    return served


def servable() -> tuple[list[int], list[int]]:
    """Return the orders that wait for something which is in stock, oldest first, and the products.

    What a count may still correct is not counted on.
    """
    free = sound_levels().filter(on_hand__gt=F("allocated"))
    waiting = list(
        backordered_lines()
        .filter(product__in=free.values("product"))
        .order_by("order__released_at", "order_id")
        .values_list("order_id", "product_id")[:MOST_SERVED]
    )
    orders = dict.fromkeys(order_id for order_id, _product_id in waiting)
    return list(orders), sorted({product_id for _order_id, product_id in waiting})


def sound_levels() -> QuerySet[StockLevel]:
    """Return the levels that can be promised from: not those that are to be counted."""
    return StockLevel.objects.exclude(count_tasks__state=CountTask.State.OPEN)


def free_stock(product: str) -> Subquery:
    """Return what is free of the product that this column of the outer query names."""
    free = (
        sound_levels()
        .filter(product=OuterRef(product))
        .order_by()
        .values("product")
        .annotate(free=Sum(F("on_hand") - F("allocated")))
    )
    return Subquery(free.values("free"), output_field=DecimalField())


def free_of(sku: str) -> Decimal | None:
    """Return how much of a product can be promised now; None: there is no such product."""
    found = Product.objects.filter(sku__iexact=sku).annotate(free=free_stock("pk"))
    row = found.order_by("pk").values_list("free").first()
    return (row[0] or ZERO) if row else None


def rest_expected_on(*, at: datetime) -> date:
    """Return the day that can be named for what is not in stock."""
    company = the_company()
    today = local_date(at, company)
    return add_working_days(today, REPLENISHMENT_WORKING_DAYS, country=company.country)


def unpicked_claims(line_ids: Iterable[int]) -> list[Allocation]:
    """Return the lines' claims that are on no pick list, newest first."""
    claims = Allocation.objects.filter(
        line__in=list(line_ids), state=Allocation.State.ACTIVE, pick_line=None
    )
    return list(claims.order_by("-pk"))


def order_of(pick_list_id: int) -> int:
    """Return the key of a pick list's order, to be locked before the list.

    Raises:
        PickList.DoesNotExist: no such pick list.
    """
    for order_id in _orders_of(pick_list_id):
        return order_id
    raise PickList.DoesNotExist


@compiled
def _orders_of(pick_list_id: int) -> QuerySet[PickList, int]:
    return PickList.objects.filter(pk=pick_list_id).values_list("order_id", flat=True)


@compiled
def to_pick(order_id: int) -> QuerySet[Allocation]:
    """Return an order's claims that are on no pick list, with their house, in walking order."""
    claims = Allocation.objects.filter(
        line__order=order_id, state=Allocation.State.ACTIVE, pick_line=None
    )
    in_walking_order = claims.order_by(
        "level__location__walk_order", "level__location__code", "line__position", "pk"
    )
    return in_walking_order.annotate(warehouse_id=F("level__location__warehouse_id"))


def lines_with_code(pick_list_id: int, code: str) -> list[PickLine]:
    """Return a pick list's lines for what this SKU or GTIN names, in walking order."""
    product = Q(order_line__product__sku__iexact=code) | Q(
        order_line__product__gtin=code, order_line__product__gtin__gt=""
    )
    lines = PickLine.objects.filter(product, pick_list=pick_list_id)
    return list(lines.select_related("order_line__product").order_by("position"))


@compiled
def lines_with_claims(pick_list_id: int) -> QuerySet[PickLine]:
    """Return a pick list's lines with their active claims."""
    lines = PickLine.objects.filter(
        pick_list=pick_list_id, allocation__state=Allocation.State.ACTIVE
    )
    return lines.select_related("allocation").order_by("position")
