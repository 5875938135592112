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
class BookingWanted(Event):
    """A carrier's system is to be asked to take a shipment."""

    booking_id: int


@dataclass(frozen=True, kw_only=True)
class BookingWithdrawn(Event):
    """A shipment leaves its pickup: the carrier is to forget it."""

    booking_id: int


@dataclass(frozen=True, kw_only=True)
class BookingFailed(Event):
    """A carrier did not take a shipment, or does not forget it: a person has to mend it."""

    booking_id: int


@dataclass(frozen=True, kw_only=True)
class LostHasArrived(Event):
    """A carrier reports that a shipment was delivered which is settled as lost: credited."""

    shipment_id: int


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(Event):
    """Somebody was given a case by somebody else."""

    case_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnInspected(Event):
    """Somebody has said what becomes of the goods that came back."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnStuck(Event):
    """Something of a return could not be put to its place: a person says where it goes."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnSettled(Event):
    """What was accepted of a return is to be credited: a credit memo is due."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnRefused(Event):
    """Nothing of a return is credited, and the customer is told why."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class ReturnAnnounced(Event):
    """Goods are to come back: the customer is told under which number, and where to."""

    return_id: int


@dataclass(frozen=True, kw_only=True)
class GoodsRefused(Event):
    """Something of a shipment was not taken at the door: it has to come back."""

    shipment_id: int
