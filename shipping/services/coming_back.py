"""Shipments that never arrived: once all of them is here again, they are over."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.money import ZERO
from shipping.models import ReturnLine, Shipment, ShipmentLine
from shipping.services.cases import ENDED_BY_RETURN, end_by_return, hold_open


def hold_undelivered(line_ids: Iterable[int]) -> list[Shipment]:
    """Lock the shipments of such lines, of locked orders; return those that never arrived.

    Their cases are locked as well: further down the ladder stands the return that ends them.
    """
    lines = ShipmentLine.objects.filter(pk__in=list(line_ids))
    held = lock_many(Shipment, set(lines.values_list("shipment", flat=True))).values()
    waiting = [row for row in held if row.state in Shipment.ON_THE_WAY and not row.delivered_at]
    if waiting:
        hold_open(waiting, ENDED_BY_RETURN)
    return waiting


def end_returned(waiting: Collection[Shipment], *, number: str, at: datetime, actor: Actor) -> None:
    """End those of the locked shipments of which nothing is missing here any more."""
    if not waiting:
        return
    missing = set(_missing(waiting))
    back = [shipment for shipment in waiting if shipment.pk not in missing]
    if not back:
        return
    for shipment in back:
        shipment.come_back()
    words = _("It came back: %(number)s.") % {"number": number}
    audit.save_many({shipment: [] for shipment in back}, at=at, actor=actor, reason=words)
    end_by_return(back, resolution=words, at=at, actor=actor)


def _missing(shipments: Collection[Shipment]) -> Iterable[int]:
    """Return the keys of the shipments of which not all is here again."""
    received = ReturnLine.objects.filter(shipment_line=OuterRef("pk")).values("shipment_line")
    summed = Subquery(received.annotate(sum=Sum("received")).values("sum"))
    lines = ShipmentLine.objects.filter(shipment__in=shipments)
    away = lines.annotate(here=Coalesce(summed, Value(ZERO))).filter(here__lt=F("quantity"))
    return away.values_list("shipment", flat=True)
