"""Credit's part of the day."""

from datetime import date, datetime
from typing import Any

from credit.selectors.accounts import approvals_ending
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily


@daily
def list_ending_approvals(as_of: date, *, at: datetime, actor: Actor) -> dict[str, Any]:
    """Count approvals that have ended or end soon; the list is a view of the accounts page."""
    return {"ending": approvals_ending(as_of).count()}
