"""Publish events and deliver them reliably (transactional outbox).

The row is the truth, the queue only a nudge: a message is claimed in a short transaction,
its handler runs outside of any (it may talk to a network), and then the row is marked.
A crash in between delivers it again: handlers are safe twice.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from o2c.kernel import rows
from o2c.kernel.actors import request_id
from o2c.kernel.events import AFTER, ON, Event
from o2c.kernel.models import OutboxMessage
from o2c.kernel.transactions import Step, current_step
from o2c.kernel.waking import nudge

logger = logging.getLogger(__name__)

# Far beyond the longest delay, and far below what a timedelta can hold.
MOST_DOUBLINGS = 12

_inline: ContextVar[bool] = ContextVar("inline", default=False)
_unhurried: ContextVar[bool] = ContextVar("unhurried", default=False)


def publish(event: Event) -> None:
    """Run the event's `@on` handlers and queue its `@after` handlers.

    Call it last in a service: handlers may change the rows the service has read.

    Raises:
        OutsideStep: outside a service, where the event could survive although the change
            it announces is lost.
    """
    step = current_step()
    for handler in ON[type(event)]:
        handler(event)
    if AFTER[type(event)] and not step.outbox:
        step.before_commit.append(_flush)
    for handler in AFTER[type(event)]:
        step.outbox.append(
            rows.make(
                OutboxMessage,
                event=_path(type(event)),
                handler=_path(handler),
                payload=event.payload(),
                request_id=request_id.get(),
                created_at=event.at,
                due_at=timezone.now(),
            )
        )


@contextmanager
def inline() -> Iterator[None]:
    """Deliver this context's messages here, right after each commit, instead of by a worker.

    For commands that play time forward. Each message is leased while it waits: if this
    process dies, a worker delivers it.
    """
    token = _inline.set(True)
    try:
        yield
    finally:
        _inline.reset(token)


@contextmanager
def unhurried() -> Iterator[None]:
    """Queue this context's messages without waking a worker for each: for work in bulk.

    Whoever opens it calls `nudge` once at the end; the sweep finds what was missed.
    """
    token = _unhurried.set(True)
    try:
        yield
    finally:
        _unhurried.reset(token)


def deliver_due(*, limit: int) -> int:
    """Deliver up to `limit` due messages, oldest first; return how many succeeded.

    Workers may run in parallel: each claims its messages with SKIP LOCKED.
    """
    return sum(_deliver(message) for message in _claim_each(limit))


def _claim_each(limit: int) -> Iterator[OutboxMessage]:
    for _ in range(limit):
        message = _claim(at=timezone.now())
        if message is None:
            return
        yield message


def _claim(*, at: datetime) -> OutboxMessage | None:
    with transaction.atomic():
        due = OutboxMessage.objects.due(at=at)
        message = due.select_for_update(skip_locked=True, no_key=True).first()
        if message is None:
            return None
        message.attempts += 1
        message.due_at = at + settings.OUTBOX_LEASE
        message.save(update_fields=["attempts", "due_at"])
        return message


def _deliver(message: OutboxMessage) -> bool:
    token = request_id.set(message.request_id)
    try:
        event_class: type[Event] = import_string(message.event)
        import_string(message.handler)(event_class.from_payload(message.payload))
    except Exception as error:
        logger.warning("Outbox %s failed: %r", message, error, exc_info=True)
        message.error = repr(error)[:2000]
        message.due_at = timezone.now() + _delay_after(message.attempts)
    else:
        message.error = ""
        message.delivered_at = timezone.now()
    finally:
        request_id.reset(token)
    message.save(update_fields=["error", "due_at", "delivered_at"])
    return message.delivered_at is not None


def _delay_after(attempts: int) -> timedelta:
    """Return how long to wait: twice as long after each failure, up to the longest."""
    doublings = min(attempts - 1, MOST_DOUBLINGS)
    delay: timedelta = settings.OUTBOX_RETRY_DELAY * 2**doublings
    return min(delay, settings.OUTBOX_MAX_RETRY_DELAY)


def _flush(step: Step) -> None:
    if _inline.get():
        for message in step.outbox:
            message.due_at = timezone.now() + settings.OUTBOX_LEASE
            message.attempts = 1
        OutboxMessage.objects.bulk_create(step.outbox)
        transaction.on_commit(partial(_deliver_all, list(step.outbox)))
    else:
        rows.append(step.outbox)
        if not _unhurried.get():
            transaction.on_commit(nudge)


def _deliver_all(messages: list[OutboxMessage]) -> None:
    for message in messages:
        _deliver(message)


def _path(thing: object) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"  # type: ignore[attr-defined]
