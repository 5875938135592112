"""Everything that moves a shipment: planned, labelled, gone, tracked, delivered."""

from shipping.services.dispatching import deliver_shipment, dispatch_shipment
from shipping.services.labelling import label_of
from shipping.services.planning import (
    AlreadyLabelled,
    NoPickup,
    assign_pickup,
    cancel_shipment,
    label_shipment,
    plan_shipment,
)
from shipping.services.tracking import record_tracking, report_exception

__all__ = [
    "AlreadyLabelled",
    "NoPickup",
    "assign_pickup",
    "cancel_shipment",
    "deliver_shipment",
    "dispatch_shipment",
    "label_of",
    "label_shipment",
    "plan_shipment",
    "record_tracking",
    "report_exception",
]
