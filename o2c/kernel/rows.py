"""Reading and writing rows by their keys: what every step does many times, without the cost of
compiling a query each time. Everything else goes through the ORM.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import NOT_PROVIDED, Field, JSONField, Model
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault

from o2c.kernel.copying import can_copy, copy, key_of_related
from o2c.kernel.gathering import can_hold_back, gathered_now, is_held_back
from o2c.kernel.loading import columns_of, instance_of, joined
from o2c.kernel.prepared import Hot

M = TypeVar("M", bound=Model)
G = TypeVar("G", bound=Model)

Plan = Sequence[tuple["Field[Any, Any]", str, bool]]
# An insert of so many rows is prepared: its text depends on their number. More are copied, if
# nothing is read back.
FEW = 8
# What the driver writes without help, whatever the column.
NATIVE = {type(None), bool, int, str, Decimal, date, datetime}


def fetch(model: type[M], column: str, values: Collection[Any], *, clause: str = "") -> list[M]:
    """Return the rows whose `column` is one of the values, in the order of their keys.

    `clause` ends the SELECT: a lock, for instance.
    """
    key = _key(model)
    statement = (
        f"SELECT {columns_of(model, 't')} FROM {_table(model)} AS t "  # noqa: S608  names of ours
        f'WHERE t."{column}" = ANY(%s) ORDER BY t."{key}" {clause}'
    )
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), [list(values)])
        found = cursor.fetchall()
    return [instance_of(model, row) for row in found]


def fetch_with(
    model: type[M], pk: Any, *, owner: type[G], column: str, clause: str = ""
) -> tuple[G, M] | None:
    """Return a row with the row of `owner` that its `column` points to, in one statement."""
    statement = (
        f"SELECT {columns_of(owner, 'o')}, {columns_of(model, 't')} "  # noqa: S608  names of ours
        f'FROM {_table(owner)} AS o JOIN {_table(model)} AS t ON t."{column}" = o."{_key(owner)}" '
        f'WHERE t."{_key(model)}" = %s {clause}'
    )
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), [pk])
        found = cursor.fetchone()
    if found is None:
        return None
    width = len(owner._meta.concrete_fields)
    return instance_of(owner, found[:width]), instance_of(model, found[width:])


def read(model: type[M], statement: str, values: Any) -> list[M]:
    """Return the rows of a statement of the caller's own that ends in `{columns}`."""
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{columns}", columns), values)
        found = cursor.fetchall()
    return [instance_of(model, row) for row in found]


