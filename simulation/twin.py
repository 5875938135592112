"""The company at a moment of its simulated life."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from o2c.kernel.actors import Actor
from o2c.kernel.models import Company, User


@dataclass
class Twin:
    """The company at a moment: who acts, for which customers, with which seed."""

    company: Company
    people: dict[str, User]
    customer_ids: list[int]
    product_ids: list[int]
    seed: int
    day: date
    orders_made: int = 0
    # How the carrier with a system is to behave with what leaves next.
    mishaps: list[str] = field(default_factory=list)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.company.time_zone)

    def at(self, hour: int, minute: int = 0) -> datetime:
        """Return an instant of the twin's day, on the company's clock; never one to come."""
        wanted = datetime.combine(self.day, time(hour, minute), self._zone)
        now = timezone.now().astimezone(self._zone)
        return min(wanted, now) if self.day == now.date() else wanted

    def actor(self, role: str) -> Actor:
        return Actor.user(self.people[role])
