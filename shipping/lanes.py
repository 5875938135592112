"""A pickup as the board shows it: what it takes, how full it is, and how it stands."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.money import ZERO
from shipping.lane_counts import ALL, CARRIED, LOADED, LOST, RETURNED, Counts, Key
from shipping.models import Carrier, PickupPlan, Shipment
from shipping.pickups import Pickup
from shipping.soon import Soon

# How many cards a lane shows of what waits, of what has left and of what is on the floor; of the
# one asked for.
MOST_CARDS = 40
MOST_OF_ONE = 2000


def name_of(key: Key) -> str:
    """Return how an address names a pickup, or the lane of what nobody takes."""
    carrier_id, leaves_by = key
    return f"{carrier_id}|{leaves_by.isoformat()}" if carrier_id and leaves_by else "none"


@dataclass(frozen=True)
class Card:
    """A shipment on the board; `condition` is its state, or missed, no_pickup,
    too_late or at_risk.

    `partners`: with what it can go in one shipment; `lists`: what can be taken out of it.
    """

    shipment: Shipment
    condition: str
    partners: list[Shipment] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Say whether it may not leave yet: part of an order that goes only as a whole."""
        is_part: bool = self.shipment.waits_for_rest  # type: ignore[attr-defined]
        return is_part and self.shipment.state in Shipment.WAITING

    @property
    def lists(self) -> list[str]:
        numbers: list[str] = self.shipment.list_numbers  # type: ignore[attr-defined]
        is_joint = self.shipment.state == Shipment.State.PLANNED and len(numbers) > 1
        return numbers if is_joint else []


@dataclass(frozen=True)
class Room:
    """What a limited pickup takes in all, and of what kind it is, in packages or kilograms."""

    parts: list[tuple[Decimal, str]]
    most: Decimal | None


@dataclass
class Lane:
    """One coming of a carrier with what it takes; without carrier: what nobody takes yet."""

    carrier: Carrier | None
    leaves_by: datetime | None
    is_over: bool
    closes_in: timedelta | None
    cards: list[Card] = field(default_factory=list)
    # None: nobody comes then any more.
    pickup: Pickup | None = None
    # Work on the floor; its first cards are shown, all when it is asked for.
    soon: list[Soon] = field(default_factory=list)
    is_whole: bool = False
    # Of all its shipments: it may have more than its cards show.
    counts: Counts = field(default_factory=Counts)

    @property
    def key(self) -> str:
        """How a form names it; empty: nothing can be moved to it."""
        if self.carrier is None or self.leaves_by is None or self.is_over:
            return ""
        return f"{self.carrier.pk}|{self.leaves_by.isoformat()}"

    @property
    def name(self) -> str:
        """How an address names it, whether something can be moved to it or not."""
        return name_of((self.carrier.pk if self.carrier else None, self.leaves_by))

    @property
    def reserved(self) -> list[PickupPlan]:
        """What is kept for work on the floor."""
        return [work.plan for work in self.soon if work.plan is not None]

    @property
    def packages(self) -> int:
        kept = sum(plan.package_count for plan in self.reserved)
        return kept + self.counts.of(CARRIED).packages

    @property
    def weight_kg(self) -> Decimal:
        kept = sum((plan.weight_kg for plan in self.reserved), ZERO)
        return kept + self.counts.of(CARRIED).weight_kg

    @property
    def is_too_full(self) -> bool:
        return self.pickup is not None and not self.pickup.has_room(
            packages=self.packages, weight_kg=self.weight_kg
        )

    @property
    def loaded(self) -> int:
        return self.counts.of(LOADED).shipments

    @property
    def waiting(self) -> int:
        return self.counts.of(Shipment.WAITING).shipments

    @property
    def standing(self) -> str:
        """Say how many of its shipments are loaded, and how many are lost or came back."""
        if not self.total:
            return _("nothing planned")
        said = [_("%(loaded)s of %(all)s loaded") % {"loaded": self.loaded, "all": self.total}]
        lost, back = self.counts.of((LOST,)).shipments, self.counts.of((RETURNED,)).shipments
        if lost:
            said.append(_("%(number)s lost") % {"number": lost})
        if back:
            said.append(_("%(number)s came back") % {"number": back})
        return ", ".join(said)

    @property
    def labelled(self) -> int:
        return self.counts.of((Shipment.State.LABELLED,)).shipments

    @property
    def total(self) -> int:
        return self.counts.of(ALL).shipments

    @property
    def work(self) -> list[Soon]:
        """The work on the floor that has a card here."""
        return self.soon if self.is_whole else self.soon[:MOST_CARDS]

    @property
    def more(self) -> int:
        """How many shipments and lists on the floor have no card here."""
        return self.total - len(self.cards) + len(self.soon) - len(self.work)

    @property
    def parts(self) -> list[tuple[int, str]]:
        """What the lane's bar shows: loaded, labelled, only planned."""
        planned = self.waiting - self.labelled
        rest = self.total - self.loaded - self.waiting
        return [(self.loaded, "fok"), (self.labelled, "f1"), (planned, "fr"), (rest, "f2")]

    @property
    def room(self) -> Room | None:
        """How much of what the pickup takes is loaded, labelled, planned and reserved."""
        if self.pickup is None or not self.pickup.is_limited:
            return None
        most = self.pickup.capacity_packages
        by_weight = most is None
        parts = [
            (self._size(LOADED, by_weight=by_weight), "fok"),
            (self._size((Shipment.State.LABELLED,), by_weight=by_weight), "f1"),
            (self._size((Shipment.State.PLANNED,), by_weight=by_weight), "f2"),
            (sum((_sized(plan, by_weight=by_weight) for plan in self.reserved), ZERO), "f1s"),
        ]
        return Room(parts, self.pickup.capacity_kg if by_weight else Decimal(most or 0))

    def _size(self, states: Collection[str], *, by_weight: bool) -> Decimal:
        count = self.counts.of(states)
        return count.weight_kg if by_weight else Decimal(count.packages)

    @property
    def is_stranded(self) -> bool:
        """Say whether something is planned for a pickup that does not come any more."""
        is_ahead = self.carrier is not None and not self.is_over
        return is_ahead and self.pickup is None and self.waiting > 0

    @property
    def missed(self) -> int:
        return self.waiting if self.is_over else 0

    @property
    def stranded(self) -> int:
        return self.waiting if self.is_stranded else 0

    @property
    def breaking(self) -> int:
        """How many would break their promise, of those that have a truck to come."""
        return 0 if self.missed or self.stranded else self.counts.breaking

    @property
    def tone(self) -> str:
        """Say how the pickup is: bad, warn or ok, by the worst that it takes."""
        conditions = {card.condition for card in self.cards}
        conditions |= {work.condition for work in self.soon}
        if self.is_too_full or self.missed or self.stranded or self.breaking:
            return "bad"
        if conditions & {"too_late", "will_miss"}:
            return "bad"
        return "warn" if "at_risk" in conditions else "ok"


def _sized(plan: PickupPlan, *, by_weight: bool) -> Decimal:
    return plan.weight_kg if by_weight else Decimal(plan.package_count)
