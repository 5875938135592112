"""Carriers, their pickups, what they take, and what becomes of it."""

from shipping.models.audits import AuditSample, ShippingAudit
from shipping.models.bookings import Booking, CarrierPoll
from shipping.models.carriers import (
    Carrier,
    CarrierSecrets,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
)
from shipping.models.papers import ShipmentPaper
from shipping.models.returns import Return, ReturnLine
from shipping.models.shipments import PickupPlan, Shipment, ShipmentLine
from shipping.models.tracking import (
    DeliveryCase,
    ProofLine,
    ProofOfDelivery,
    StrayEvent,
    TrackingEvent,
)

__all__ = [
    "AuditSample",
    "Booking",
    "Carrier",
    "CarrierPoll",
    "CarrierSecrets",
    "CarrierService",
    "DeliveryCase",
    "FreightRate",
    "FreightZone",
    "PickupClosure",
    "PickupPlan",
    "PickupSchedule",
    "ProofLine",
    "ProofOfDelivery",
    "Return",
    "ReturnLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentPaper",
    "ShippingAudit",
    "StrayEvent",
    "TrackingEvent",
]
