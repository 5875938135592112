"""Document numbers: gapless where the law asks for it, plain sequences elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CharField, Func
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from ulid import ULID

from o2c.kernel.errors import DomainError
from o2c.kernel.models import NumberSeries
from o2c.kernel.transactions import current_step

# How many digits a gapless number shows at least: INV-00042.
WIDTH = 5
# A plain number with more digits is no number of ours.
LONGEST_PLAIN = 15

_book: ContextVar[str] = ContextVar("book", default="")


class SeriesAhead(DomainError):
    """The series has already numbered a document of a later date."""

    code = "number_series_ahead"


@deconstructible(path="o2c.kernel.numbering.PlainNumber")
class PlainNumber(Func):
    """A column default such as `SO-10001`: unique and rising, drawn from a sequence, may skip."""

    template = "'%(prefix)s' || nextval('%(sequence)s')"
    output_field = CharField()

    def __init__(self, *, prefix: str, sequence: str) -> None:
        super().__init__(prefix=prefix, sequence=sequence)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, str]]:
        return (
            "o2c.kernel.numbering.PlainNumber",
            (),
            {"prefix": self.extra["prefix"], "sequence": self.extra["sequence"]},
        )


@contextmanager
def book(code: str) -> Iterator[None]:
    """Number the documents of this context in a book of their own."""
    token = _book.set(code)
    try:
        yield
    finally:
        _book.reset(token)


def public_id(prefix: str) -> str:
    """Return a new opaque id such as `ord_01j…`, rising with time, safe to show to anybody."""
    return f"{prefix}_{str(ULID()).lower()}"


# One statement: the row stays locked until the commit, so call it as late as you can.
TAKE = """
    UPDATE kernel_numberseries SET last_number = last_number + 1, last_on = %(on)s
     WHERE company_id = %(company)s AND kind = %(kind)s AND book = %(book)s
       AND (last_on IS NULL OR last_on <= %(on)s)
 RETURNING prefix, last_number
"""


def take_number(company_id: int, kind: str, *, prefix: str, on: date) -> str:
    """Take the next gapless number of the series, for a document dated `on`.

    Raises:
        SeriesAhead: a later document has a number already; try again with a later date.
        OutsideStep: outside a service, where the number could be lost.
    """
    current_step()
    book_code = _book.get()
    values: dict[str, int | str | date] = {
        "company": company_id,
        "kind": kind,
        "book": book_code,
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        row = cursor.fetchone()
        if row is None:
            _open_series(company_id, kind, prefix=prefix, on=on)
            cursor.execute(TAKE, values)
            row = cursor.fetchone()
    return f"{row[0]}{row[1]:0{WIDTH}}"


def _open_series(company_id: int, kind: str, *, prefix: str, on: date) -> None:
    full_prefix = f"{prefix}{_book.get()}-" if _book.get() else prefix
    series, is_new = NumberSeries.objects.get_or_create(
        company_id=company_id, kind=kind, book=_book.get(), defaults={"prefix": full_prefix}
    )
    if not is_new and series.last_on and series.last_on > on:
        raise SeriesAhead(
            _("%(series)s is already at %(last)s: a document dated %(on)s comes too late.")
            % {"series": series.prefix, "last": series.last_on, "on": on}
        )


def keep_clear_of(number: str, *, prefix: str, sequence: str) -> None:
    """Let a plain sequence go on after a number that came from elsewhere, if it is of its kind."""
    digits = number.removeprefix(prefix)
    if digits == number or not digits.isdecimal() or len(digits) > LONGEST_PLAIN:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(%s, %s) FROM {sequence} WHERE last_value < %s",  # noqa: S608  ours
            [sequence, int(digits), int(digits)],
        )
