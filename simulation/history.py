"""The history: ninety days of trade behind the opening, played while the portal is in use.

It picks up where it stopped: a day that was played is noted in its job run.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from customers.models import Customer
from o2c.kernel import clock, numbering, outbox
from o2c.kernel.company import the_company
from o2c.kernel.models import JobRun
from simulation import desk, returning, trade, world
from simulation.cast import REGULARS
from simulation.habits import chance

JOB = "simulation.history"
SEED = 90
DAYS = 92
ORDERS = 520
# Invoices of the history are numbered in a book of their own: dates may not go back in a series.
BOOK = "H"


def play(
    today: date, *, tell: Callable[[str], None], days: int = DAYS, wanted: int = ORDERS
) -> None:
    """Play the days before `today` that have not been played, and note the progress."""
    run = _job_run(today, days=days, wanted=wanted)
    if run.finished_at:
        tell("The history is complete.")
        return
    customers = Customer.objects.filter(name__in=[habit.name for habit in REGULARS])
    twin = world.twin(the_company(), list(customers), seed=SEED, day=today)
    twin.orders_made = run.result["orders"]
    calendar = world.working_days(run.for_date - timedelta(days=days), run.for_date)
    for number, day in enumerate(calendar):
        if number < run.result["days"]:
            continue
        twin.day = day
        left = len(calendar) - number
        with numbering.book(BOOK), outbox.inline(), clock.travel(twin.at(16)):
            trade.play_day(twin, new_orders=_share(wanted - twin.orders_made, left, day))
            desk.send_letters(twin)
        run.result |= {"orders": twin.orders_made, "day": str(day), "days": number + 1}
        run.save(update_fields=["result"])
        tell(f"{day}: {twin.orders_made} of {wanted} orders")
    with clock.travel(twin.at(18)):
        returning.sign_past_months(twin)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])


def _job_run(today: date, *, days: int, wanted: int) -> JobRun:
    run = JobRun.objects.filter(name=JOB).order_by("-pk").first()
    if run:
        return run
    of_days = len(world.working_days(today - timedelta(days=days), today))
    return JobRun.objects.create(
        name=JOB,
        for_date=today,
        started_at=timezone.now(),
        result={"orders": 0, "of": wanted, "day": "", "days": 0, "of_days": of_days},
    )


def _share(orders_left: int, days_left: int, day: date) -> int:
    """Return how many orders come in on a day: about the average, some days more, some less."""
    average = orders_left / days_left
    if days_left == 1:
        return orders_left
    return min(orders_left, max(1, round(average * chance(SEED, day).uniform(0.6, 1.4))))
