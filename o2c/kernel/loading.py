"""Making instances of what a statement selected: a model's columns, and the rows that hold them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

from o2c.kernel.audited import Audited

M = TypeVar("M", bound=Model)


@cache
def columns_of(model: type[Model], alias: str) -> str:
    """Return the columns of a model under an alias, as a SELECT names them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def instance_of(model: type[M], row: Sequence[Any]) -> M:
    """Return the row of a model whose columns were all selected, in their order."""
    names, converters = _shape(model)
    if converters:
        values = list(row)
        for position, convert, field in converters:
            values[position] = convert(values[position], field, connection)
        row = values
    return _loaded(model, names, row)


def joined(
    row: tuple[Any, ...], models: Mapping[str, type[Model]]
) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the instances by alias, and what else the row holds; what is not there is None."""
    instances: dict[str, Any] = {}
    for alias, model in models.items():
        width = len(model._meta.concrete_fields)
        is_there = any(value is not None for value in row[:width])
        instances[alias] = instance_of(model, row[:width]) if is_there else None
        row = row[width:]
    return instances, row


@cache
def _shape(model: type[Model]) -> tuple[list[str], list[tuple[int, Any, Any]]]:
    """Return the attribute names, and (position, converter, field) of what needs converting."""
    fields = model._meta.concrete_fields
    converters = [
        (position, field.from_db_value, field)
        for position, field in enumerate(fields)
        if hasattr(field, "from_db_value")
    ]
    return [field.attname for field in fields], converters


def _loaded(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """Return what `model.from_db` would: without setting each attribute, half of its time."""
    row = model.__new__(model)
    attributes = row.__dict__
    state = attributes["_state"] = ModelState()
    state.adding, state.db = False, "default"
    attributes.update(zip(names, values, strict=True))
    if isinstance(row, Audited):
        row.remember()
    return row
