"""`manage.py intake FILE… [--customer CODE] [--commit]`: one JSON line per order document."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE, one_line
from o2c.kernel.heap import long_job
from o2c.kernel.sheets.shapes import check_size
from orders.intake.findings import Unreadable
from orders.intake.matching import customers_by_code
from orders.intake.results import Result
from orders.intake.services import take_in, too_big


class Command(BaseCommand):
    help = (
        "Take in order documents (CSV, XLSX, JSON, X12, EDIFACT, UBL)."
        " Without --commit nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--customer", type=one_line(200), metavar="CODE", help="who sent the files"
        )
        parser.add_argument("--commit", action="store_true", help="place orders, keep documents")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = str(options["customer"] or "")
        if customer and customer.casefold() not in customers_by_code([customer]):
            message = _("No customer has the number “%(code)s”.") % {"code": customer}
            raise CommandError(message, returncode=UNUSABLE)
        unread = 0
        for path in options["files"]:
            try:
                with long_job():
                    self._take_in(path, customer=customer, commit=options["commit"])
            except OSError as error:
                self.stderr.write(f"{path}: {error.strerror}")
                unread += 1
        if unread:
            sys.exit(UNUSABLE)

    def _take_in(self, path: Path, *, customer: str, commit: bool) -> None:
        for result in self._results(path, customer=customer, commit=commit):
            self.stdout.write(json.dumps(result.as_dict(), ensure_ascii=False))

    def _results(self, path: Path, *, customer: str, commit: bool) -> Iterator[Result]:
        """Yield the results of one file.

        Raises:
            OSError: it cannot be read.
        """
        name = os.fsencode(path.name).decode(errors="replace")
        try:
            check_size(path.stat().st_size)
        except Unreadable as error:
            yield too_big(name, error)
            return
        actor = Actor.importer("intake")
        yield from take_in(
            name,
            path.read_bytes(),
            customer=customer,
            commit=commit,
            at=clock.now(),
            actor=actor,
        )
