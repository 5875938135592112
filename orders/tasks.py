"""The day of the orders stage: offers run out, and buyers hear of what comes later."""

from datetime import date, datetime, timedelta

from celery import shared_task

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily
from orders import polls, services
from orders.services import entries

# What was typed and never handed in is kept so long.
TYPED_KEPT_FOR = timedelta(days=90)


@shared_task
def poll_mailbox() -> int:
    """Take in what waits in the watched mailbox; return how many documents that were."""
    return _fetch(polls.MAILBOX)


@daily
def expire_quotes(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Let the quotes run out whose last day is over where the customer is."""
    return {"quotes": services.expire_quotes(as_of, at=at, actor=actor)}


@daily
def end_blankets(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """End the blanket orders whose last day is over where the customer is."""
    return {"blanket_orders": services.end_blankets(as_of, at=at, actor=actor)}


@daily
def tell_moved_promises(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Announce the orders of which something comes later than the buyer was told last."""
    return {"orders": services.announce_moved_promises(at=at, actor=actor)}


@shared_task
def watch_edi_folders() -> int:
    """Take in what partners have laid into their folders since a minute ago."""
    return _fetch(polls.FOLDERS)


@daily
def forget_typed(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Forget what was typed on the entry screen months ago and never handed in."""
    return {"entries": entries.forget_entries(before=at - TYPED_KEPT_FOR)}


def _fetch(key: str) -> int:
    """Take what a source has; nothing when it is not watched here."""
    source = next((row for row in polls.sources() if row.key == key), None)
    return polls.fetch(source, at=clock.now()) if source else 0
