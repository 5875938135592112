"""What it costs to send goods: by service, zone, weight and share of their value."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from o2c.kernel.money import ZERO, round_money
from shipping.models import CarrierService, FreightRate, FreightZone


@dataclass(frozen=True)
class Goods:
    """What is sent where. `value` is excluding tax; None: in several currencies."""

    country: str
    postal_code: str
    weight_kg: Decimal
    value: Decimal | None
    currency: str


@dataclass(frozen=True)
class Quote:
    """A service that takes the goods: what it costs, in `currency`, and its working days."""

    service_id: int
    amount: Decimal
    currency: str
    transit_days: int


class Tariffs:
    """All that some carriers offer on a day, in one currency: costs can be compared."""

    def __init__(
        self, services: Iterable[CarrierService], zones: Iterable[FreightZone], currency: str
    ) -> None:
        """Take services with their valid rates (`valid_rates`, see `shipping.selectors`)."""
        self.currency = currency
        self.services: dict[int, list[CarrierService]] = {}
        self.zones: dict[int, list[FreightZone]] = {}
        for service in services:
            self.services.setdefault(service.carrier_id, []).append(service)
        for zone in zones:
            self.zones.setdefault(zone.carrier_id, []).append(zone)

    def quotes(self, carrier_id: int, service_id: int | None, goods: Goods) -> list[Quote]:
        """Return what the service, or each of the carrier's, costs; empty: no tariff says."""
        zones = zones_of(self.zones.get(carrier_id, []), goods.country, goods.postal_code)
        return [
            Quote(service.pk, amount, self.currency, service.transit_days)
            for service in self.services.get(carrier_id, [])
            if service_id in (None, service.pk) and takes(service, goods.weight_kg)
            for amount in [self._amount(service, zones, goods)]
            if amount is not None
        ]

    def _amount(
        self, service: CarrierService, zones: Iterable[FreightZone], goods: Goods
    ) -> Decimal | None:
        """Return the cost by the closest zone that the service has a tariff for."""
        rates = (self._rate(service, zone, goods.weight_kg) for zone in zones)
        rate = next((rate for rate in rates if rate is not None), None)
        return None if rate is None else cost_of(rate, goods)

    def _rate(
        self, service: CarrierService, zone: FreightZone, weight_kg: Decimal
    ) -> FreightRate | None:
        """Return the dearest step that the weight reaches; of two tariffs the later one."""
        rates: list[FreightRate] = getattr(service, "valid_rates", [])
        fitting = [
            rate
            for rate in rates
            if rate.zone_id == zone.pk
            and rate.currency == self.currency
            and rate.from_weight_kg <= weight_kg
        ]
        return max(fitting, key=lambda rate: (rate.from_weight_kg, rate.valid_from), default=None)


def zones_of(zones: Iterable[FreightZone], country: str, postal_code: str) -> list[FreightZone]:
    """Return the zones that hold an address, the longest beginning of the postal code first."""
    code = postal_code.replace(" ", "").upper()
    found = []
    for zone in zones:
        prefixes = [prefix.replace(" ", "").upper() for prefix in zone.postal_prefixes] or [""]
        length = max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)
        if country in zone.countries and length >= 0:
            found.append((length, zone))
    return [zone for _length, zone in sorted(found, key=itemgetter(0), reverse=True)]


def takes(service: CarrierService, weight_kg: Decimal) -> bool:
    return service.max_weight_kg is None or weight_kg <= service.max_weight_kg


def cost_of(rate: FreightRate, goods: Goods) -> Decimal | None:
    """Return amount + weight + share of the value, at least the minimum.

    None: a share is asked of a value that is in another currency.
    """
    share = ZERO
    if rate.value_rate:
        if goods.value is None or goods.currency != rate.currency:
            return None
        share = rate.value_rate * goods.value
    cost = rate.amount + rate.per_kg * goods.weight_kg + share
    return round_money(max(cost, rate.minimum), rate.currency)
