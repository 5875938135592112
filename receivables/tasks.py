"""The daily part of receivables."""

from datetime import date, datetime

from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily
from receivables import services


@daily
def flag_due_soon(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Flag items of which half the time to pay is over; each is reminded and reviewed once."""
    return {"flagged": services.flag_due_soon(as_of, at=at, actor=actor)}
