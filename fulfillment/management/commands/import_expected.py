"""`manage.py import_expected FILE [--commit]`: one JSON line per row."""

from typing import Any

from catalog.importing.commands import ImportCommand
from fulfillment.importing.expected import import_expected
from o2c.kernel.sheets.tables import Table


class Command(ImportCommand):
    help = "Import goods that will come, from CSV or XLSX. Without --commit nothing is written."
    name = "import_expected"

    def load(self, content: bytes, name: str, **said: Any) -> Table:
        return import_expected(content, name, **said)