def read_joined(
    statement: str, values: Any, **models: type[Model]
) -> list[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Return per row of a statement with joins the instances by alias, and what else it selects.

    `{account}` in the statement stands for the columns of the model given as `account`, under
    the alias of that name; these come first, in the order of the models. A row that an outer
    join did not find is None.
    """
    for alias, model in models.items():
        statement = statement.replace("{" + alias + "}", columns_of(model, alias))
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), values)
        found = cursor.fetchall()
    return [joined(row, models) for row in found]


def update_many(rows: Sequence[Model], names: Collection[str]) -> None:
    """Write these attributes of rows of one model to the database, in one statement."""
    rows = [row for row in rows if not is_held_back(row)]
    if not rows:
        return
    model = type(rows[0])
    fields = [_field(model, name) for name in names]
    sets = ", ".join(f'"{field.column}" = new."{field.column}"' for field in fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    values = [[_prepared(field, getattr(row, field.attname)) for row in rows] for field in fields]
    statement = (
        f"UPDATE {_table(model)} AS t SET {sets} "  # noqa: S608  names of ours
        f'FROM unnest(%s::bigint[], {arrays}) AS new (key, {columns}) WHERE t."{_key(model)}" = key'
    )
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), [[row.pk for row in rows], *values])


def update(row: Model, names: Collection[str]) -> None:
    """Write these attributes of a row to the database.

    Raises:
        row.DoesNotExist: the row is gone.
    """
    if is_held_back(row):
        return
    statement, values = update_statement(row, names)
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement), values)
        if cursor.rowcount != 1:
            raise type(row).DoesNotExist(row)  # type: ignore[attr-defined]


def update_statement(row: Model, names: Collection[str]) -> tuple[str, list[Any]]:
    """Return the UPDATE that `update` makes, to be part of another statement."""
    fields = [_field(type(row), name) for name in names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [_prepared(field, getattr(row, field.attname)) for field in fields]
    statement = f'UPDATE {_table(type(row))} SET {sets} WHERE "{_key(type(row))}" = %s'  # noqa: S608
    return statement, [*values, row.pk]


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model in one statement; keys and database defaults are read back.

    Inside of `gathering()` they get these at once, and are written together with others.
    """
    if not rows:
        return
    gathered = gathered_now()
    if gathered is not None and can_hold_back(rows):
        gathered.hold_back(rows, _write)
    else:
        _insert(rows)


def append(rows: Sequence[Model]) -> None:
    """Insert new rows whose keys nobody will ask for: they are not read back."""
    if rows:
        _write(rows)


def _write(rows: Sequence[Model]) -> None:
    if len(rows) > FEW and can_copy(rows):
        copy(rows)
    else:
        _insert(rows)


def make(model: type[M], **values: Any) -> M:
    """Return a new row of these attributes (keys of other rows, not the rows) and the defaults.

    For rows that are made by the hundred and only written: a tenth of the constructor's time.
    """
    row = model.__new__(model)
    attributes = row.__dict__
    attributes["_state"] = ModelState()
    for name, default in _defaults(model):
        attributes[name] = values.pop(name) if name in values else default()
    if values:
        raise TypeError(f"{model.__name__} has no {', '.join(values)}")
    return row


@cache
def _defaults(model: type[Model]) -> "list[tuple[str, Callable[[], Any]]]":
    return [(field.attname, field.get_default) for field in model._meta.concrete_fields]


def _insert(rows: Sequence[Model]) -> None:
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not _is_new_key(field, rows[0])]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values: list[Any] = []
    plan = [(field, field.attname, isinstance(field, JSONField)) for field in fields]
    usual = f"({', '.join(['%s'] * len(fields))})"
    places = ", ".join([_places(row, plan, values, usual) for row in rows])
    given = _given_by_database(model)
    returning = ", ".join(f'"{field.column}"' for field in given)
    statement = f"INSERT INTO {_table(model)} ({columns}) VALUES {places} RETURNING {returning}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(Hot(statement) if len(rows) <= FEW else statement, values)
        found = cursor.fetchall()
    for row, returned in zip(rows, found, strict=True):
        for field, value in zip(given, returned, strict=True):
            setattr(row, field.attname, _as_read(field, value))
        row._state.adding = False
        row._state.db = "default"


def _as_read(field: "Field[Any, Any]", value: Any) -> Any:
    """Return a value as reading the row would: the driver leaves JSON as text."""
    if isinstance(field, JSONField):
        return field.from_db_value(value, None, connection)  # type: ignore[arg-type]
    return value


def _is_new_key(field: "Field[Any, Any]", row: Model) -> bool:
    return field.primary_key and row.pk is None


def _places(row: Model, plan: "Plan", values: list[Any], usual: str) -> str:
    """Return the row's placeholders and add its values; the database fills in its own defaults."""
    attributes, defaults = row.__dict__, []
    for place, (field, name, is_json) in enumerate(plan):
        value = attributes[name]
        if value is None and field.is_relation:
            value = key_of_related(row, field)
        if isinstance(value, DatabaseDefault):
            defaults.append(place)
        elif not is_json and type(value) in NATIVE:
            values.append(value)
        else:
            values.append(field.get_db_prep_save(value, connection))
    if not defaults:
        return usual
    words = ["DEFAULT" if place in defaults else "%s" for place in range(len(plan))]
    return f"({', '.join(words)})"


def _prepared(field: "Field[Any, Any]", value: Any) -> Any:
    """Return the value as the driver takes it; most it takes as they are."""
    if type(value) in NATIVE and not isinstance(field, JSONField):
        return value
    return field.get_db_prep_save(value, connection)


@cache
def _given_by_database(model: type[Model]) -> "list[Field[Any, Any]]":
    return [
        field
        for field in model._meta.concrete_fields
        if field.primary_key or field.db_default is not NOT_PROVIDED
    ]


def _table(model: type[Model]) -> str:
    return f'"{model._meta.db_table}"'


@cache
def _key(model: type[Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


@cache
def _field(model: type[Model], attname: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.attname == attname)
