"""The daily part of invoicing."""

from datetime import date, datetime

from invoicing import services
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily


@daily
def lapse_pro_formas(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Let what nobody has paid in advance in time ask for it no more."""
    return {"lapsed": services.lapse_pro_formas(as_of, at=at, actor=actor)}
