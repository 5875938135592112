"""`manage.py import_customers FILE… [--commit]`: one JSON line per row."""

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from customers.importing.results import line_of
from customers.importing.services import import_customers
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size


class Command(BaseCommand):
    help = "Import customers from CSV or XLSX. Without --commit nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--commit", action="store_true", help="write what has no problems")

    def handle(self, *args: Any, **options: Any) -> None:
        unread = 0
        for path in options["files"]:
            try:
                self._import(path, commit=options["commit"])
            except OSError as error:
                self.stderr.write(f"{path}: {error.strerror}")
                unread += 1
        if unread:
            sys.exit(UNUSABLE)

    def _import(self, path: Path, *, commit: bool) -> None:
        name = os.fsencode(path.name).decode(errors="replace")
        try:
            check_size(path.stat().st_size)
            table = import_customers(
                path.read_bytes(),
                name,
                commit=commit,
                at=clock.now(),
                actor=Actor.importer("import_customers"),
            )
        except Unreadable as error:
            finding = {"rule": error.rule, "severity": "block", "field": "file"}
            line = {
                "file": name,
                "status": "rejected",
                "findings": [{**finding, "message": str(error)}],
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))
            return
        for row in table.rows:
            self.stdout.write(json.dumps(line_of(row, file=name), ensure_ascii=False))
