"""What comes back: what may, what is on its way, and what became of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from fulfillment.models import StockMove
from o2c.kernel.money import ZERO
from shipping.models import ProofOfDelivery, Return, ReturnLine, Shipment, ShipmentLine

PAGE_SIZE = 50
OPEN = (Return.State.ANNOUNCED, Return.State.RECEIVED, Return.State.INSPECTED)
# The view of what could not be put away.
STUCK = "stuck"
QUANTITY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=12, decimal_places=3)
# What is announced counts until the goods are here; then what has come.
COUNTED = Case(
    When(of__state=Return.State.ANNOUNCED, then=F("announced")),
    default=F("received"),
    output_field=QUANTITY,
)


def returnable(lines: Mapping[int, ShipmentLine]) -> dict[int, Decimal]:
    """Return how much of each shipped line can still come back; one statement."""
    back = ReturnLine.objects.filter(shipment_line__in=list(lines)).values_list("shipment_line")
    taken = dict(back.annotate(sum=Sum(COUNTED)))
    return {key: line.quantity - taken.get(key, ZERO) for key, line in lines.items()}


def refused_and_announced(line_ids: Collection[int]) -> dict[int, Decimal]:
    """Return how much of each shipped line comes back, or has come, refused at the door."""
    standing = ReturnLine.objects.filter(
        shipment_line__in=list(line_ids), reason=ReturnLine.Reason.REFUSED
    ).exclude(of__state=Return.State.REFUSED, received=0)
    return dict(standing.values_list("shipment_line").annotate(sum=Sum("announced")))


def arrival_after_loss(shipment: Shipment) -> ProofOfDelivery | None:
    """Return the proof that goods have arrived which are settled as lost, if there is one."""
    if shipment.state != Shipment.State.LOST or shipment.delivered_at:
        return None
    return ProofOfDelivery.objects.filter(shipment=shipment, lines__accepted__gt=0).first()


def lines_to_return(lines: QuerySet[ShipmentLine]) -> QuerySet[ShipmentLine]:
    """Return those of them that left, with `left`: how much of each can still come back."""
    back = ReturnLine.objects.filter(shipment_line=OuterRef("pk")).values("shipment_line")
    taken = Coalesce(Subquery(back.annotate(sum=Sum(COUNTED)).values("sum")), ZERO)
    return (
        lines.filter(shipment__dispatched_at__isnull=False)
        .annotate(left=F("quantity") - taken)
        .filter(left__gt=0)
        .select_related("shipment", "order", "order_line__product__unit")
        .order_by("-shipment", "pk")
    )


def worklist(view: str) -> QuerySet[Return]:
    """Return the returns of a state, all open or all stuck ones, with `line_count`."""
    if view == STUCK:
        rows = stuck_returns()
    else:
        rows = Return.objects.filter(state__in=OPEN if view == "open" else [view])
    rows = rows.select_related("customer", "warehouse")
    return rows.annotate(line_count=Count("lines")).order_by("-pk")


def counts() -> dict[str, int]:
    """Return how many returns are in each state."""
    return dict(Return.objects.values_list("state").annotate(number=Count("pk")).order_by())


def returns_of(customer_id: int) -> QuerySet[Return]:
    """Return a customer's returns with their lines, the newest first."""
    return with_lines(Return.objects.filter(customer=customer_id)).order_by("-pk")


def with_lines(rows: QuerySet[Return]) -> QuerySet[Return]:
    return rows.prefetch_related(Prefetch("lines", lines_for_page()))


def lines_for_page() -> QuerySet[ReturnLine]:
    """Return lines of returns with all that is shown of each."""
    return ReturnLine.objects.select_related(
        "shipment_line__order",
        "shipment_line__shipment",
        "shipment_line__order_line__product__unit",
        "lot",
        "location",
    ).order_by("pk")


def not_credited(return_ids: Iterable[int]) -> QuerySet[ReturnLine]:
    """Return lines that are not credited, or not in full, with `refused`: how much of each.

    Nothing is credited of a refused return; before it has come, what was announced counts.
    """
    kept = Case(
        When(of__state=Return.State.REFUSED, received=0, then=F("announced")),
        When(of__state=Return.State.REFUSED, then=F("received")),
        default=F("received") - F("accepted"),
        output_field=QUANTITY,
    )
    lines = lines_for_page().filter(of__in=list(return_ids))
    return lines.annotate(refused=kept).filter(refused__gt=0)


def waiting_to_be_stored(return_ids: Iterable[int]) -> QuerySet[ReturnLine]:
    """Return lines that were looked at and go to a place of ours, and are not there yet."""
    to_stock = Q(disposition__in=ReturnLine.TO_STOCK, location__isnull=False, received__gt=0)
    source = Concat(Value("return:"), Cast(OuterRef("pk"), CharField()))
    moved = StockMove.objects.filter(kind=StockMove.Kind.RETURN, source=source)
    lines = ReturnLine.objects.filter(to_stock, ~Exists(moved), of__in=list(return_ids))
    return lines.order_by("pk")


def is_lost(return_id: int) -> bool:
    """Say whether a return stands for goods that were lost on the way to the customer."""
    return ReturnLine.objects.filter(of=return_id, reason=ReturnLine.Reason.LOST).exists()


def losses_of(shipment_id: int) -> QuerySet[Return]:
    """Return what was settled of a shipment because it was lost."""
    lost = ReturnLine.objects.filter(
        shipment_line__shipment=shipment_id, reason=ReturnLine.Reason.LOST
    )
    return Return.objects.filter(pk__in=lost.values("of")).order_by("pk")


def lost_lines(shipment_id: int) -> dict[str, list[str]]:
    """Return by order number what was settled as lost: `POSITION:QUANTITY`, as one orders again."""
    lost = ReturnLine.objects.filter(
        shipment_line__shipment=shipment_id, reason=ReturnLine.Reason.LOST
    )
    sums = lost.values_list(
        "shipment_line__order__number", "shipment_line__order_line__position"
    ).annotate(sum=Sum("accepted"))
    found: dict[str, list[str]] = defaultdict(list)
    for number, position, quantity in sorted(sums):
        found[number].append(f"{position}:{quantity.normalize():f}")
    return dict(found)


def stuck_returns() -> QuerySet[Return]:
    """Return the returns of which something could not be put away and waits for a person."""
    return Return.objects.filter(pk__in=ReturnLine.objects.exclude(problem="").values("of"))
