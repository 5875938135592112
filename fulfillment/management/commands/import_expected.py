"""`manage.py import_expected FILE [--commit]`: one JSON line per row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.importing.commands import run_import
from fulfillment.importing.expected import import_expected
from o2c.kernel import clock
from o2c.kernel.actors import Actor


class Command(BaseCommand):
    help = "Import goods that will come, from CSV or XLSX. Without --commit nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--commit", action="store_true", help="write the rows without problems")

    def handle(self, *args: Any, **options: Any) -> None:
        run_import(
            self,
            options["file"],
            lambda content, name: import_expected(
                content,
                name,
                commit=options["commit"],
                at=clock.now(),
                actor=Actor.importer("import_expected"),
            ),
        )
