"""The demo's carriers: what they offer and cost, and one whose system is a fake that misbehaves."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from o2c.kernel.actors import Actor
from shipping import selectors
from shipping import services as shipping
from shipping.carriers import carrying
from shipping.carriers.names import FAKE
from shipping.models import (
    Booking,
    Carrier,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    Shipment,
)
from shipping.pickups import upcoming
from simulation.twin import Twin

# The carrier that is booked by its system; the others by hand.
CONNECTED = "CAR"
# What its system asks for, now and then more than its tariff says.
PRICE = {"amount": "5.60", "per_kg": "0.21", "currency": "EUR"}
ZONES = {
    "DE": (["DE"], []),
    "DE-NORTH": (["DE"], ["20", "21", "22", "24", "25", "28"]),
    "EU": (["AT", "BE", "CZ", "DK", "FR", "IT", "LU", "NL", "PL", "SE"], []),
}
# Carrier, service, its name, days, heaviest; then zone, from kg, amount, per kg, % of value, least.
OFFERS: list[tuple[str, str, str, int, str | None, list[tuple[str, str, str, str, str, str]]]] = [
    (
        "BRL",
        "EXPRESS",
        "Parcel express",
        1,
        "70",
        [("DE", "0", "9.80", "0.55", "0.2", "12.50"), ("EU", "0", "18.50", "0.95", "0.3", "24.00")],
    ),
    (
        "NWF",
        "STANDARD",
        "Standard freight",
        2,
        None,
        [
            ("DE-NORTH", "0", "6.90", "0.28", "0", "8.50"),
            ("DE", "0", "8.40", "0.34", "0", "9.90"),
            ("DE", "30", "14.00", "0.22", "0", "18.00"),
            ("EU", "0", "16.00", "0.62", "0.1", "22.00"),
        ],
    ),
    (
        "CAR",
        "ECONOMY",
        "Economy freight",
        3,
        None,
        [("DE", "0", "5.20", "0.21", "0", "6.50"), ("EU", "0", "12.40", "0.44", "0.1", "17.00")],
    ),
]


def furnish(day: date) -> None:
    """Give the carriers services, zones, tariffs and days on which they do not come."""
    carriers = Carrier.objects.in_bulk(field_name="code")
    zones = {
        (code, name): FreightZone(
            carrier=carrier, code=name, countries=countries, postal_prefixes=prefixes
        )
        for code, carrier in carriers.items()
        for name, (countries, prefixes) in ZONES.items()
    }
    FreightZone.objects.bulk_create(zones.values())
    rates = []
    for code, service_code, name, days, heaviest, prices in OFFERS:
        service = CarrierService.objects.create(
            carrier=carriers[code],
            code=service_code,
            name=name,
            transit_days=days,
            max_weight_kg=Decimal(heaviest) if heaviest else None,
        )
        rates += [_rate(service, zones[code, price[0]], price, day) for price in prices]
    FreightRate.objects.bulk_create(rates)
    eve = date(day.year, 12, 24)
    PickupClosure.objects.bulk_create(
        PickupClosure(carrier=carrier, day=eve, reason="Christmas Eve")
        for carrier in carriers.values()
    )
    Carrier.objects.filter(code=CONNECTED).update(adapter=FAKE, settings={"fake": {"price": PRICE}})


def label(twin: Twin, shipment_id: int, *, at: datetime) -> None:
    """Label a shipment; its carrier's system answers at once.

    The worker does the same when it comes to the message; the second one finds it booked.
    """
    shipping.label_shipment(shipment_id, at=at, actor=twin.actor("shipping"))
    wanted = Booking.objects.filter(shipment=shipment_id, state=Booking.State.WANTED)
    for booking_id in list(wanted.values_list("pk", flat=True)):
        carrying.book(booking_id, at=at, actor=Actor.job("shipping.ask_carrier"))


def send_by_system(twin: Twin, shipment: Shipment, behaviour: str, *, at: datetime) -> None:
    """Move a shipment to the carrier with a system, and say how that will behave."""
    carrier = Carrier.objects.get(code=CONNECTED)
    told = carrier.settings.get("fake", {})
    shipments = {**told.get("shipments", {}), shipment.number: behaviour}
    carrier.settings = {**carrier.settings, "fake": {**told, "shipments": shipments}}
    carrier.save(update_fields=["settings"])
    schedules = selectors.schedules_of(shipment.warehouse)
    coming = upcoming(schedules, shipment.warehouse, after=at, until=at + timedelta(days=7))
    pickup = next(pickup for pickup in coming if pickup.carrier.pk == carrier.pk)
    shipping.assign_pickup(
        shipment.pk,
        carrier_id=carrier.pk,
        leaves_by=pickup.leaves_by,
        at=at,
        actor=twin.actor("shipping"),
    )


def _rate(
    service: CarrierService,
    zone: FreightZone,
    price: tuple[str, str, str, str, str, str],
    day: date,
) -> FreightRate:
    _zone, from_kg, amount, per_kg, percent, least = price
    return FreightRate(
        service=service,
        zone=zone,
        from_weight_kg=Decimal(from_kg),
        currency="EUR",
        amount=Decimal(amount),
        per_kg=Decimal(per_kg),
        value_rate=Decimal(percent) / 100,
        minimum=Decimal(least),
        valid_from=day - timedelta(days=365),
    )
