"""Many documents in one step: their rows are held back, and written in one statement per table.

    with gathering() as gathered:
        gathered.expect(Order, 100)
        for each in many: place(each)

What runs inside stays as it is. Keys and the database's own defaults are drawn in advance, so a
row is whole before it is written; what changes it until then costs nothing. Whatever asks the
database something has the rows written first: nobody reads what is not there yet.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import NOT_PROVIDED, Field, Model
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import Query

from o2c.kernel.transactions import current_step, running_step

Write = Callable[[Sequence[Model]], None]
K = TypeVar("K")

# So many keys are drawn at once where nobody has said how many rows will come.
BLOCK = 100
HELD_BACK = "_held_back"
Execute = Callable[..., Any]


class Gathered:
    """What a step holds back. Others add what they write in sets: `kept` and `on_flush`."""

    def __init__(self) -> None:
        self._rows: dict[type[Model], list[Model]] = {}
        self._write: Write | None = None
        self._expected: dict[type[Model], int] = {}
        self._drawn: dict[type[Model], deque[tuple[Any, ...]]] = defaultdict(deque)
        self._kept: dict[type[Any], Any] = {}
        self._writers: list[Callable[[], None]] = []
        self._is_writing = False

    def expect(self, model: type[Model], count: int) -> None:
        """Say how many rows of a model will come, so that no key and no number is drawn in vain."""
        self._expected[model] = self._expected.get(model, 0) + count

    def hold_back(self, rows: Sequence[Model], write: Write) -> None:
        """Give new rows of one model their keys and defaults; `write` writes them later."""
        model = type(rows[0])
        given = _given_by_database(model)
        for row, values in zip(rows, self._take(model, len(rows)), strict=True):
            for field, value in zip(given, values, strict=True):
                if isinstance(getattr(row, field.attname), DatabaseDefault | None):
                    setattr(row, field.attname, value)
            row.__dict__[HELD_BACK] = True
        self._rows.setdefault(model, []).extend(rows)
        self._write = write

    def on_flush(self, write: Callable[[], None]) -> None:
        """Call `write` once, when what is held back is written next."""
        self._writers.append(write)

    def kept(self, kind: type[K]) -> K | None:
        """Return what a stage keeps for this step, by its class."""
        return self._kept.get(kind)

    def keep(self, thing: object) -> None:
        self._kept[type(thing)] = thing

    def flush(self) -> None:
        """Write everything that is held back."""
        tables, self._rows = self._rows, {}
        writers, self._writers = self._writers, []
        with self._writing():
            for rows in tables.values():
                for row in rows:
                    del row.__dict__[HELD_BACK]
                assert self._write is not None  # came with the rows
                self._write(rows)
            for write in writers:
                write()

    def watch(self, execute: Execute, *asked: Any) -> Any:
        """Write what is held back before anything else is asked: an execute wrapper of Django."""
        if not self._is_writing and (self._rows or self._writers):
            self.flush()
        return execute(*asked)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._is_writing = True
        try:
            yield
        finally:
            self._is_writing = False

    def _take(self, model: type[Model], count: int) -> list[tuple[Any, ...]]:
        drawn = self._drawn[model]
        missing = count - len(drawn)
        if missing > 0:
            usual = missing if len(_given_by_database(model)) > 1 else BLOCK
            wanted = self._expected.pop(model, 0) or usual
            with self._writing():
                drawn.extend(_draw(model, max(missing, wanted)))
        return [drawn.popleft() for _ in range(count)]


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Hold back the new rows of the running step until the block ends, or something is asked."""
    step = current_step()
    if step.gathered is not None:
        yield step.gathered
        return
    gathered = step.gathered = Gathered()
    try:
        with connection.execute_wrapper(gathered.watch):
            yield gathered
            gathered.flush()
    finally:
        step.gathered = None


def gathered_now() -> Gathered | None:
    """Return what the running step holds back, or nothing when it writes at once."""
    step = running_step()
    return step.gathered if step is not None else None


def is_held_back(row: Model) -> bool:
    """Say whether a row is still to be written: then it is written as it will be by then."""
    return HELD_BACK in row.__dict__


def can_hold_back(rows: Sequence[Model]) -> bool:
    """Say whether the database numbers these new rows; what has its key already is written."""
    return rows[0].pk is None


@cache
def _given_by_database(model: type[Model]) -> "list[Field[Any, Any]]":
    """Return the key, and the columns that only the database can fill in."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.primary_key
        or (field.db_default is not NOT_PROVIDED and field.default is NOT_PROVIDED)
    ]


def _draw(model: type[Model], count: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_drawing(model), [count])
        return list(cursor.fetchall())


@cache
def _drawing(model: type[Model]) -> str:
    """Return the statement that draws keys and defaults for so many rows."""
    key, *further = _given_by_database(model)
    table = model._meta.db_table
    defaults = [f", {_default_of(field)}" for field in further]
    return (
        f"SELECT nextval(pg_get_serial_sequence('\"{table}\"', '{key.column}'))"  # noqa: S608  ours
        f"{''.join(defaults)} FROM generate_series(1, %s)"
    )


def _default_of(field: "Field[Any, Any]") -> str:
    compiler = Query(field.model).get_compiler(connection=connection)
    sql, parameters = compiler.compile(field._db_default_expression)  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, parameters).decode())
