"""Wait for what another process does, and for time that the tests do not have."""

import time
from collections.abc import Callable

from django.utils import timezone

from o2c.kernel.models import OutboxMessage


def eventually(is_so: Callable[[], object], *, seconds: float = 20) -> bool:
    """Return whether it became so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def make_due() -> None:
    """Let the leases and the delays of all waiting messages be over."""
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=timezone.now())
