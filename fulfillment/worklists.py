"""What the floor's screens list, each in a fixed number of queries."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Window

from credit.models import Hold
from fulfillment.models import CountTask, Location, PickBatch, PickLine, PickList, StockLevel
from fulfillment.selectors import (
    BACKORDERED,
    RANK,
    TO_SHIP,
    backordered_lines,
    free_stock,
    in_rank,
    lines_walked_together,
    picked_from,
)
from o2c.kernel.text import fold
from orders.models import Order, OrderLine

OPEN_STATES = (
    PickList.State.RELEASED,
    PickList.State.PICKING,
    PickList.State.PICKED,
    PickList.State.PACKED,
)


def open_pick_lists(*, state: str = "", text: str = "", zone: str = "") -> QuerySet[PickList]:
    """Return what is on the floor, wanted first comes first, with how far each list is.

    `zone`: only what lies in this zone as a whole.
    """
    pick_lists = PickList.objects.filter(state=state) if state in OPEN_STATES else _on_the_floor()
    if zone:
        pick_lists = _in_zone(pick_lists, zone)
    if text:
        pick_lists = pick_lists.filter(
            Q(number__iexact=text)
            | Q(order__number__iexact=text)
            | Q(order__customer__folded_name__contains=fold(text))
        )
    return _with_progress(pick_lists).order_by("order__requested_on", "pk")


def _with_progress(pick_lists: QuerySet[PickList]) -> QuerySet[PickList]:
    """Say how far lists are; `short_count`: what was not found here still waits (`is_short`)."""
    done = Q(lines__picked__isnull=False) | Q(lines__scanned=F("lines__quantity"))
    waits = Q(
        lines__order_line__ordered__gt=F("lines__order_line__cancelled")
        + F("lines__order_line__shipped")
        + F("lines__order_line__allocated")
    )
    return pick_lists.select_related("order__customer", "picker", "warehouse", "batch").annotate(
        line_count=Count("lines"),
        done_count=Count("lines", filter=done),
        short_count=Count("lines", filter=waits & Q(lines__picked__lt=F("lines__quantity"))),
    )


def _in_zone(pick_lists: QuerySet[PickList], zone: str) -> QuerySet[PickList]:
    elsewhere = PickLine.objects.filter(pick_list=OuterRef("pk")).exclude(
        allocation__level__location__zone=zone
    )
    return pick_lists.filter(~Exists(elsewhere))


def zones() -> list[str]:
    """Return the zones of all houses, by which the floor's lists can be chosen."""
    found = Location.objects.filter(is_active=True, kind__in=Location.PICKED_FROM)
    return sorted(set(found.exclude(zone="").values_list("zone", flat=True).distinct()))


def waiting_pick_lists(warehouse_id: int, *, zone: str = "") -> QuerySet[PickList]:
    """Return the lists of a house that can go into a batch, wanted first comes first."""
    waiting = PickList.objects.filter(
        warehouse=warehouse_id, state=PickList.State.RELEASED, batch=None
    )
    waiting = _in_zone(waiting, zone) if zone else waiting
    return waiting.order_by("order__requested_on", "pk")


def in_totes(batch: PickBatch) -> list[PickList]:
    """Return the lists of a batch, each with how far it is and its `tote`, the first is 1."""
    pick_lists = list(_with_progress(PickList.objects.filter(batch=batch)).order_by("pk"))
    for tote, pick_list in enumerate(pick_lists, start=1):
        pick_list.tote = tote  # type: ignore[attr-defined]  # for pages, papers and systems
    return pick_lists


def walk_of(pick_lists: Sequence[PickList]) -> list[PickLine]:
    """Return the lines of lists in totes in one walk, each with its `tote`; one statement."""
    by_key = {pick_list.pk: pick_list for pick_list in pick_lists}
    lines = lines_walked_together(by_key)
    for line in lines:
        line.pick_list = by_key[line.pick_list_id]
        line.tote = line.pick_list.tote  # type: ignore[attr-defined]  # for pages and papers
    return lines


