"""Run the daily jobs of every stage for one date, in process order. Safe to repeat."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from o2c.kernel import clock, jobs
from o2c.kernel.company import local_date, the_company


def parse_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--date {text!r} is not a date; write it as 2026-11-21", returncode=2
        ) from None


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", help="the business day, as 2026-11-21; default: today")

    def handle(self, *, date: str | None, **options: Any) -> None:
        at = clock.now()
        day = parse_date(date) if date else local_date(at, the_company())
        runs = jobs.run_day(day, at=at)
        for run in runs:
            counts = ", ".join(f"{name} {count}" for name, count in run.result.items())
            self.stdout.write(
                f"{run.for_date} {run.name}: {run.error or counts or 'nothing to do'}"
            )
        if any(run.error for run in runs):
            sys.exit(1)
