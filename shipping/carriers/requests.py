"""What a carrier is told when a shipment is booked: one shape for files and for HTTP."""

from datetime import datetime
from typing import Any

from fulfillment.houses import address_of
from fulfillment.models import Package
from o2c.kernel.company import the_company
from shipping.labels import tracking_number
from shipping.models import Carrier, CarrierService, Shipment, ShipmentLine


def content_of(
    shipment: Shipment, carrier: Carrier, service: CarrierService | None, *, at: datetime
) -> dict[str, Any]:
    """Return what is asked for a shipment, as JSON; docs/carriers.md tells each field.

    A fixed number of statements. Weights are kg, lengths cm, times RFC 3339.
    """
    company, address = the_company(), shipment.ship_to
    house = address_of(shipment.warehouse, company)
    lists = ShipmentLine.objects.filter(shipment=shipment).values("pick_list")
    packages = Package.objects.filter(pick_list__in=lists).order_by("pick_list", "number")
    return {
        "shipment": shipment.number,
        "our_number": tracking_number(carrier.code, shipment.pk),
        "service": service.code if service else "",
        "ready_by": shipment.leaves_by.isoformat() if shipment.leaves_by else None,
        "expected_on": shipment.expected_on.isoformat() if shipment.expected_on else None,
        "asked_at": at.isoformat(),
        "from": {
            "name": company.name,
            "warehouse": shipment.warehouse.code,
            "street": house.street,
            "postal_code": house.postal_code,
            "city": house.city,
            "region": house.region,
            "country": house.country,
            "email": company.email,
            "phone": company.phone,
        },
        "to": {
            "name": shipment.customer.name,
            "street": address.street,
            "postal_code": address.postal_code,
            "city": address.city,
            "region": address.region,
            "country": address.country,
        },
        "weight_kg": str(shipment.weight_kg),
        "packages": [_package(row) for row in packages],
    }


def _package(row: Package) -> dict[str, Any]:
    sides = {"length_cm": row.length_cm, "width_cm": row.width_cm, "height_cm": row.height_cm}
    known = {name: side for name, side in sides.items() if side is not None}
    return {"kind": row.kind, "sscc": row.sscc, "weight_kg": str(row.weight_kg), **known}
