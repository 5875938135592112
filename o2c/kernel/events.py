"""Typed domain events: how a stage tells later stages that something has happened.

A stage declares its events in `<stage>/events.py` and publishes them from its
services. A later stage reacts in `<stage>/handlers.py`:

    @on(OrderReleased)     runs at once, in the publisher's transaction: if it fails,
                           everything rolls back. For keeping our own tables in step.
    @after(InvoiceIssued)  runs after commit, at least once, from the outbox.
                           For e-mail, webhooks, files and other systems.

`manage.py show_flow` prints every event with its handlers.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from o2c.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened: named in the past tense, carrying ids and no rows."""

    at: datetime
    actor: Actor

    def payload(self) -> dict[str, Any]:
        """Return the event as JSON types; `from_payload` is its inverse."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "at": self.at.isoformat(), "actor": self.actor.as_dict()}

    @classmethod
    def from_payload(cls: "type[E]", payload: dict[str, Any]) -> "E":
        at = datetime.fromisoformat(payload["at"])
        return cls(**{**payload, "at": at, "actor": Actor(**payload["actor"])})


E = TypeVar("E", bound=Event)
Handler = Callable[[Any], None]

ON: dict[type[Event], list[Handler]] = defaultdict(list)
AFTER: dict[type[Event], list[Handler]] = defaultdict(list)


def on(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Run the decorated function whenever `event` is published, in the same transaction."""

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        ON[event].append(handler)
        return handler

    return register


def after(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Deliver `event` to the decorated function after commit, at least once."""

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        AFTER[event].append(handler)
        return handler

    return register
