"""CSV with order lines."""

from django.utils.translation import gettext as _

from o2c.kernel.sheets.delimited import stream_delimited
from orders.intake.columns import columns_of
from orders.intake.findings import warn
from orders.intake.tables import Table, table_of


def read_csv(content: bytes) -> list[Table]:
    """Read delimited text.

    Raises:
        Unreadable: it is no text, its quoting is broken, or it holds no order lines.
    """
    read = stream_delimited(content, known=lambda row: len(columns_of(row)))
    table = table_of(read.rows)
    if read.is_guessed:
        message = _("The text is not UTF-8; it was read as Western European (Windows-1252).")
        table.notes.append(warn("encoding_guessed", "file", message))
    return [table]
