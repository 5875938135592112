"""The clock, read by interfaces only: services are told the time (`at`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """Return the current instant, or the one that this context has travelled to."""
    return _travelled.get() or timezone.now()


@contextmanager
def travel(at: datetime) -> Iterator[None]:
    """Let `now()` stand still at `at` in this context: for simulations and rehearsals."""
    token = _travelled.set(at)
    try:
        yield
    finally:
        _travelled.reset(token)
