"""How much of an order has arrived: what is billed or paid says nothing of that."""

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, TextChoices, Value, When
from django.db.models.functions import Coalesce, Greatest

from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine

WANTED = F("ordered") - F("cancelled")


class Arrival(TextChoices):
    """What became of all that left, of the quantities of an order's lines."""

    NOTHING_SENT = "nothing_sent"
    ON_THE_WAY = "on_the_way"
    PART = "part"
    ALL = "all"
    # Nothing of it comes any more: it was lost, or it came back before it arrived.
    NEVER = "never"
    REST_NEVER = "rest_never"


def with_arrival(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    """Annotate `arrival`, an `Arrival`, in the statement that reads the orders.

    What is lost, or comes back from the door, is counted as returned and comes no more.
    """
    gone = Greatest(F("shipped") - F("delivered") - F("returned"), ZERO)
    sums = (
        OrderLine.objects.filter(order=OuterRef("pk"))
        .order_by()
        .values("order")
        .annotate(
            sent=Sum("shipped"),
            here=Sum("delivered"),
            missing=Sum(Greatest(WANTED - F("delivered"), ZERO)),
            coming=Sum(gone),
            unsent=Sum(Greatest(WANTED - F("shipped"), ZERO)),
        )
    )
    stage = Case(
        When(missing=ZERO, sent__gt=ZERO, then=Value(Arrival.ALL)),
        When(sent__gt=ZERO, coming=ZERO, unsent=ZERO, here=ZERO, then=Value(Arrival.NEVER)),
        When(sent__gt=ZERO, coming=ZERO, unsent=ZERO, then=Value(Arrival.REST_NEVER)),
        When(here__gt=ZERO, then=Value(Arrival.PART)),
        When(coming__gt=ZERO, then=Value(Arrival.ON_THE_WAY)),
        default=Value(Arrival.NOTHING_SENT),
    )
    arrival = Subquery(sums.annotate(arrival=stage).values("arrival"))
    return orders.annotate(arrival=Coalesce(arrival, Value(Arrival.NOTHING_SENT)))
