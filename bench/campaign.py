"""The order-to-cash life cycle beside the limit, interleaved round by round."""

import os
from collections.abc import Callable

from django.core.management import call_command

from bench import life, limit, table, world
from bench.result import Report, Result
from o2c.kernel.models import Company

BASE = "limit"
FEW, MANY = 5, 50
LIMIT_TARGET = 25
# The best open peer, driven through its own services for the same cycle beside the same limit:
# 517 ms CPU of program and 233 of PostgreSQL, 646 statements.
PEER, PEER_RATIO, PEER_TARGET = "Odoo 18", 333, 12


def run(*, rounds: int, seconds: int) -> Report:
    """Prepare an empty database, play the rounds, count the statements."""
    call_command("migrate", verbosity=0)
    if not Company.objects.exists():
        world.build()
    limit.prepare()
    contenders: dict[str, Callable[[], Result]] = {
        BASE: lambda: limit.measure(seconds=seconds),
        "ours": lambda: life.measure(seconds=seconds),
    }
    played = [_round(contenders, number) for number in range(rounds)]
    figures = table.summary(played, base=BASE)
    few, many = life.count_statements(lines=FEW), life.count_statements(lines=MANY)
    lines = [f"Life cycle of a {FEW}-line order, {rounds} rounds of {seconds} s, medians", ""]
    lines += [
        table.as_text(figures, base=BASE),
        "",
        *_beside_the_peer(figures),
        "",
        "SQL statements per cycle, 5 and 50 lines",
    ]
    lines += [f"  {step:<26} {few[step]:>4} {many[step]:>4}" for step in few]
    lines += [f"  {'together':<26} {few.total():>4} {many.total():>4}"]
    data = {
        "figures": figures,
        "rounds": table.as_json(played),
        "statements": {"5 lines": dict(few), "50 lines": dict(many)},
        "load": os.getloadavg()[0],
    }
    return Report("\n".join(lines), data)


def _beside_the_peer(figures: dict[str, dict[str, float]]) -> list[str]:
    """Say where we stand between the limit and the best open peer, whose ratio was measured."""
    ours = figures["ours"]["cpu_ratio"]
    return [
        f"ours is {ours:.1f} × the limit (target: {LIMIT_TARGET} × or less)",
        f"the peer, {PEER}, is {PEER_RATIO} × the same limit: ours is "
        f"1/{PEER_RATIO / ours:.1f} of it (target: 1/{PEER_TARGET} or less)",
    ]


def _round(contenders: dict[str, Callable[[], Result]], number: int) -> table.Round:
    names = list(contenders)
    turn = number % len(names)
    return {name: contenders[name]() for name in names[turn:] + names[:turn]}
