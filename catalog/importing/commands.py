"""What both import commands do: read a file, print a JSON line per row, say when it cannot be."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from o2c.kernel.arguments import UNUSABLE
from o2c.kernel.errors import DomainError
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from o2c.kernel.sheets.tables import Table

Import = Callable[[bytes, str], Table]


def run_import(command: BaseCommand, path: Path, work: Import) -> None:
    """Import one file and print what became of each row.

    Raises:
        CommandError: the file cannot be read, or is no table of what is needed (exit status 2).
    """
    name = os.fsencode(path.name).decode(errors="replace")
    try:
        check_size(path.stat().st_size)
        table = work(path.read_bytes(), name)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=UNUSABLE) from error
    except (Unreadable, DomainError) as error:
        raise CommandError(f"{path}: {error}", returncode=UNUSABLE) from error
    for row in table.rows:
        findings = [{"field": field, "message": message} for field, message in row.problems]
        line = {
            "row": row.number,
            "sku": row.text("sku"),
            "status": row.status.value,
            "findings": findings,
        }
        command.stdout.write(json.dumps(line, ensure_ascii=False))
