"""What others ask about stock and the work on the floor."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, RowNumber

from fulfillment.models import (
    Allocation,
    CountTask,
    Location,
    PackageLine,
    PickLine,
    PickList,
    Reservation,
    StockLevel,
)
from o2c.kernel.company import local_date, the_company
from o2c.kernel.compiled import compiled
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine

# A delivery serves at most so many lines at once; the daily run serves those behind them.
MOST_SERVED = 20_000
# In so many working days what is not in stock is bought again, where no product says otherwise.
REPLENISHMENT_WORKING_DAYS = 10
# No purchase order is dated further off: a day beyond is a slip of the keyboard.
HORIZON = timedelta(days=5 * 366)
TO_SHIP = (Order.State.RELEASED, Order.State.FULFILLING)
WAITS = Q(ordered__gt=F("cancelled") + F("shipped") + F("allocated"))
BACKORDERED = F("ordered") - F("cancelled") - F("shipped") - F("allocated")
# By the priority of the order or of its customer, then by what was promised first, then by who
# waits longest.
RANK = ("rank", F("promised_on").asc(nulls_last=True), "order__released_at", "pk")


def backordered_lines() -> QuerySet[OrderLine]:
    """Return the lines of confirmed orders that wait for stock."""
    return OrderLine.objects.filter(WAITS, order__state__in=TO_SHIP)


def in_rank(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Put waiting lines in the order in which they are served, as `RANK` says."""
    return lines.annotate(rank=Coalesce("order__priority", "order__customer__priority")).order_by(
        *RANK
    )


def ranked_for(product_ids: Iterable[int]) -> QuerySet[OrderLine]:
    """Return the lines that wait for these products, in the order in which they are served."""
    return in_rank(backordered_lines().filter(product_id__in=list(product_ids)))


