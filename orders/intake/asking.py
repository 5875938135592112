"""Ask the order's own rules about a document that is in doubt already: it is told all at once."""

from collections.abc import Sequence
from datetime import datetime

from o2c.kernel.money import ZERO
from orders import validation
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding
from orders.intake.judging import Verdict, judge, verdict_of
from orders.intake.matching import Books
from orders.intake.outcomes import found_by_rules
from orders.rules import Stated
from orders.selectors import today_of
from orders.services.facts import Entered, NewLine, facts_of

# What a rule of ours says again in other words: rule -> what says it already on that field.
SAID_ALREADY = {
    "quantity_not_positive": {"missing_quantity", "return_line", "zero_quantity"},
    "no_price": {"no_list_price"},
    "po_too_long": {"too_long"},
    "total_differs": {"total_mismatch"},
}


def examine(order: ReadOrder, books: Books, *, at: datetime) -> None:
    """Judge a document; if a person will look at it, add what the order's own rules say."""
    judge(order, books)
    if verdict_of(order) == Verdict.REVIEW:
        ask_rules(order, books, at=at)


def ask_rules(order: ReadOrder, books: Books, *, at: datetime) -> None:
    """Add what the order's rules find, as far as customer and products are known.

    Nothing is placed; the number of statements does not depend on the number of lines.
    """
    customer = books.customer(order.customer)
    if customer is None or order.changes_another:
        return
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
    found = validation.findings_of(facts_of(customer, entered, at=at))
    told = found_by_rules((one.rule, one.field, one.message) for one in found if one.is_blocking)
    positions = [position for position, _product in known]
    for one in (_in_document(finding, positions) for finding in told):
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
