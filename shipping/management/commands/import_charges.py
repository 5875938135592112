"""`manage.py import_charges FILE [--commit]`: one JSON line per row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.importing.commands import run_import
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from shipping.charges_file import import_charges


class Command(BaseCommand):
    help = (
        "Import what carriers have charged, from CSV or XLSX. Without --commit nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--commit", action="store_true", help="write the rows without problems")

    def handle(self, *args: Any, **options: Any) -> None:
        run_import(
            self,
            options["file"],
            lambda content, name: import_charges(
                content,
                name,
                commit=options["commit"],
                at=clock.now(),
                actor=Actor.importer("import_charges"),
            ),
        )
