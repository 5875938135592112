"""What is announced about the conversation with partners."""

from dataclasses import dataclass

from o2c.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageQueued(Event):
    """A document for a partner is ready to go, for the first time or again."""

    message_id: int
