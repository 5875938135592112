"""A thousand shipments to twenty pickups, from roomy to too little room, by the planner alone.

bin/bench planning
"""

import random
import statistics
import time

from bench.result import Report
from shipping.planner import assign
from shipping.plans import Load, Plan, Room

SHIPMENTS, PICKUPS, ROUNDS, TARGET, LEFT_BEHIND = 1000, 20, 5, 1.0, 100_000
# How much of all room the shipments need.
SHARES = (0.5, 0.9, 1.2)


def run() -> Report:
    """Plan each case a few times: seconds, what the plan costs, and whether it is proved."""
    lines, data, slowest = [], {}, 0.0
    for share in SHARES:
        loads, rooms = case(share)
        seconds, plan = _time(loads, rooms)
        slowest = max(slowest, seconds)
        proof = "no plan is better" if plan.is_proved else "not proved to be the best"
        lines.append(f"room used {share:4.0%}: {seconds:.3f} s, cost {plan.cost:,}, {proof}")
        data[str(share)] = {"seconds": seconds, "cost": plan.cost, "is_proved": plan.is_proved}
    reached = "reached" if slowest < TARGET else "NOT reached"
    lines.append(f"Target: under {TARGET:.0f} s for {SHIPMENTS:,} x {PICKUPS}: {reached}.")
    return Report("\n".join(lines), {"cases": data, "slowest": slowest, "target": TARGET})


def case(share: float) -> tuple[list[Load], list[Room]]:
    """Return shipments and pickups, the same each time; `share` of the room is needed."""
    dice = random.Random(7)  # noqa: S311  cases, not secrets
    sizes = [(dice.randint(1, 4), dice.randint(1, 80) * 1000) for _load in range(SHIPMENTS)]
    most = int(sum(size for size, _grams in sizes) / share / PICKUPS)
    heaviest = int(sum(grams for _size, grams in sizes) / share / PICKUPS)
    loads = [
        Load(size, grams, [dice.randint(500, 5000) for _pickup in range(PICKUPS)])
        for size, grams in sizes
    ]
    return loads, [Room(most, heaviest) for _pickup in range(PICKUPS)]


def _time(loads: list[Load], rooms: list[Room]) -> tuple[float, Plan]:
    seconds = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        plan = assign(loads, rooms, left_behind=LEFT_BEHIND)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), plan
