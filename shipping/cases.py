"""What the screens of delivery cases show, each in a fixed number of statements."""

from datetime import date

from django.db.models import Count, DateField, Min, OuterRef, Q, QuerySet, Subquery

from o2c.kernel import roles
from o2c.kernel.models import User
from shipping.models import DeliveryCase, Shipment, ShipmentLine, StrayEvent

PAGE_SIZE = 50
OPEN, MINE, RESOLVED = "open", "mine", "resolved"
VIEWS = (OPEN, MINE, RESOLVED)
State = DeliveryCase.State


def promised_on() -> Subquery:
    """What was first promised of the lines that a shipment carries, the earliest of them."""
    lines = ShipmentLine.objects.filter(shipment=OuterRef("shipment")).order_by()
    earliest = lines.values("shipment").annotate(day=Min("order_line__promised_on"))
    return Subquery(earliest.values("day"), output_field=DateField())


def promise_of(shipment: Shipment) -> date | None:
    """Return the earliest day that was promised of what a shipment carries; None: there is none."""
    day: date | None = shipment.lines.aggregate(day=Min("order_line__promised_on"))["day"]
    return day


def worklist(view: str, *, user_id: int) -> QuerySet[DeliveryCase]:
    """Return cases with shipment, customer and owner: open ones by urgency, others newest first."""
    cases = DeliveryCase.objects.select_related(
        "shipment__customer", "shipment__carrier", "shipment__ship_to", "owner"
    ).annotate(promised_on=promised_on())
    if view == RESOLVED:
        return cases.filter(state=State.RESOLVED).order_by("-resolved_at", "-pk")
    cases = cases.filter(state=State.OPEN)
    if view == MINE:
        cases = cases.filter(owner=user_id)
    return cases.order_by("due_at", "pk")


def counts(user_id: int) -> dict[str, int]:
    """Return how many cases each view holds, and how many reports no shipment has."""
    is_open = Q(state=State.OPEN)
    found = DeliveryCase.objects.aggregate(
        open=Count("pk", filter=is_open),
        mine=Count("pk", filter=is_open & Q(owner=user_id)),
        resolved=Count("pk", filter=Q(state=State.RESOLVED)),
    )
    return {**found, "strays": StrayEvent.objects.filter(state=StrayEvent.State.OPEN).count()}


def case_for_page(case_id: int) -> DeliveryCase:
    """Return a case with what its page shows.

    Raises:
        DeliveryCase.DoesNotExist: no such case.
    """
    cases = DeliveryCase.objects.select_related(
        "shipment__customer",
        "shipment__carrier",
        "shipment__ship_to",
        "shipment__warehouse",
        "owner",
    )
    return cases.annotate(promised_on=promised_on()).get(pk=case_id)


def owners() -> QuerySet[User]:
    """Return who may be given a case: people who work with deliveries and with customers."""
    names = (roles.SHIPPING, roles.WAREHOUSE, roles.SALES_REP, roles.ADMINISTRATOR)
    people = User.objects.filter(groups__name__in=names, is_active=True)
    return people.distinct().order_by("first_name", "last_name", "pk")
