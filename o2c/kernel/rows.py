"""Reading and updating one row by its key: what every step does many times, without the cost
of compiling a query each time. Everything else goes through the ORM.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


def fetch(model: type[M], pks: Collection[Any], *, clause: str) -> list[M]:
    """Return the rows with these keys, in the order of their keys; `clause` ends the SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_select(model)} {clause}", [list(pks)])
        found = cursor.fetchall()
    names, converters = _columns(model)
    return [model.from_db("default", names, _converted(row, converters)) for row in found]


def update(row: Model, names: Collection[str]) -> None:
    """Write these attributes of a row to the database.

    Raises:
        row.DoesNotExist: the row is gone.
    """
    fields = [_field(type(row), name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    key = row._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET {sets} WHERE "{key.column}" = %s',  # noqa: S608
            [*values, row.pk],
        )
        if cursor.rowcount != 1:
            raise type(row).DoesNotExist(row)  # type: ignore[attr-defined]


@cache
def _select(model: type[Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    key = model._meta.pk
    assert key is not None
    table = model._meta.db_table
    return f'SELECT {columns} FROM "{table}" WHERE "{key.column}" = ANY(%s) ORDER BY "{key.column}"'  # noqa: S608


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[tuple[int, Any, Any]]]:
    """Return the attribute names and (position, converter, field) of what needs converting."""
    fields = model._meta.concrete_fields
    converters = [
        (position, field.from_db_value, field)
        for position, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
    return [field.attname for field in fields], converters


@cache
def _field(model: type[Model], attname: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _converted(row: tuple[Any, ...], converters: list[tuple[int, Any, Any]]) -> list[Any]:
    values = list(row)
    for position, convert, field in converters:
        values[position] = convert(values[position], field, connection)
    return values
