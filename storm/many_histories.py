"""Random histories by several processes, each with a customer and products of its own."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command

from bench import world
from bench.world import NOW
from credit import services as credit
from credit.models import CreditAccount
from storm import histories
from storm.crew import Report, crew_of


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one process plays."""

    number: int
    customer_id: int
    histories: int
    seed: int


def play(*, operations: int, processes: int, seed: int) -> Report:
    """Play so many histories in all; the first sum that differs is a fault."""
    call_command("migrate", verbosity=0)
    world.build()
    shares = [
        Share(
            number=number,
            customer_id=customer_id,
            histories=operations // processes,
            seed=seed * 1000 + number,
        )
        for number, customer_id in enumerate(_accounts(processes))
    ]
    begun = time.monotonic()
    with crew_of(processes) as pool:
        ended = pool.map(_labour, shares, chunksize=1)
    steps: Counter[str] = sum((Counter(tally.steps) for tally, _ in ended), Counter())
    faults = [fault for _, fault in ended if fault]
    played = sum(tally.histories for tally, _ in ended)
    lines = [
        f"{played:,} histories of {steps.total():,} steps by {processes} processes "
        f"in {time.monotonic() - begun:.0f} s",
        *(f"  {count:>8,} {name}" for name, count in steps.most_common()),
        f"sums that differ: {len(faults)}",
        *(f"  {fault}" for fault in faults),
    ]
    return Report(text="\n".join(lines), is_good=not faults)


def _accounts(count: int) -> list[int]:
    accounts = list(CreditAccount.objects.order_by("pk").values_list("pk", flat=True)[:count])
    for customer_id in accounts:
        credit.set_limit(
            customer_id,
            limit=histories.LIMIT,
            valid_until=NOW.date() + timedelta(days=365),
            reason="storm",
            **histories.ANALYST,
        )
    return accounts


def _labour(share: Share) -> tuple[histories.Tally, str]:
    tally = histories.Tally()
    place = histories.place_of(share.number, share.customer_id)
    try:
        histories.campaign(place, histories=share.histories, number=share.seed, tally=tally)
    except AssertionError as difference:
        return tally, str(difference)
    return tally, ""
