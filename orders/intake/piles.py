"""The orders of a file, so many at a time with what our books say about them.

A table is gone through portion by portion, so that a file of many orders takes no more memory
than one of a few: of what is settled only the PO numbers are kept in mind.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from customers.models import Customer
from o2c.kernel.sheets import Row
from orders.intake.columns import columns_of
from orders.intake.documents import ReadOrder
from orders.intake.learning import words_of
from orders.intake.matching import Books, Settled, consult, customers_by_code
from orders.intake.reading import TableReader
from orders.intake.tables import Table

# So many orders are read and looked up together.
PORTION = 500
# Of so many customers all are held in mind while a file is read; of more, each portion's.
MOST_CUSTOMERS = 500
Customers = dict[str, Customer]
Group = tuple[TableReader, Sequence[Row]]


@dataclass(kw_only=True)
class Pile:
    """A file's orders, to be gone through once; `count` is how many there are."""

    count: int
    portions: Iterator[tuple[list[ReadOrder], Books]]


def pile_of(tables: Sequence[Table], *, given: str, settled: Settled, at: datetime) -> Pile:
    """Sort the rows of a file's tables into orders; they are read when their turn comes."""
    codes = {code for table in tables for code in table.customer_codes} | {given}
    known = customers_by_code(codes) if len(codes) <= MOST_CUSTOMERS else None
    readers = []
    for table in tables:
        _use_their_words(table, known, given)
        readers.append(TableReader(table, customer=given))
    portions = _portions(readers, known, given=given, settled=settled, at=at)
    return Pile(count=sum(reader.count for reader in readers), portions=portions)


def _portions(
    readers: Sequence[TableReader],
    known: Customers | None,
    *,
    given: str,
    settled: Settled,
    at: datetime,
) -> Iterator[tuple[list[ReadOrder], Books]]:
    groups = ((reader, rows) for reader in readers for rows in reader.groups())
    seen: Counter[str] = Counter()
    while portion := list(islice(groups, PORTION)):
        customers = customers_by_code(_named(portion, given)) if known is None else known
        orders = _read(portion, customers)
        portion.clear()
        tell_apart(orders, seen)
        yield orders, consult(orders, customers=customers, at=at, settled=settled)
        orders = []  # one portion goes before the next one comes


def let_go(orders: list[ReadOrder]) -> Iterator[ReadOrder]:
    """Yield a list's documents from the first on, and forget each."""
    orders.reverse()
    while orders:
        yield orders.pop()


def _named(portion: Iterable[Group], given: str) -> set[str]:
    return {reader.names(rows[0][1])[0] for reader, rows in portion} | {given}


def _read(portion: Iterable[Group], customers: Customers) -> list[ReadOrder]:
    def locale_of(code: str) -> str:
        known = customers.get(code.casefold())
        return known.language if known else "en"

    return [reader.order_of(rows, locale_of) for reader, rows in portion]


def _use_their_words(table: Table, known: Customers | None, given: str) -> None:
    """Let a table of one customer's mean what that customer's words mean."""
    codes = table.customer_codes or {given}
    if len(codes) > MOST_CUSTOMERS:
        return
    customers = customers_by_code(codes) if known is None else known
    senders = {customers.get(code.casefold()) for code in codes}
    customer = senders.pop() if len(senders) == 1 else None
    if customer is not None:
        table.columns = columns_of(table.header, words_of(customer.pk))


def tell_apart(orders: Sequence[ReadOrder], seen: Counter[str]) -> None:
    """Number the orders of one file that have no PO number of their own; `seen` are its parts."""
    for order in orders:
        seen[order.part] += 1
        if seen[order.part] > 1 and (order.reference or not order.po_number):
            order.part = f"{order.part[:90]}#{seen[order.part]}"