def _on_the_floor() -> QuerySet[PickList]:
    return PickList.objects.filter(state__in=OPEN_STATES)


def floor_counts() -> dict[str, int]:
    """Return how many pick lists are in each open state."""
    counts = _on_the_floor().values_list("state").annotate(number=Count("pk")).order_by("state")
    return {str(state): 0 for state in OPEN_STATES} | dict(counts)


def ready_orders() -> QuerySet[Order]:
    """Return orders with allocated goods that no pick list has, wanted first comes first.

    Those that a hold stops (`is_held`) come last.
    """
    ready = Q(lines__allocated__gt=F("lines__picking") - F("lines__shipped"))
    waiting = backordered_lines().filter(order=OuterRef("pk"))
    held = Hold.objects.stopping_customers().filter(customer=OuterRef("customer"))
    return (
        Order.objects.filter(state__in=TO_SHIP)
        .annotate(
            ready_count=Count("lines", filter=ready),
            line_count=Count("lines"),
            is_held=Exists(held),
        )
        .filter(ready_count__gt=0)
        .exclude(Q(customer__ships_complete=True) & Exists(waiting))
        .select_related("customer")
        .order_by("is_held", "requested_on", "pk")
    )


def ready_counts() -> dict[str, int]:
    """Return how many orders can be released (`ready`), and how many a hold stops (`held`)."""
    return ready_orders().aggregate(
        ready=Count("pk", filter=Q(is_held=False)), held=Count("pk", filter=Q(is_held=True))
    )


def sheet_lines(pick_list: PickList) -> list[PickLine]:
    """Return the lines of a pick list in walking order, with item and place."""
    lines = PickLine.objects.filter(pick_list=pick_list).select_related(
        "order_line__product__unit", "allocation__level__location", "allocation__level__lot"
    )
    return list(lines.order_by("position"))


def stock_levels(*, text: str = "", view: str = "") -> QuerySet[StockLevel]:
    """Return stock by SKU and place, or what the search finds.

    `view` is empty (what is there), `aside` (what is not picked from) or `all` (empty places too).
    """
    levels = StockLevel.objects.select_related("product", "location__warehouse", "lot")
    if text:
        levels = levels.filter(
            Q(product__folded_text__contains=fold(text))
            | Q(location__code__iexact=text)
            | Q(lot__code__iexact=text)
        )
    if view != "all":
        levels = levels.filter(on_hand__gt=0)
    if view == "aside":
        is_recalled = Q(lot__isnull=False) & ~Q(lot__blocked_reason="")
        levels = levels.filter(~Q(location__kind__in=Location.PICKED_FROM) | is_recalled)
    return levels.order_by(
        "product__sku", F("lot__expires_on").asc(nulls_last=True), "location__code", "pk"
    )


def waiting_lines(*, at: datetime) -> QuerySet[OrderLine]:
    """Return backordered lines as they will be served, each with what is `free` of its product,
    and how much of it the lines `ahead` wait for.
    """
    lines = backordered_lines().select_related("order__customer", "product")
    served = Window(Sum(BACKORDERED), partition_by="product", order_by=RANK)
    return in_rank(lines).annotate(free=free_stock("product", at=at), ahead=served - BACKORDERED)


def open_counts() -> QuerySet[CountTask]:
    """Return what is to be counted: first what keeps goods from being promised, then the oldest.

    `picked` of it is not at its place any more, but still in the house; `lying` is what is.
    """
    tasks = CountTask.objects.filter(state=CountTask.State.OPEN)
    tasks = tasks.annotate(picked=picked_from("level"))
    tasks = tasks.annotate(lying=F("level__on_hand") - F("picked"))
    tasks = tasks.select_related("level__product", "level__location__warehouse", "level__lot")
    return tasks.order_by("-blocks", "opened_at", "pk")
