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
class HoldPlaced(Event):
    hold_id: int


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    hold_id: int
