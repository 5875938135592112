"""What is announced about the conversation with partners."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """A document for a partner is ready to go, for the first time or again."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class FileReceived(Event):
    """A partner's file is kept; `name` is what they call it. What is in it is read next."""

    file_id: int
    partner_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class DocumentRejected(Event):
    """Somebody has decided that a document becomes no order."""

    document_id: int
