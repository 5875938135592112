"""Play trade with the real services: `simulate opening`, then `simulate history`.

The opening makes a company with something in every state and queue; the history lets ninety
days of trade grow behind it. Both are made once; a history that was stopped goes on.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.arguments import UNUSABLE, whole_number
from o2c.kernel.company import local_date, the_company
from o2c.kernel.models import Company
from simulation import history, opening, world

MOST_DAYS = 3650
MOST_ORDERS = 1_000_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=["opening", "history"])
        days, orders = whole_number(1, MOST_DAYS), whole_number(1, MOST_ORDERS)
        parser.add_argument("--days", type=days, default=history.DAYS, help="of history")
        parser.add_argument("--orders", type=orders, default=history.ORDERS, help="in the history")

    def handle(self, *, part: str, days: int, orders: int, **options: Any) -> None:
        if part == "opening":
            self._open()
        elif not Company.objects.exists():
            message = _("There is no company yet: run `manage.py simulate opening` first.")
            raise CommandError(message, returncode=UNUSABLE)
        else:
            today = local_date(clock.now(), the_company())
            history.play(today, tell=self.stdout.write, days=days, wanted=orders)

    def _open(self) -> None:
        if Company.objects.exists():
            self.stdout.write("There is a company already; nothing was changed.")
            return
        opening.play(world.today(), tell=self.stdout.write)
