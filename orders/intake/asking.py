"""Ask the order's own rules about a document that is in doubt already: it is told all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer
from o2c.kernel.money import ZERO
from orders import validation
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding
from orders.intake.judging import Verdict, judge, verdict_of
from orders.intake.matching import Books
from orders.intake.outcomes import found_by_rules
from orders.rules import Facts, Stated
from orders.selectors import today_of
from orders.services.facts import Entered, NewLine, facts_from, facts_of
from orders.services.library import library_for

# What a rule of ours says again in other words: rule -> what says it already on that field.
SAID_ALREADY = {
    "quantity_not_positive": {"missing_quantity", "return_line", "zero_quantity"},
    "no_price": {"no_list_price"},
    "po_too_long": {"too_long"},
    "total_differs": {"total_mismatch"},
}


def examine(order: ReadOrder, books: Books, *, at: datetime) -> None:
    """Judge a document; if a person will look at it, add what the order's own rules say."""
    examine_all([order], books, at=at)


def examine_all(orders: Sequence[ReadOrder], books: Books, *, at: datetime) -> None:
    """Judge documents as `examine` does; what is asked of the books is asked for all at once."""
    for order in orders:
        judge(order, books)
    doubted = [order for order in orders if verdict_of(order) == Verdict.REVIEW]
    asked = [(order, asked) for order in doubted if (asked := _asked(order, books, at=at))]
    if not asked:
        return
    library = library_for([(one.customer, one.entered) for _order, one in asked], at=at)
    for order, one in asked:
        _tell(order, one, facts_from(library.look_up(one.customer, one.entered), one.entered))


def ask_rules(order: ReadOrder, books: Books, *, at: datetime) -> None:
    """Add what the order's rules find, as far as customer and products are known.

    Nothing is placed; the number of statements does not depend on the number of lines.
    """
    asked = _asked(order, books, at=at)
    if asked is not None:
        _tell(order, asked, facts_of(asked.customer, asked.entered, at=at))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the rules are asked about a doubtful document, and which of its lines that is."""

    customer: Customer
    entered: Entered
    positions: Sequence[int]


def _asked(order: ReadOrder, books: Books, *, at: datetime) -> _Asked | None:
    """Return as much as is known of a document; nothing when the customer is not."""
    customer = books.customer(order.customer)
    if customer is None or order.changes_another:
        return None
    known = [
        (place, product)
        for place, line in enumerate(order.lines)
        if (product := books.product(line, customer))
    ]
    is_whole = len(known) == len(order.lines) and all(line.quantity for line in order.lines)
    place = books.place(order, customer) if order.ship_to else None
    entered = Entered(
        lines=[
            NewLine(
                product_id=product.pk,
                quantity=order.lines[position].quantity or ZERO,
                unit_price=order.lines[position].unit_price,
                requested_on=order.lines[position].requested_on,
            )
            for position, product in known
        ],
        requested_on=order.requested_on or today_of(customer, at),
        ship_to_id=place.pk if place else None,
        customer_po=order.po_number,
        stated=stated_of(order, is_whole=is_whole),
    )
    positions = [position for position, _product in known]
    return _Asked(customer=customer, entered=entered, positions=positions)


def _tell(order: ReadOrder, asked: _Asked, facts: Facts) -> None:
    found = validation.findings_of(facts)
    told = found_by_rules((one.rule, one.field, one.message) for one in found if one.is_blocking)
    for one in (_in_document(finding, asked.positions) for finding in told):
        if not _is_said(one, order) and not (one.rule == "no_lines" and order.lines):
            order.findings.append(one)


def stated_of(order: ReadOrder, *, is_whole: bool = True) -> Stated:
    """Return what the document says of itself; its total only if all its lines are known."""
    return Stated(currency=order.currency[:10], total=order.total if is_whole else None)


def _in_document(finding: Finding, positions: Sequence[int]) -> Finding:
    """Count the lines as the document does: those of unknown products were left out."""
    match finding.field.split("."):
        case ["lines", position, name]:
            path = f"lines.{positions[int(position)]}.{name}"
            return Finding(
                rule=finding.rule, severity=finding.severity, field=path, message=finding.message
            )
    return finding


def _is_said(finding: Finding, order: ReadOrder) -> bool:
    same = {finding.rule, *SAID_ALREADY.get(finding.rule, ())}
    return any(one.field == finding.field and one.rule in same for one in order.findings)
