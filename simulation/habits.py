"""Chance, made repeatable: the same seed and the same document give the same behaviour."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from simulation.cast import NEWCOMERS, OPENING, REGULARS, Habit

HABITS = {habit.name: habit for habit in [*OPENING, *NEWCOMERS, *REGULARS]}
# How often something goes wrong.
SHORT_PICK_RATE = 0.03
LATE_DELIVERY_RATE = 0.03
# Some carriers' bills say more than their tariffs.
DEARER_RATE = 0.2
# How often customers on hold try to order all the same.
INSISTENCE = 0.2


def chance(*parts: object) -> Random:
    """Return a generator that depends on nothing but what is named here."""
    return Random(":".join(map(str, parts)))  # noqa: S311  play, not a secret


def pays_on(habit: Habit, *, amount: Decimal, due_on: date, seed: int) -> date:
    """Return the day on which this customer pays this item."""
    luck = chance(seed, "pays", habit.name, amount, due_on)
    offset = luck.gauss(habit.delay, habit.spread)
    return due_on + timedelta(days=round(offset))


def happens(rate: float, *parts: object) -> bool:
    return chance(*parts).random() < rate
