"""Run the daily jobs of every stage for one date, in process order. Safe to repeat."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from o2c.kernel import clock, jobs
from o2c.kernel.arguments import UNUSABLE
from o2c.kernel.company import local_date, the_company
from o2c.kernel.models import Company

# Further away it is a slip of the finger, and letters of that day would go out.
FARTHEST = timedelta(days=366)


def parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("%(text)s is not a date; write it as 2026-11-21") % {"text": repr(text[:20])}
        ) from None


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--date", type=parse_date, help="the business day, as 2026-11-21; default: today"
        )

    def handle(self, *, date: date | None, **options: Any) -> None:
        at = clock.now()
        day = _day(date, today=_today(at))
        runs = jobs.run_day(day, at=at)
        for run in runs:
            counts = ", ".join(f"{name} {count}" for name, count in run.result.items())
            self.stdout.write(
                f"{run.for_date} {run.name}: {run.error or counts or 'nothing to do'}"
            )
        if any(run.error for run in runs):
            sys.exit(1)


def _today(at: datetime) -> date:
    try:
        return local_date(at, the_company())
    except Company.DoesNotExist as missing:
        message = _("There is no company yet: set it up in the admin first.")
        raise CommandError(message, returncode=UNUSABLE) from missing


def _day(wanted: date | None, *, today: date) -> date:
    if wanted and abs(wanted - today) > FARTHEST:
        message = _("%(day)s is more than a year from today, %(today)s: is it what you mean?")
        raise CommandError(message % {"day": wanted, "today": today}, returncode=UNUSABLE)
    return wanted or today
