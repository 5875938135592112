"""What the screens about stock list beyond the levels, each in a fixed number of queries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from fulfillment.models import (
    Allocation,
    ExpectedReceipt,
    Location,
    Lot,
    PickList,
    ReorderLevel,
    ShipTolerance,
    SourcingRule,
    StockLevel,
    Warehouse,
)
from fulfillment.selectors import usable_levels
from fulfillment.services.tolerating import ROLES
from o2c.kernel.text import fold

QUANTITY = DecimalField(max_digits=14, decimal_places=3)
NONE = Value(Decimal(0), output_field=QUANTITY)


def expected_receipts(*, view: str, text: str, today: date) -> QuerySet[ExpectedReceipt]:
    """Return what is expected, the soonest first; `view` is open, late or closed."""
    rows = ExpectedReceipt.objects.select_related("product", "warehouse")
    state = ExpectedReceipt.State.CLOSED if view == "closed" else ExpectedReceipt.State.OPEN
    rows = rows.filter(state=state)
    if view == "late":
        rows = rows.filter(expected_on__lt=today)
    if text:
        named = Q(reference__icontains=text) | Q(supplier__icontains=text)
        rows = rows.filter(named | Q(product__folded_text__contains=fold(text)))
    if view == "closed":
        return rows.order_by("-expected_on", "-pk")
    return rows.order_by("expected_on", "pk")


def lots(*, view: str, text: str, today: date) -> QuerySet[Lot]:
    """Return lots with what of them lies here, first to expire first.

    `view` is stock (what is here), expired (may not leave any more) or recalled.
    """
    rows = Lot.objects.select_related("product").annotate(
        on_hand=Coalesce(Sum("stock_levels__on_hand"), NONE),
        allocated=Coalesce(Sum("stock_levels__allocated"), NONE),
    )
    if view == "recalled":
        rows = rows.exclude(blocked_reason="")
    elif view == "expired":
        rows = rows.filter(on_hand__gt=0, expires_on__lt=today)
    elif not text:
        rows = rows.filter(on_hand__gt=0)
    if text:
        rows = rows.filter(Q(code__iexact=text) | Q(product__folded_text__contains=fold(text)))
    return rows.order_by(F("expires_on").asc(nulls_last=True), "product__sku", "code", "pk")


def levels_of_lot(lot: Lot) -> QuerySet[StockLevel]:
    """Return where a lot lies, or lay."""
    levels = StockLevel.objects.filter(lot=lot).select_related("location__warehouse")
    return levels.order_by("-on_hand", "location__code", "pk")


def on_hand_of_lot(lot: Lot) -> Decimal:
    """Return how much of a lot lies here, wherever."""
    summed = StockLevel.objects.filter(lot=lot).aggregate(on_hand=Coalesce(Sum("on_hand"), NONE))
    return Decimal(summed["on_hand"])


def takers_of_lot(lot: Lot) -> QuerySet[Allocation]:
    """Return who got some of a lot, or has it packed or claimed, the latest first."""
    got = Allocation.objects.filter(level__lot=lot).exclude(state=Allocation.State.RELEASED)
    return got.select_related("line__order__customer", "pick_line__pick_list").order_by("-pk")


def taker_rows(lot: Lot) -> QuerySet[Allocation, tuple[Any, ...]]:
    """Return all of `takers_of_lot` as rows for a file, in one statement; `state` is a code."""
    return takers_of_lot(lot).values_list(
        "line__order__number",
        "line__order__customer_po",
        "line__order__customer__number",
        "line__order__customer__name",
        "line__order__ship_to__city",
        "line__order__ship_to__country",
        "line__sku",
        "quantity",
        "line__unit",
        "state",
        "pick_line__pick_list__number",
        "allocated_at",
    )


def packed_with_lot(lot: Lot) -> QuerySet[PickList]:
    """Return pick lists with a lot that are packed and have not left."""
    lines = Q(lines__allocation__level__lot=lot, lines__allocation__state="active")
    packed = PickList.objects.filter(lines, state=PickList.State.PACKED)
    return packed.distinct().order_by("pk")


def low_stock(*, on: date) -> QuerySet[ReorderLevel]:
    """Return what is watched, what lacks most first: `free`, `coming`, and what is `missing`."""
    return _watched(on=on).filter(free__lt=F("minimum")).order_by("-missing", "product__sku", "pk")


def reorder_levels(*, on: date) -> QuerySet[ReorderLevel]:
    """Return all that is watched, by SKU."""
    return _watched(on=on).order_by("product__sku", "warehouse__code", "pk")


def _watched(*, on: date) -> QuerySet[Any]:
    here = usable_levels(on=on).filter(
        product=OuterRef("product"), location__warehouse=OuterRef("warehouse")
    )
    free = here.order_by().values("product").annotate(sum=Sum(F("on_hand") - F("allocated")))
    due = ExpectedReceipt.objects.filter(
        product=OuterRef("product"),
        warehouse=OuterRef("warehouse"),
        state=ExpectedReceipt.State.OPEN,
    )
    coming = (
        due.order_by()
        .values("product")
        .annotate(sum=Sum(Greatest(F("quantity") - F("received"), NONE)))
    )
    watched = ReorderLevel.objects.select_related("product", "warehouse").annotate(
        free=Coalesce(Subquery(free.values("sum"), output_field=QUANTITY), NONE),
        coming=Coalesce(Subquery(coming.values("sum"), output_field=QUANTITY), NONE),
    )
    return watched.annotate(missing=Greatest(F("target") - F("free") - F("coming"), NONE))


def warehouses() -> QuerySet[Warehouse]:
    """Return the houses, with how many places each has in use."""
    in_use = Count("locations", filter=Q(locations__is_active=True))
    return Warehouse.objects.annotate(place_count=in_use).order_by("code")


def tolerances() -> list[ShipTolerance]:
    """Return how much more or less each role may send, with its `name` in words."""
    rows = list(ShipTolerance.objects.order_by("role"))
    for row in rows:
        row.name = dict(ROLES).get(row.role, row.role)  # type: ignore[attr-defined]  # for the page
    return rows


def locations_of(warehouse: Warehouse, *, text: str = "") -> QuerySet[Location]:
    """Return the places of a house in walking order."""
    places = Location.objects.filter(warehouse=warehouse)
    if text:
        places = places.filter(Q(code__icontains=text) | Q(zone__iexact=text))
    return places.order_by("walk_order", "code", "pk")


def sourcing_rules() -> QuerySet[SourcingRule]:
    """Return which house is asked for which country, in the order in which they are asked."""
    rules = SourcingRule.objects.select_related("warehouse")
    return rules.order_by("-country", "rank", "warehouse__code", "pk")
