"""What every import command does: read a file, print a JSON line per row, say when it cannot be."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE
from o2c.kernel.errors import DomainError
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from o2c.kernel.sheets.tables import Table


class ImportCommand(BaseCommand):
    """`FILE [--commit]`: import one file and print what became of each row.

    A command says its `name`, how it loads, and by which `keys` (columns) people know a row. What
    cannot be read, or is no table of what is needed, ends it with exit status 2.
    """

    name: str
    keys: Sequence[str] = ("sku",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--commit", action="store_true", help="write the rows without problems")

    def load(self, content: bytes, name: str, **said: Any) -> Table:
        """Import the content of a file of this name; `said`: commit, at, actor.

        Raises:
            Unreadable, DomainError: nothing of it can be written.
        """
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        name = os.fsencode(path.name).decode(errors="replace")
        said = {
            "commit": options["commit"],
            "at": clock.now(),
            "actor": Actor.importer(self.name),
        }
        try:
            check_size(path.stat().st_size)
            table = self.load(path.read_bytes(), name, **said)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=UNUSABLE) from error
        except (Unreadable, DomainError) as error:
            raise CommandError(f"{path}: {error}", returncode=UNUSABLE) from error
        self._tell(table)

    def _tell(self, table: Table) -> None:
        for row in table.rows:
            findings = [{"field": field, "message": message} for field, message in row.problems]
            line = {
                "row": row.number,
                **{key: row.text(key) for key in self.keys},
                "status": row.status.value,
                "findings": findings,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))
