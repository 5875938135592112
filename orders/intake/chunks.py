"""The documents of a large file, settled many in a step: what is sure is placed together.

A document that is refused is kept for a person, and its neighbours go on. Should a step break off
for anything else, its documents are settled one by one, so that each gets what it would have got
alone. What was settled before a crash is found again by its PO number and by its part of the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError

from o2c.kernel.errors import REFUSALS
from o2c.kernel.outbox import unhurried
from o2c.kernel.transactions import service
from orders.intake.asking import examine_all
from orders.intake.delivery import Delivery, settled_before
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding
from orders.intake.judging import Verdict, verdict_of
from orders.intake.keeping import keep_accepted, keep_undecided
from orders.intake.matching import Books
from orders.intake.outcomes import VERDICTS, findings_of
from orders.intake.results import Result
from orders.intake.settling import entered_of, remember, settle, settle_judged, told
from orders.models import IntakeDocument
from orders.services import Head, NewOrder, OrderInvalid, Placer, placing

# As many are settled in one step: others wait no longer for a customer or a shelf.
MOST_ORDERS, MOST_LINES = 100, 1000
Outcome = tuple[Verdict, IntakeDocument | None]


class Rehearsed(Exception):
    """The step went well, and is undone because it was only a rehearsal."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


class Chunk:
    """Documents that do not depend on each other: no two share a PO number."""

    def __init__(self, books: Books) -> None:
        self.orders: list[ReadOrder] = []
        self._books = books
        self._lines = 0
        self._keys: set[object] = set()

    def add(self, order: ReadOrder) -> None:
        self.orders.append(order)
        self._lines += len(order.lines)
        self._keys |= self._keys_of(order)

    def has_room_for(self, order: ReadOrder) -> bool:
        if not self.orders:
            return True
        is_small = self._lines + len(order.lines) <= MOST_LINES
        is_short = len(self.orders) < MOST_ORDERS
        return is_small and is_short and not self._keys & self._keys_of(order)

    def _keys_of(self, order: ReadOrder) -> set[object]:
        customer = self._books.customer(order.customer)
        if customer is None or not order.po_number:
            return {order.part}
        return {order.part, (customer.pk, order.po_number)}


def settle_all(orders: Iterable[ReadOrder], books: Books, delivery: Delivery) -> Iterator[Result]:
    """Settle documents in their order, in as few steps as may be; the queue is not woken."""
    chunk = Chunk(books)
    for order in orders:
        is_alone = order.changes_another or order.is_receipt
        if is_alone or not chunk.has_room_for(order):
            yield from _settled(chunk.orders, books, delivery)
            chunk = Chunk(books)
        if is_alone:
            # A generator must not keep a context open while its caller goes on.
            with unhurried():
                result = settle(order, books, delivery)
            yield result
        else:
            chunk.add(order)
    yield from _settled(chunk.orders, books, delivery)


def _settled(orders: Sequence[ReadOrder], books: Books, delivery: Delivery) -> list[Result]:
    with unhurried() if orders else nullcontext():
        if len(orders) == 1:
            return [settle(orders[0], books, delivery)]
        examine_all(orders, books, at=delivery.at)
        found = [list(order.findings) for order in orders]
        try:
            outcomes = _settle_together(orders, found, books, delivery)
        except Rehearsed as rehearsed:
            outcomes = rehearsed.outcomes
        except (*REFUSALS, ObjectDoesNotExist, IntegrityError, DataError):
            _take_back(orders, found)
            return [settle_judged(order, books, delivery) for order in orders]
    for order, (verdict, document) in zip(orders, outcomes, strict=True):
        remember(order, verdict, books, document)
    return [
        told(order, *outcome, delivery) for order, outcome in zip(orders, outcomes, strict=True)
    ]


def _take_back(orders: Sequence[ReadOrder], found: Sequence[list[Finding]]) -> None:
    """Give each document the findings that it had before the step."""
    for order, findings in zip(orders, found, strict=True):
        order.findings = list(findings)


@service
def _settle_together(
    orders: Sequence[ReadOrder],
    found: Sequence[list[Finding]],
    books: Books,
    delivery: Delivery,
) -> list[Outcome]:
    """Settle judged documents one after the other in one step; return what each has become.

    Raises:
        Rehearsed: with the outcomes; nothing is kept.
        DomainError: something refuses one of them in the middle; all is undone.
    """
    _take_back(orders, found)  # should PostgreSQL have this step begin again
    before = settled_before(orders, delivery)
    new = {
        order.part: _new_order(order, books, delivery)
        for order in orders
        if order.part not in before and verdict_of(order) == Verdict.ACCEPTED
    }
    with placing(list(new.values()), at=delivery.at, actor=delivery.actor) as placer:
        outcomes = [
            _known(before[order.part])
            if order.part in before
            else _settle_one(order, new.get(order.part), placer, books, delivery)
            for order in orders
        ]
    if delivery.stored is None:
        raise Rehearsed(outcomes)
    return outcomes


def _known(document: IntakeDocument) -> Outcome:
    return VERDICTS.get(document.state, Verdict.REVIEW), document


def _settle_one(
    order: ReadOrder, new: NewOrder | None, placer: Placer, books: Books, delivery: Delivery
) -> Outcome:
    if new is not None:
        try:
            placed = placer.place(new)
        except OrderInvalid as refusal:
            order.findings += findings_of(refusal)
        else:
            if delivery.stored is None:
                return Verdict.ACCEPTED, None
            customer = placer.customers[new.customer_id]
            return Verdict.ACCEPTED, keep_accepted(order, placed, customer, delivery)
    verdict = verdict_of(order)
    if delivery.stored is None:
        return verdict, None
    return verdict, keep_undecided(order, verdict, books, delivery)


def _new_order(order: ReadOrder, books: Books, delivery: Delivery) -> NewOrder:
    customer = books.customers[order.customer.casefold()]
    return NewOrder(
        customer_id=customer.pk,
        entered=entered_of(order, books, customer, at=delivery.at),
        head=Head(channel=delivery.channel, owner_id=customer.sales_rep_id, note=order.note),
    )
