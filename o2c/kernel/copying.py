"""Rows by the hundred, written by COPY: PostgreSQL reads them at a third of an INSERT's cost.

Keys of other rows, constraints, triggers and defaults hold as ever. Nothing is read back, so the
rows have their keys already, or nobody asks for them.
"""

import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import NOT_PROVIDED, Field, JSONField, Model
from django.db.models.expressions import DatabaseDefault

from o2c.kernel.prepared import Copied

Write = Callable[[Any], str]
NOTHING = "\\N"
# Text columns whose lists are written as PostgreSQL reads them; others are left to INSERT.
LISTED = {"CharField", "TextField"}
# Columns for which the driver has types of its own: their rows are inserted.
LEFT_ALONE = {"BinaryField", "DurationField"}


def can_copy(rows: Sequence[Model]) -> bool:
    """Say whether these rows of one model have all that COPY must be given."""
    model = type(rows[0])
    if not all(_is_plain(field) for field in model._meta.concrete_fields):
        return False
    given = [field.attname for field in model._meta.concrete_fields if _is_given(field)]
    return not any(
        isinstance(row.__dict__[name], DatabaseDefault) for row in rows for name in given
    )


def copy(rows: Sequence[Model]) -> None:
    """Write rows of one model; the database numbers those that have no key, and nobody reads it.

    Raises:
        IntegrityError, DataError: as an INSERT would; nothing is written.
    """
    model = type(rows[0])
    is_numbered = rows[0].pk is not None
    fields = [
        field for field in model._meta.concrete_fields if is_numbered or not field.primary_key
    ]
    columns = [_column(rows, field) for field in fields]
    text = "\n".join(map("\t".join, zip(*columns, strict=True)))
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        statement = Copied(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN')
        cursor.execute(statement, io.BytesIO(text.encode()))  # type: ignore[arg-type]  # its data
    for row in rows:
        row._state.adding = False
        row._state.db = "default"


def key_of_related(row: Model, field: "Field[Any, Any]") -> Any:
    """Return the key of the related row, which may have been stored after it was named here."""
    related = row._state.fields_cache.get(field.name)
    if related is not None:
        setattr(row, field.attname, related.pk)
    return getattr(row, field.attname)


def _column(rows: Sequence[Model], field: "Field[Any, Any]") -> list[str]:
    name, others = field.attname, partial(_unusual, field)
    values = [row.__dict__[name] for row in rows]
    if field.is_relation and None in values:
        values = [
            key_of_related(row, field) if value is None else value
            for row, value in zip(rows, values, strict=True)
        ]
    if isinstance(field, JSONField):
        return [_json(field, value) for value in values]
    if isinstance(field, ArrayField):
        return [_list(value) for value in values]
    write_of = WRITERS.get
    return [write_of(type(value), others)(value) for value in values]


def _text(value: str) -> str:
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if not value.isprintable():
        value = value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


def _json(field: "JSONField[Any, Any]", value: Any) -> str:
    return NOTHING if value is None else _text(json.dumps(value, cls=field.encoder))


def _list(values: Sequence[str] | None) -> str:
    if values is None:
        return NOTHING
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return _text("{" + ",".join([f'"{value}"' for value in quoted]) + "}")


def _unusual(field: "Field[Any, Any]", value: Any) -> str:
    """Write a value of a type that the driver would have to be asked about, such as a state."""
    prepared = value if isinstance(value, str) else field.get_db_prep_save(value, connection)
    if isinstance(prepared, str):
        return _text(str.__str__(prepared))
    write = WRITERS.get(type(prepared))
    if write is None:
        raise TypeError(f"{field} cannot be copied from {prepared!r}")
    return write(prepared)


WRITERS: dict[type[Any], Write] = {
    str: _text,
    int: str,
    Decimal: str,
    datetime: str,
    date: str,
    bool: str,
    type(None): lambda _value: NOTHING,
}


def _is_given(field: "Field[Any, Any]") -> bool:
    return field.db_default is not NOT_PROVIDED


@cache
def _is_plain(field: "Field[Any, Any]") -> bool:
    if isinstance(field, ArrayField):
        return field.base_field.get_internal_type() in LISTED
    return not field.generated and field.get_internal_type() not in LEFT_ALONE
