"""Make every automatic credit decision again and compare it with what was kept.

Prints one JSON line per difference. Exit status 0: none; 1: there are some.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from credit.selectors.replays import Replay
from o2c.kernel.arguments import UNUSABLE
from o2c.kernel.company import the_company
from o2c.kernel.models import Company


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
        parser.add_argument("--from", type=parse_date, dest="since", help="the first day")
        parser.add_argument("--until", type=parse_date, help="the last day")

    def handle(self, *, since: date | None, until: date | None, **options: Any) -> None:
        if since and until and until < since:
            raise CommandError(_("--until is before --from."), returncode=UNUSABLE)
        replay = Replay(since=_midnight(since), until=_midnight(until, days=1))
        differences = 0
        for difference in replay.differences():
            differences += 1
            self.stdout.write(json.dumps(difference.as_json(), ensure_ascii=False))
        self.stderr.write(
            _("%(count)s decisions made again, %(differences)s differ")
            % {"count": replay.count, "differences": differences}
        )
        if differences:
            sys.exit(1)


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """Return the instant at which the company's day begins, or so many days later."""
    if day is None:
        return None
    try:
        zone = ZoneInfo(the_company().time_zone)
        return datetime.combine(day + timedelta(days=days), time.min, tzinfo=zone)
    except Company.DoesNotExist:
        raise CommandError(_("No company is set up yet."), returncode=UNUSABLE) from None
    except OverflowError:
        raise CommandError(_("That day is too far away."), returncode=UNUSABLE) from None
