"""What the planner and the pages ask about freight."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Prefetch, Q, Sum
from django.db.models.functions import Coalesce

from fulfillment.models import PickLine
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


def goods_of_lists(pick_list_ids: Iterable[int]) -> Mapping[int, Goods]:
    """Return what pick lists bring where, weighed by the products; one statement."""
    taken = Coalesce("picked", "quantity")
    net = F("order_line__net_amount") / F("order_line__ordered")
    found = (
        PickLine.objects.filter(pick_list__in=list(pick_list_ids))
        .values_list(
            "pick_list",
            "pick_list__order__ship_to__country",
            "pick_list__order__ship_to__postal_code",
            "pick_list__order__currency",
        )
        .annotate(weight=Sum(taken * F("order_line__product__weight_kg")), value=Sum(taken * net))
        .order_by("pick_list")
    )
    return {
        key: Goods(
            country=country,
            postal_code=postal_code,
            weight_kg=weight or ZERO,
            value=value or ZERO,
            currency=currency,
        )
        for key, country, postal_code, currency, weight, value in found
    }


def _goods(shipment: Shipment, values: list[tuple[str, Decimal]]) -> Goods:
    [(currency, value)] = values if len(values) == 1 else [("", None)]
    return Goods(
        country=shipment.ship_to.country,
        postal_code=shipment.ship_to.postal_code,
        weight_kg=shipment.weight_kg,
        value=value,
        currency=currency,
    )
