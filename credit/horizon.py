"""Which orders are wanted so much later that they are neither counted nor checked yet."""

from collections.abc import Iterable
from datetime import date, timedelta

from credit.policy import Policy
from orders.models import OrderLine


def wanted_on(lines: Iterable[OrderLine]) -> date | None:
    """Return the first day on which something that is open is wanted; None: nothing is."""
    return min((line.requested_on for line in lines if line.open_quantity > 0), default=None)


def is_far(lines: Iterable[OrderLine], policy: Policy, *, today: date) -> bool:
    """Say whether all that is open is wanted later than the policy's horizon."""
    if policy.horizon_days is None:
        return False
    return is_beyond(wanted_on(lines), policy, today=today)


def is_beyond(first: date | None, policy: Policy, *, today: date) -> bool:
    """Say whether the first day on which something is wanted lies beyond the horizon."""
    if policy.horizon_days is None or first is None:
        return False
    return first > today + timedelta(days=policy.horizon_days)
