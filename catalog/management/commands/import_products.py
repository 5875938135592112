"""`manage.py import_products FILE [--commit]`: one JSON line per row."""

from typing import Any

from catalog.importing.commands import ImportCommand
from catalog.importing.products import import_products
from o2c.kernel.sheets.tables import Table


class Command(ImportCommand):
    help = "Import products from CSV or XLSX. Without --commit nothing is written."
    name = "import_products"

    def load(self, content: bytes, name: str, **said: Any) -> Table:
        return import_products(content, name, **said)
