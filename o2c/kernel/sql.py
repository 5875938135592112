"""Set-based changes that the ORM would make row by row."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Model

from o2c.kernel import rows
from o2c.kernel.audited import Audited
from o2c.kernel.prepared import Hot

Deltas = Mapping[str, Mapping[Any, Decimal]]
Days = Mapping[str, Mapping[Any, date]]


def add_to(
    model: type[Model],
    deltas: Deltas,
    *,
    days: Days = MappingProxyType({}),
    header: Audited | None = None,
) -> int:
    """Add amounts to columns, `{column: {key: delta}}`, in one statement; return the row count.

    `days` are written to their columns as they are, and with the rows what has changed of the
    document that they belong to, `header`. The caller holds its lock, or those of the rows.
    """
    keys = sorted({key for column in [*deltas.values(), *days.values()] for key in column})
    if not keys:
        return 0
    added, dated = _columns(model, deltas), _columns(model, days)
    sets = [f"{column} = t.{column} + d.{column}" for column in added]
    sets += [f"{column} = coalesce(d.{column}, t.{column})" for column in dated]
    first, values = _written_first(header)
    statement = (
        f'{first}UPDATE "{model._meta.db_table}" AS t SET {", ".join(sets)} '  # noqa: S608  names of ours
        f"FROM unnest(%s::bigint[]{', %s::numeric[]' * len(added)}{', %s::date[]' * len(dated)}) "
        f"AS d(id, {', '.join([*added, *dated])}) WHERE t.id = d.id"
    )
    amounts = [[column.get(key, 0) for key in keys] for column in deltas.values()]
    dates = [[column.get(key) for key in keys] for column in days.values()]
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), [*values, keys, *amounts, *dates])
        return int(cursor.rowcount)


def _written_first(header: Audited | None) -> tuple[str, list[Any]]:
    changes = header.changes() if header is not None else {}
    if header is None or not changes:
        return "", []
    statement, values = rows.update_statement(header, changes)
    return f"WITH header AS ({statement}) ", values


def _columns(model: type[Model], names: Iterable[str]) -> list[str]:
    fields = [model._meta.get_field(name) for name in names]
    return [f'"{field.column}"' for field in fields]  # type: ignore[union-attr]


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
