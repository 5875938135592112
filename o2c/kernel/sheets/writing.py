"""Lists as CSV files that a spreadsheet opens without running anything in them."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

# A cell that begins so would be read as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Tells spreadsheets that the text is UTF-8.
MARK = "\ufeff"


def csv_file(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return response


def safe_cell(value: Any) -> str:
    """Return the value as text; a text that begins like a formula is marked as text."""
    text = "" if value is None else str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text
