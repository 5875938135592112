"""Letters: what the latest run proposed, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Sum

from collection.models import DunningLevel, DunningNotice, DunningRun

MOST_NOTICES = 100
State = DunningNotice.State


@dataclass(frozen=True, kw_only=True)
class LevelSum:
    """How many letters of one level a run made, and for how much."""

    name: str
    count: int
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class DunningSummary:
    """The latest run by level, and how many letters are in each state over all runs."""

    run: DunningRun | None
    levels: Sequence[LevelSum]
    waiting: int
    sending: int
    sent: int
    withheld: int


def notices_of(state: str, *, level: int | None = None) -> list[DunningNotice]:
    """Return letters in a state with `item_count` and `oldest_due`, the harshest first."""
    notices = DunningNotice.objects.filter(state=state)
    if level:
        notices = notices.filter(level__level=level)
    counted = notices.annotate(item_count=Count("items"), oldest_due=Min("items__item__due_on"))
    ordered = counted.select_related("customer", "level", "run").order_by(
        "-run__as_of", "-level__level", "-total", "pk"
    )
    return list(ordered[:MOST_NOTICES])


def notice_for_page(notice_id: int) -> DunningNotice | None:
    notices = DunningNotice.objects.select_related("customer", "level", "run")
    return notices.filter(pk=notice_id).first()


def dunning_summary() -> DunningSummary:
    """Return figures of the latest run, in three statements."""
    run = DunningRun.objects.order_by("-as_of").first()
    made = DunningNotice.objects.filter(run=run).values_list("level").order_by("level")
    by_level = {
        level: (count, total)
        for level, count, total in made.annotate(count=Count("pk"), total=Sum("total"))
    }
    levels = [
        LevelSum(name=level.name, count=count, total=total)
        for level in DunningLevel.objects.order_by("level")
        for count, total in [by_level.get(level.pk, (0, Decimal(0)))]
    ]
    states = DunningNotice.objects.values_list("state").order_by("state")
    counts = dict(states.annotate(count=Count("pk")))
    return DunningSummary(
        run=run,
        levels=levels,
        waiting=counts.get(State.PROPOSED, 0),
        sending=counts.get(State.SENDING, 0),
        sent=counts.get(State.SENT, 0),
        withheld=counts.get(State.WITHHELD, 0),
    )
