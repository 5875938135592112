"""The day of the collection stage: tell credit who pays how, hold who is late, write to them."""

from datetime import date, datetime

from collection import services
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily


@daily
def tell_behaviour(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Tell credit how every customer pays, as time alone has changed it."""
    return {"accounts": services.tell_all_behaviour(as_of, at=at)}


@daily
def hold_overdue(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Put customers with invoices overdue beyond their grace on credit hold."""
    return services.hold_overdue(as_of, at=at, actor=actor)


@daily
def run_dunning(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Propose the letters of the day."""
    return services.run_dunning(as_of, at=at, actor=actor)
