"""Statements that PostgreSQL plans once for each connection: planning costs more than they do.

    cursor.execute(Hot("SELECT … WHERE id = %s"), [pk])

Statements that `;` at the end of a line parts travel together, and count as one: each of them sees
what was committed before it began, such as while the one before it waited for a lock.

The driver puts values into the text, so that PostgreSQL would plan the same question anew each
time. `PREPARE` at the first asking and `EXECUTE` from then on spare that; all else stays as it is.
A value that an index or a plan depends on (the condition of a partial index) stands in the text.

A connection pool that hands out another server process for each transaction needs
`DATABASE_PREPARE=off`.
"""

import re
from itertools import count
from typing import Any

from psycopg2.errors import FeatureNotSupported, InvalidSqlStatementName
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, connection, cursor

# A place, with the type that is named for it: lists of texts need it when they are given, too.
PLACE = re.compile(
    r"%(?:\((?P<name>\w+)\))?s"
    r"(?P<cast>::\w+(?: with(?:out)? time zone| precision)?(?:\([\d, ]+\))?(?:\[\])?)?"
)
TOGETHER = ";\n"
# Plans take memory in the server's process; what comes later is planned each time.
MOST = 300


class Hot(str):
    """A statement that is asked again and again, with other values and the same text."""

    __slots__ = ()


class Copied(str):
    """A COPY FROM STDIN; what is asked with it is the file of its rows."""

    __slots__ = ()


class PreparingConnection(connection):
    """A connection that remembers what it has prepared: `calls` by statement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls: dict[str, str] = {}
        self.names = count()


class CopyingCursor(cursor):
    """A cursor that takes rows by COPY as any other statement."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002  the driver's name
        if isinstance(query, Copied):
            self.copy_expert(query, vars)
        else:
            super().execute(query, vars)


class PreparingCursor(CopyingCursor):
    """A cursor that plans hot statements once; `query` shows them as they were asked."""

    connection: PreparingConnection
    _asked: tuple[str, Any] | None = None

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002  the driver's name
        """Run a statement.

        Raises:
            InvalidSqlStatementName, FeatureNotSupported: another program has let go of what was
                prepared, or has changed a column's type; the next try prepares anew.
        """
        self._asked = None
        call = self._call_of(query) if isinstance(query, Hot) and self.name is None else None
        if call is None:
            super().execute(query, vars)
            return
        try:
            super().execute(call, vars)
        except (InvalidSqlStatementName, FeatureNotSupported):
            self.connection.calls.clear()
            if self.connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
                raise
            super().execute(query, vars)
        else:
            self._asked = (query, vars)

    @property
    def query(self) -> bytes | None:
        return self.mogrify(*self._asked) if self._asked else super().query

    def _call_of(self, statement: str) -> str | None:
        """Return the EXECUTE of a statement, which is prepared when it is new."""
        calls = self.connection.calls
        if statement not in calls and len(calls) < MOST:
            calls[statement] = "; ".join(map(self._prepare, statement.split(TOGETHER)))
        return calls.get(statement)

    def _prepare(self, statement: str) -> str:
        name = f"hot_{next(self.connection.names)}"
        text, places = _numbered(statement)
        super().execute(f"PREPARE {name} AS {text}")
        return f"EXECUTE {name}" + (f" ({', '.join(places)})" if places else "")


def _numbered(statement: str) -> tuple[str, list[str]]:
    """Return the statement with `$1`, and the driver's places for its values."""
    numbers: dict[str, int] = {}
    places: list[str] = []

    def number(found: re.Match[str]) -> str:
        cast, name = found["cast"] or "", found["name"] or f" {len(places)}"
        if name not in numbers:
            places.append(found[0])
            numbers[name] = len(places)
        return f"${numbers[name]}{cast}"

    parts = statement.split("%%")
    return "%".join(PLACE.sub(number, part) for part in parts), places


# The options of a connection, and of one that prepares.
COPYING: dict[str, Any] = {"cursor_factory": CopyingCursor}
PREPARING: dict[str, Any] = {
    "connection_factory": PreparingConnection,
    "cursor_factory": PreparingCursor,
}
