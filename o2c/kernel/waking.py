"""Waking the workers: at once when it is quiet, and at most every PAUSE under load.

The outbox row is the truth and this only a hint, so a hint that wakes a worker after a commit
covers that commit, whoever asked for it; a hint that is lost costs the wait until the sweep.
"""

import logging
import time
from functools import cache
from threading import Lock
from typing import Any

from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerAway

logger = logging.getLogger(__name__)

# Seconds between two hints of one process.
PAUSE = 0.1
# Seconds for which a queue that is away is not asked again: each try may take as long.
AWAY = 1.0


class Hints:
    """When the hints of this process wake a worker."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._latest = self._closed = float("-inf")

    def delay_at(self, now: float) -> float | None:
        """Return in how many seconds a worker is to be woken for a commit that is done now.

        None: a hint that was sent already wakes one later than now, or the queue is away.
        """
        with self._guard:
            if now < max(self._latest, self._closed):
                return None
            delay = PAUSE if now < self._latest + PAUSE else 0.0
            self._latest = now + delay
            return delay

    def failed_at(self, now: float) -> None:
        """Forget what could not be sent, and leave the queue alone for a while."""
        with self._guard:
            self._latest, self._closed = float("-inf"), now + AWAY


_hints = Hints()


def nudge() -> None:
    """Wake a worker. If the queue is away the sweep will find the messages."""
    delay = _hints.delay_at(time.monotonic())
    if delay is None:
        return
    try:
        _deliver_task().apply_async(countdown=delay or None)
    except BrokerAway as error:
        _hints.failed_at(time.monotonic())
        logger.warning("The queue is away, the sweep will deliver: %s", error)


@cache
def _deliver_task() -> Any:  # by name: the task module imports the outbox, which imports this one
    return import_string("o2c.kernel.tasks.deliver_outbox")
