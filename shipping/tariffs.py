"""What the planner and the pages ask about freight."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Prefetch, Q, Sum

from o2c.kernel.company import local_date, the_company
from o2c.kernel.money import ZERO
from shipping.freight import Goods, Tariffs
from shipping.models import CarrierService, FreightRate, FreightZone, Shipment, ShipmentLine


def tariffs_of(carrier_ids: Iterable[int], *, at: datetime) -> Tariffs:
    """Return the carriers' tariffs of the day, in the company's currency."""
    company, ids = the_company(), list(carrier_ids)
    rates = FreightRate.objects.filter(_valid(local_date(at, company)), currency=company.currency)
    services = (
        CarrierService.objects.filter(carrier__in=ids, is_active=True)
        .prefetch_related(Prefetch("rates", rates, to_attr="valid_rates"))
        .order_by("pk")
    )
    zones = FreightZone.objects.filter(carrier__in=ids).order_by("pk")
    return Tariffs(services, zones, company.currency)


def _valid(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def goods_of(shipments: Iterable[Shipment]) -> Mapping[int, Goods]:
    """Return what each shipment carries where; `ship_to` is read with the shipments."""
    rows = list(shipments)
    values: dict[int, list[tuple[str, Decimal]]] = {}
    lines = (
        ShipmentLine.objects.filter(shipment__in=[row.pk for row in rows])
        .values_list("shipment", "order__currency")
        .annotate(value=Sum(F("quantity") * F("order_line__net_amount") / F("order_line__ordered")))
        .order_by("shipment", "order__currency")
    )
    for shipment_id, currency, value in lines:
        values.setdefault(shipment_id, []).append((currency, value or ZERO))
    return {row.pk: _goods(row, values.get(row.pk, [])) for row in rows}


def _goods(shipment: Shipment, values: list[tuple[str, Decimal]]) -> Goods:
    [(currency, value)] = values if len(values) == 1 else [("", None)]
    return Goods(
        country=shipment.ship_to.country,
        postal_code=shipment.ship_to.postal_code,
        weight_kg=shipment.weight_kg,
        value=value,
        currency=currency,
    )