def first_of_each(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Return waiting lines in their rank, at most `MOST_SERVED`: the first ones of each product.

    However many wait for one product, those who wait for another are looked at.
    """
    place = Window(RowNumber(), partition_by="product", order_by=RANK)
    first = in_rank(lines).annotate(place=place).order_by("place", *RANK).values("pk")
    return in_rank(backordered_lines().filter(pk__in=first[:MOST_SERVED]))


def waiting_for(more: Mapping[int, Decimal]) -> list[int]:
    """Return the orders that so much more, `{product: quantity}`, can serve, in their rank."""
    left = {key: quantity for key, quantity in more.items() if quantity > 0}
    lines = first_of_each(backordered_lines().filter(product_id__in=list(left)))
    waiting = lines.values_list("order_id", "product_id", BACKORDERED)
    served: dict[int, None] = {}
    for order_id, product_id, wanted in waiting:
        if not left:
            break
        if product_id not in left:
            continue
        served[order_id] = None
        left[product_id] -= wanted
        if left[product_id] <= 0:
            del left[product_id]
    return list(served)


def today_of(at: datetime) -> date:
    """Return our own calendar day at an instant."""
    return local_date(at, the_company())


def usable_levels(*, on: date) -> QuerySet[StockLevel]:
    """Return the levels that can be promised and picked from on a day.

    Not what lies outside of the storage places, of a lot that is blocked or has expired by then, or
    what must be counted first. `services.taking` says the same; a test compares them.
    """
    sound_lot = Q(lot__blocked_reason="") & (Q(lot__expires_on=None) | Q(lot__expires_on__gte=on))
    in_doubt = CountTask.objects.filter(
        level=OuterRef("pk"), state=CountTask.State.OPEN, blocks=True
    )
    return StockLevel.objects.filter(
        Q(lot=None) | sound_lot,
        ~Exists(in_doubt),
        location__kind__in=Location.PICKED_FROM,
        location__is_active=True,
    )


def picked_from(level: str) -> Coalesce:
    """Return what was taken from the level that this column of the outer query names and is still
    in the house: in totes and packages. The books have it at its place until it leaves.
    """
    taken = PickLine.objects.filter(
        allocation__level=OuterRef(level), allocation__state=Allocation.State.ACTIVE
    )
    per_level = taken.order_by().values("allocation__level")
    summed = per_level.annotate(summed=Sum(Coalesce("picked", "scanned")))
    return Coalesce(
        Subquery(summed.values("summed"), output_field=DecimalField()),
        Value(ZERO, output_field=DecimalField()),
    )


def picked_of(level_id: int) -> Decimal:
    """Return what was taken from a level and is still in the house.

    Raises:
        StockLevel.DoesNotExist: no such level.
    """
    rows = StockLevel.objects.values_list(picked_from("pk"))
    picked: Decimal = rows.get(pk=level_id)[0]
    return picked


def live_reservations(*, at: datetime) -> QuerySet[Reservation]:
    """Return what is kept back at an instant."""
    return Reservation.objects.filter(state=Reservation.State.LIVE, expires_at__gt=at)


def kept_until(holders: Iterable[str], *, at: datetime) -> datetime | None:
    """Return until when something is kept back for these holders; None: nothing is."""
    kept = live_reservations(at=at).filter(holder__in=list(holders))
    return kept.order_by("expires_at").values_list("expires_at", flat=True).first()


def free_stock(product: str, *, at: datetime) -> CombinedExpression:
    """Return what can be promised now of the product that this column of the outer query names:
    what nobody claims and nothing is kept back for.
    """
    usable = usable_levels(on=today_of(at)).filter(product=OuterRef(product))
    kept = live_reservations(at=at).filter(product=OuterRef(product))
    return _sum_of(usable, F("on_hand") - F("allocated")) - _sum_of(kept, F("quantity"))


def _sum_of(rows: QuerySet[Any], quantity: F | CombinedExpression) -> Coalesce:
    summed = rows.order_by().values("product").annotate(summed=Sum(quantity))
    return Coalesce(
        Subquery(summed.values("summed"), output_field=DecimalField()),
        Value(ZERO, output_field=DecimalField()),
    )


def unpicked_claims(line_ids: Iterable[int]) -> list[Allocation]:
    """Return the lines' claims that are on no pick list, newest first."""
    claims = Allocation.objects.filter(
        line__in=list(line_ids), state=Allocation.State.ACTIVE, pick_line=None
    )
    return list(claims.order_by("-pk"))


def owners_of(pick_list_id: int) -> tuple[int, int | None]:
    """Return the keys of a pick list's order and batch, to be locked before the list.

    Raises:
        PickList.DoesNotExist: no such pick list.
    """
    for order_id, batch_id in _owners_of(pick_list_id):
        return order_id, batch_id
    raise PickList.DoesNotExist


@compiled
def _owners_of(pick_list_id: int) -> QuerySet[PickList, tuple[int, int | None]]:
    return PickList.objects.filter(pk=pick_list_id).values_list("order_id", "batch_id")


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


def lines_with_items(pick_list_id: int) -> list[PickLine]:
    """Return a pick list's lines in walking order, each with its item, place and lot."""
    return list(_with_items(PickLine.objects.filter(pick_list=pick_list_id)).order_by("position"))


def lines_walked_together(pick_list_ids: Iterable[int]) -> list[PickLine]:
    """Return the lines of several lists in one walk, each with its item, place and lot."""
    lines = PickLine.objects.filter(pick_list__in=list(pick_list_ids))
    return list(
        _with_items(lines).order_by(
            "allocation__level__location__walk_order",
            "allocation__level__location__code",
            "pick_list",
            "position",
        )
    )


def _with_items(lines: QuerySet[PickLine]) -> QuerySet[PickLine]:
    return lines.select_related(
        "order_line__product__unit", "allocation__level__lot", "allocation__level__location"
    )


def lines_with_packed(pick_list_id: int) -> list[PickLine]:
    """Return what was found of a pick list: item, lot and `in_boxes`, what of it is packed."""
    packed = (
        PackageLine.objects.filter(pick_line=OuterRef("pk"))
        .order_by()
        .values("pick_line")
        .annotate(summed=Sum("quantity"))
    )
    lines = PickLine.objects.filter(pick_list=pick_list_id, picked__gt=0).annotate(
        in_boxes=Coalesce(
            Subquery(packed.values("summed"), output_field=DecimalField()),
            Value(ZERO, output_field=DecimalField()),
        )
    )
    return list(
        lines.select_related(
            "order_line__product", "allocation__level__lot", "allocation__level__location"
        ).order_by("position")
    )


@compiled
def lines_with_claims(pick_list_id: int) -> QuerySet[PickLine]:
    """Return a pick list's lines with their active claims."""
    lines = PickLine.objects.filter(
        pick_list=pick_list_id, allocation__state=Allocation.State.ACTIVE
    )
    return lines.select_related("allocation").order_by("position")
