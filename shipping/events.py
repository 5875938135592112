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
    """Late, lost, damaged or refused: a case is open, and the customer is told."""

    shipment_id: int
    case_id: int


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(Event):
    """Somebody was given a case by somebody else."""

    case_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnInspected(Event):
    """Somebody has said what becomes of the goods that came back."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnSettled(Event):
    """What was accepted of a return is to be credited: a credit memo is due."""

    return_id: int
