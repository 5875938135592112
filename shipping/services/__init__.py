"""Everything that moves a shipment: planned, labelled, gone, tracked, delivered."""

from shipping.services.arranging import Arranged, arrange_missed, arrange_pickups
from shipping.services.cases import CaseClosed, note_told, resolve_case, take_case, work_on_case
from shipping.services.charging import record_charge, record_charges
from shipping.services.consolidating import (
    NothingLeft,
    NotJoinable,
    join_shipment,
    take_out,
)
from shipping.services.dispatching import dispatch_shipment
from shipping.services.inspecting import Verdict, inspect_return, receive_return_goods
from shipping.services.labelling import label_of
from shipping.services.lateness import flag_late
from shipping.services.losing import NotLost, settle_as_lost
from shipping.services.mending import (
    BookingSettled,
    book_by_hand,
    retry_booking,
    settle_stuck,
    take_booking,
)
from shipping.services.papers import NoPaper, draft_of, paper_name, paper_of, zpl_of
from shipping.services.planning import (
    AlreadyLabelled,
    NoPickup,
    NotPacked,
    OnShipment,
    assign_pickup,
    cancel_shipment,
    ensure_no_shipment,
    label_shipment,
    plan_shipment,
)
from shipping.services.proving import Delivery, Refusal, deliver_shipment, record_proof
from shipping.services.returned_lots import Arrived
from shipping.services.returning import (
    Coming,
    NothingToReturn,
    announce_refused,
    announce_return,
    refuse_return,
    settle_return,
)
from shipping.services.storing import NothingStuck, Target, store_elsewhere, store_returned
from shipping.services.tracking import (
    NotReportable,
    record_reports,
    record_tracking,
    report_exception,
)

__all__ = [
    "AlreadyLabelled",
    "Arranged",
    "Arrived",
    "BookingSettled",
    "CaseClosed",
    "Coming",
    "Delivery",
    "NoPaper",
    "NoPickup",
    "NotJoinable",
    "NotLost",
    "NotPacked",
    "NotReportable",
    "NothingLeft",
    "NothingStuck",
    "NothingToReturn",
    "OnShipment",
    "Refusal",
    "Target",
    "Verdict",
    "announce_refused",
    "announce_return",
    "arrange_missed",
    "arrange_pickups",
    "assign_pickup",
    "book_by_hand",
    "cancel_shipment",
    "deliver_shipment",
    "dispatch_shipment",
    "draft_of",
    "ensure_no_shipment",
    "flag_late",
    "inspect_return",
    "join_shipment",
    "label_of",
    "label_shipment",
    "note_told",
    "paper_name",
    "paper_of",
    "plan_shipment",
    "receive_return_goods",
    "record_charge",
    "record_charges",
    "record_proof",
    "record_reports",
    "record_tracking",
    "refuse_return",
    "report_exception",
    "resolve_case",
    "retry_booking",
    "settle_as_lost",
    "settle_return",
    "settle_stuck",
    "store_elsewhere",
    "store_returned",
    "take_booking",
    "take_case",
    "take_out",
    "work_on_case",
    "zpl_of",
]
