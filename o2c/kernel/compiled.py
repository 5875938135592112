"""Questions that every step asks: written with the ORM, compiled once, then only executed.

    @compiled
    def schedules_of(warehouse_id: int) -> QuerySet[PickupSchedule]:
        return PickupSchedule.objects.filter(warehouse=warehouse_id).order_by("pk")

Compiling costs the program several times what the answer costs. The statement must be the same
for all arguments: they only fill its places, so there is no `if`. A list of keys is one argument:
`filter(pk__in=keys)` becomes `= ANY`, however many there are.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from o2c.kernel.prepared import Hot

P = ParamSpec("P")
Row = TypeVar("Row")
Ending = Callable[[type[Model]], str]

# Values that no question contains: they show where an argument goes.
MARKS: dict[Any, Callable[[int], Any]] = {
    int: lambda place: 8_888_888_888_000_000 + place,
    str: lambda place: f"\0{place}",
    date: lambda place: date(1, 1, 1 + place),
    datetime: lambda place: datetime(1, 1, 1 + place, tzinfo=UTC),
    list[int]: lambda place: [8_888_888_888_000_000 + place],
    list[str]: lambda place: [f"\0{place}"],
}


@dataclass(frozen=True)
class _Template:
    """A compiled question; `places` says which argument each parameter is."""

    queryset: QuerySet[Any, Any]
    compiler: Any
    converters: Any
    sql: str
    places: list[int]

    def ask(self, arguments: tuple[Any, ...], *, ending: str) -> list[Any]:
        # A copy for each asking: another thread may be asking the same through its connection.
        compiler: Any = copy(self.compiler)
        query: Any = copy(self.queryset.query)
        filled = tuple([arguments[place] for place in self.places])
        compiler.connection = connection
        compiler.as_sql = lambda: (Hot(self.sql + ending), filled)
        compiler.get_converters = lambda expressions: self.converters
        query.get_compiler = lambda using: compiler
        asked: QuerySet[Any, Any] = QuerySet(self.queryset.model, query=query)
        rows: Any = self.queryset._iterable_class(asked)
        return list(rows)


class NotCompilable(TypeError):
    """An argument does not fill a place of its own in the statement."""


def compiled(
    build: Callable[P, QuerySet[Any, Row]], *, ending: Ending = lambda model: ""
) -> Callable[P, list[Row]]:
    """Return a function that answers with the rows of `build`'s query, which is compiled once.

    `ending` is asked each time for what comes last: a lock.
    """

    @cache
    def template() -> _Template:
        return _compile(build)

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        arguments = args if not kwargs else signature(build).bind(*args, **kwargs).args
        known = template()
        return known.ask(arguments, ending=ending(known.queryset.model))

    return ask


def _compile(build: Callable[..., QuerySet[Any, Any]]) -> _Template:
    parameters = signature(build).parameters.values()
    marks = [MARKS[parameter.annotation](place) for place, parameter in enumerate(parameters)]
    queryset = build(*marks)
    compiler = queryset.query.get_compiler(using="default")
    sql, values = compiler.as_sql()
    shown = [mark[0] if isinstance(mark, list) else mark for mark in marks]
    places = [shown.index(value) if value in shown else None for value in values]
    if set(places) - {None} != set(range(len(marks))):
        raise NotCompilable(f"{build.__qualname__}: an argument is not a parameter as it is")
    lists = [place is not None and isinstance(marks[place], list) for place in places]
    return _Template(
        queryset=queryset,
        compiler=compiler,
        converters=compiler.get_converters(
            [column[0] for column in compiler.select[: compiler.col_count]]
        ),
        sql=_with_fixed(_with_arrays(sql, lists), values, places),
        places=[place for place in places if place is not None],
    )


def _with_arrays(sql: str, lists: list[bool]) -> str:
    """Write `= ANY(%s)` for the `IN (%s)` of each parameter that is a list."""
    parts = sql.split("%s")
    for number, is_list in enumerate(lists):
        if is_list:
            parts[number] = parts[number].removesuffix("IN (") + "= ANY("
    return "%s".join(parts)


def _with_fixed(sql: str, values: Sequence[Any], places: Sequence[int | None]) -> str:
    """Write what is the same each time into the text: partial indexes are found by it."""
    first, *parts = sql.split("%s")
    with connection.cursor() as cursor:
        for number, (value, place) in enumerate(zip(values, places, strict=True)):
            shown = "%s" if place is not None else _literal(cursor, value)
            parts[number] = shown + parts[number]
    return "".join([first, *parts])


def _literal(cursor: Any, value: Any) -> str:
    return str(cursor.mogrify("%s", [value]).decode()).replace("%", "%%")
