"""What the shipping stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ShipmentDispatched(Event):
    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(Event):
    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class ShipmentFailed(Event):
    """Late, lost, damaged or refused: somebody must act and the customer is told."""

    shipment_id: int
