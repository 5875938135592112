"""What the set-up screens show, each in a fixed number of statements."""

from typing import Any

from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from o2c.kernel.models import AuditEntry
from shipping.models import (
    Booking,
    Carrier,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
)

PAGE_SIZE = 50
MOST_ENTRIES = 20


def carriers() -> QuerySet[Carrier]:
    """Return the carriers with what belongs to each, counted."""
    return (
        Carrier.objects.select_related("poll")
        .annotate(
            service_count=_count(CarrierService, "carrier"),
            pickup_count=_count(PickupSchedule, "carrier"),
            rate_count=_count(FreightRate, "service__carrier"),
            to_mend=_count(Booking, "carrier", state__in=Booking.TO_MEND),
        )
        .order_by("name", "pk")
    )


def parts(kind: str, carrier: Carrier) -> QuerySet[Any]:
    """Return what of a kind belongs to a carrier, in the order in which people look for it."""
    found: dict[str, QuerySet[Any]] = {
        "services": CarrierService.objects.filter(carrier=carrier).order_by("code"),
        "zones": FreightZone.objects.filter(carrier=carrier).order_by("code"),
        "rates": FreightRate.objects.filter(service__carrier=carrier)
        .select_related("service", "zone")
        .order_by("service__code", "zone__code", "currency", "from_weight_kg", "-valid_from"),
        "pickups": PickupSchedule.objects.filter(carrier=carrier)
        .select_related("warehouse", "service")
        .order_by("warehouse__code", "weekday", "cut_off"),
        "closures": PickupClosure.objects.filter(carrier=carrier)
        .select_related("warehouse")
        .order_by("-day", "pk"),
    }
    return found[kind]


def entries_of(carrier: Carrier) -> list[AuditEntry]:
    """Return who last changed what of a carrier, the latest first."""
    label = f"carrier:{carrier.pk}"
    entries = AuditEntry.objects.filter(objects_touched__contains=[label], subject=label)
    return list(entries.order_by("-pk")[:MOST_ENTRIES])


def _count(model: type[Model], path: str, **filters: Any) -> Coalesce:
    mine = model._default_manager.filter(**{path: OuterRef("pk")}, **filters).order_by()
    counted = mine.values(path).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
