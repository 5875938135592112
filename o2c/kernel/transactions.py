"""One business step is one transaction: all of it happens, or nothing.

    @service
    def submit_order(order_id: int, *, at: datetime, actor: Actor) -> Order: ...

The outermost service opens the transaction; services that it calls, and the `@on` handlers
of the events that it publishes, join it. What the step has to tell (audit entries, outbox
messages) is gathered on the way and written in two statements just before the commit.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import NotSupportedError, OperationalError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError

if TYPE_CHECKING:
    from o2c.kernel.gathering import Gathered
    from o2c.kernel.models import AuditEntry, Company, OutboxMessage

P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)

# PostgreSQL's deadlock_detected and serialization_failure, and a prepared statement that is gone
# or outdated: the same call may succeed at once.
RETRYABLE = {"40P01", "40001", "26000", "0A000"}
MAX_TRIES = 3
# PostgreSQL's lock_not_available: somebody has held a row for longer than LOCK_TIMEOUT.
LOCK_TIMED_OUT = "55P03"


class Busy(DomainError):
    """Somebody else is at work on the same document, and is not done yet."""

    code = "busy"


@dataclass
class Step:
    """What one transaction has locked, and what it will have to tell."""

    audit: "list[AuditEntry]" = field(default_factory=list)
    outbox: "list[OutboxMessage]" = field(default_factory=list)
    locked: dict[tuple[type[Model], Any], Model] = field(default_factory=dict)
    # Of which models rows were asked for that nobody had named by key, and of what all rows are
    # locked: model, column, value.
    asked: set[type[Model]] = field(default_factory=set)
    whole: set[tuple[type[Model], str, Any]] = field(default_factory=set)
    rung: tuple[int, Any] = (-1, 0)
    alone: set[str] = field(default_factory=set)
    company: "Company | None" = None
    gathered: "Gathered | None" = None
    before_commit: "list[Callable[[Step], None]]" = field(default_factory=list)


_current: ContextVar[Step | None] = ContextVar("step", default=None)


class OutsideStep(RuntimeError):
    """Something that belongs to a business step was asked for outside of one."""


def running_step() -> Step | None:
    """Return the running step, or nothing outside of any."""
    return _current.get()


def current_step() -> Step:
    """Return the running step.

    Raises:
        OutsideStep: no `@service` is running, so nothing would bind the parts together.
    """
    step = _current.get()
    if step is None:
        raise OutsideStep("This must happen inside a @service, in one transaction with the rest.")
    return step


@contextmanager
def step() -> Iterator[Step]:
    """Open a business step, or join the one that is running."""
    running = _current.get()
    if running is not None:
        with transaction.atomic(savepoint=False):
            yield running
        return
    mine = Step()
    with transaction.atomic():
        # Over before the commit: what Django runs on commit belongs to no step.
        token = _current.set(mine)
        try:
            yield mine
            for finish in mine.before_commit:
                finish(mine)
        finally:
            _current.reset(token)


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function as one business step; start over when PostgreSQL breaks a deadlock.

    Raises:
        Busy: it waited for somebody else's lock in vain; nothing has changed.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is None:
            return _start(function, *args, **kwargs)
        try:
            return function(*args, **kwargs)
        except BaseException:
            transaction.set_rollback(True)  # the whole step, whoever catches it
            raise

    return run


def _start(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with step():
                return function(*args, **kwargs)
        except (OperationalError, NotSupportedError) as error:
            pgcode = getattr(error.__cause__, "pgcode", "")
            if pgcode == LOCK_TIMED_OUT:
                raise Busy(
                    _("Somebody else is changing this right now. Try again in a moment.")
                ) from error
            if not (tries_left and pgcode in RETRYABLE):
                raise
            # Who looks for the other step finds it in PostgreSQL's log.
            logger.warning("%s met %s and starts over", function.__qualname__, pgcode)
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311  jitter, not a secret
    raise AssertionError("the last try returns or raises")
