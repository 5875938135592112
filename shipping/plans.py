"""What the planner is asked, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What one shipment takes of a pickup, and what each pickup costs it; None: impossible.

    Costs are whole numbers; a broken promise is a cost that outweighs any freight.
    """

    packages: int
    grams: int
    costs: Sequence[int | None]


@dataclass(frozen=True)
class Room:
    """What a pickup still takes; None: anything."""

    packages: int | None = None
    grams: int | None = None


@dataclass(frozen=True)
class Plan:
    """The pickup of each load, None where none is left; `is_proved`: no plan is better."""

    choices: list[int | None]
    cost: int
    is_proved: bool
