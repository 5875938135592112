"""The planner finds the plan that no other beats: proved against trying all of them."""

import random
import time
from itertools import product

import pytest

from shipping.planner import assign
from shipping.plans import Load, Room

LEFT_BEHIND = 100_000


def all_plans(loads, rooms):
    """Return the least cost by trying every plan there is."""
    best = LEFT_BEHIND * len(loads)
    for choices in product([None, *range(len(rooms))], repeat=len(loads)):
        cost = cost_of(choices, loads, rooms)
        if cost is not None and cost < best:
            best = cost
    return best


def cost_of(choices, loads, rooms):
    """Return what a plan costs; None: it does not fit, or goes where a load cannot."""
    packages, grams, total = [0] * len(rooms), [0] * len(rooms), 0
    for load, choice in zip(loads, choices, strict=True):
        if choice is None:
            total += LEFT_BEHIND
            continue
        if load.costs[choice] is None:
            return None
        total += load.costs[choice]
        packages[choice] += load.packages
        grams[choice] += load.grams
    for place, room in enumerate(rooms):
        if room.packages is not None and packages[place] > room.packages:
            return None
        if room.grams is not None and grams[place] > room.grams:
            return None
    return total


def random_case(seed):
    dice = random.Random(seed)  # noqa: S311  cases, not secrets
    rooms = [
        Room(
            dice.choice([None, dice.randint(0, 8)]),
            dice.choice([None, dice.randint(0, 9000)]),
        )
        for _pickup in range(dice.randint(1, 3))
    ]
    loads = [
        Load(
            dice.randint(1, 4),
            dice.randint(0, 4000),
            [dice.choice([None, dice.randint(0, 50), dice.randint(0, 5000)]) for _room in rooms],
        )
        for _load in range(dice.randint(0, 6))
    ]
    return loads, rooms


def test_equals_the_exact_optimum_on_a_thousand_random_cases():
    different, full = [], 0
    for seed in range(1000):
        loads, rooms = random_case(seed)

        plan = assign(loads, rooms, left_behind=LEFT_BEHIND)

        best = all_plans(loads, rooms)
        full += best > sum(min([c for c in load.costs if c is not None] or [0]) for load in loads)
        if (plan.cost, cost_of(plan.choices, loads, rooms), plan.is_proved) != (best, best, True):
            different.append(seed)

    assert different == []
    assert full > 500  # in these the cheapest pickup of each does not have room for all


def test_one_of_unequal_loads_gives_way_to_two():
    loads = [Load(3, 0, [1, 100]), Load(2, 0, [1, 60]), Load(2, 0, [1, 60])]

    plan = assign(loads, [Room(packages=4), Room()], left_behind=LEFT_BEHIND)

    assert (plan.choices, plan.cost) == ([1, 0, 0], 102)


def test_what_fits_nowhere_is_left_behind():
    plan = assign([Load(1, 5000, [1])], [Room(grams=4999)], left_behind=LEFT_BEHIND)

    assert (plan.choices, plan.cost, plan.is_proved) == ([None], LEFT_BEHIND, True)


def test_nothing_to_plan_costs_nothing():
    assert assign([], [Room()], left_behind=LEFT_BEHIND).cost == 0


@pytest.mark.parametrize("share", [0.5, 0.9, 1.2])
def test_a_large_plan_fits_and_costs_nearly_what_no_plan_can_beat(share):
    loads, rooms = large_case(share)

    begun = time.perf_counter()
    plan = assign(loads, rooms, left_behind=LEFT_BEHIND)
    took = time.perf_counter() - begun

    assert cost_of(plan.choices, loads, rooms) == plan.cost
    assert took < 10  # a second on a quiet machine: bin/bench planning


def large_case(share):
    dice = random.Random(7)  # noqa: S311
    sizes = [(dice.randint(1, 4), dice.randint(1, 80) * 1000) for _load in range(1000)]
    most = int(sum(size for size, _grams in sizes) / share / 20)
    heaviest = int(sum(grams for _size, grams in sizes) / share / 20)
    return [
        Load(size, grams, [dice.randint(500, 5000) for _pickup in range(20)])
        for size, grams in sizes
    ], [Room(most, heaviest) for _pickup in range(20)]
