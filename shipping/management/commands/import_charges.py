"""`manage.py import_charges FILE [--commit]`: one JSON line per row."""

from typing import Any

from catalog.importing.commands import ImportCommand
from o2c.kernel.sheets.tables import Table
from shipping.charges_file import import_charges


class Command(ImportCommand):
    help = (
        "Import what carriers have charged, from CSV or XLSX. Without --commit nothing is written."
    )
    name = "import_charges"
    keys = ("shipment", "tracking")

    def load(self, content: bytes, name: str, **said: Any) -> Table:
        return import_charges(content, name, **said)
