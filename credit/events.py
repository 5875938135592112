"""What the credit stage announces."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ApplicationReferred(Event):
    """A credit application needs a person."""

    application_id: int


@dataclass(frozen=True, kw_only=True)
class ApplicationDecided(Event):
    application_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentsAsked(Event):
    application_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentsReceived(Event):
    """What was asked for is here: a person goes on with the application."""

    application_id: int


@dataclass(frozen=True, kw_only=True)
class CaseNearlyLate(Event):
    """A case is about to miss the time within which we answer; told once per case."""

    number: str
    answer_by: str


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Event):
    """A decision waits for a second signature."""

    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalAnswered(Event):
    """A proposed decision was signed or rejected."""

    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class OrderCreditDecided(Event):
    """A person has let one waiting order go on, in whole or in part, or has declined it."""

    order_id: int
    outcome: str
    rest_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Event):
    hold_id: int


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    hold_id: int


@dataclass(frozen=True, kw_only=True)
class RoomMade(Event):
    """There may be room for what waits: a limit, a rule or what somebody owes has changed."""

    customer_id: int


@dataclass(frozen=True, kw_only=True)
class GroupRoomMade(Event):
    """A member of a group owes less, which may make room for what waits of the others."""

    parent_id: int


@dataclass(frozen=True, kw_only=True)
class BureauAsked(Event):
    """An application waits for a report of the credit bureau; `person_id`: who asks again."""

    application_id: int
    person_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrderNear(Event):
    """An order that was left out because it is wanted late comes within the horizon."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class PrepaymentTakenBack(Event):
    """An order that is under way is not paid in advance any more."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class PrepaymentRecorded(Event):
    """Money came in advance for an order, or was taken back, and credit has looked at it again."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class ReleasesExpected(Event):
    """Several orders of a customer may go on in this step; they want these products."""

    product_ids: list[int]
