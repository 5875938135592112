"""What is told about each row: one JSON line of `manage.py import_customers`."""

from typing import Any

from o2c.kernel.sheets.tables import Row


def line_of(row: Row, *, file: str) -> dict[str, Any]:
    """Return a row's outcome as JSON types."""
    return {
        "file": file,
        "row": row.number,
        "status": row.status.value,
        "customer": row.text("number"),
        "name": row.text("name"),
        "changes": {name: [str(old), str(new)] for name, (old, new) in row.changes.items()},
        "findings": [
            {"rule": "row", "severity": "block", "field": field, "message": message}
            for field, message in row.problems
        ],
    }
