"""Set-based changes that the ORM would make row by row."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model


def add_to(model: type[Model], deltas: Mapping[str, Mapping[Any, Decimal]]) -> int:
    """Add amounts to columns, `{column: {key: delta}}`, in one statement; return the row count.

    The caller holds the locks of the rows, or of the document that they belong to.
    """
    keys = sorted({key for column in deltas.values() for key in column})
    if not keys:
        return 0
    fields = [model._meta.get_field(name) for name in deltas]
    columns = [f'"{field.column}"' for field in fields]  # type: ignore[union-attr]
    arrays = [[column.get(key, 0) for key in keys] for column in deltas.values()]
    names = [f"d{number}" for number in range(len(columns))]
    sets = ", ".join(f"{c} = t.{c} + d.{n}" for c, n in zip(columns, names, strict=True))
    statement = (
        f'UPDATE "{model._meta.db_table}" AS t SET {sets} '  # noqa: S608  names of our own models
        f"FROM unnest(%s::bigint[]{', %s::numeric[]' * len(columns)}) "
        f"AS d(id, {', '.join(names)}) WHERE t.id = d.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys, *arrays])
        return int(cursor.rowcount)


APPEND_ONLY = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{what} are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER {table}_append_only ON {table};
DROP FUNCTION {table}_append_only();
"""


def append_only(table: str, *, what: str) -> tuple[str, str]:
    """Return the SQL, forward and back, of the triggers that make a ledger append-only."""
    return (
        APPEND_ONLY.format(table=table, what=what),
        NOT_APPEND_ONLY.format(table=table, what=what),
    )
