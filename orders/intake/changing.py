"""Documents that change or cancel an order that is here already."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import STEP as QUANTITY_STEP
from catalog.units import code_of
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.transactions import service
from orders.amendments import AmendmentChanges, LineChange
from orders.intake.counting import PRICE_STEP
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.learning import unit_word
from orders.intake.matching import Books
from orders.models import Channel, IntakeDocument, Order, OrderLine
from orders.rules import is_within, tolerance_of
from orders.services import amend_order, cancel_order, lines_of, lock_order

# Lines of a document that says the whole order again have no action of their own.
RESTATED = ""


class ChangeUnclear(InvalidInput):
    """The document's line is none of the order's, or at another price; `field` says where."""

    code = "change_unclear"


@service
def apply_change(
    order_id: int, *, document: ReadOrder, books: Books, at: datetime, actor: Actor
) -> Order:
    """Change or cancel the order as the document says, in one step.

    Raises:
        ChangeUnclear: a line is none of the order's, or at another price.
        DomainError: it comes too late, or the order's rules or credit refuse it.
        TransitionNotAllowed: the order is past that state.
    """
    order = lock_order(order_id)
    if document.purpose == IntakeDocument.Purpose.CANCELLATION:
        note = document.note or _("cancelled by the customer's document")
        return cancel_order(order_id, reason="customer", note=note[:300], at=at, actor=actor)
    changes = changes_of(document, order, books)
    if changes.lines or changes.requested_on:
        reason = _("changed by the customer's document %(reference)s")
        amend_order(
            order_id,
            changes=changes,
            reason=reason % {"reference": document.reference or document.po_number},
            channel=Channel.EDI,
            at=at,
            actor=actor,
        )
    return order


def changes_of(document: ReadOrder, order: Order, books: Books) -> AmendmentChanges:
    """Return what the document changes, line by line, on a locked order.

    Raises:
        ChangeUnclear: a line is none of the order's, or at another price.
    """
    known = line_numbers(order)
    wanted: list[LineChange] = []
    named: set[int] = set()
    for place, line in enumerate(document.lines):
        found = _line_of(line, known, order, books, document)
        if found is not None:
            named.add(found.pk)
        change = _change_of(line, found, f"lines.{place}", books, document)
        wanted += [change] if change else []
    if document.lines and all(line.action == RESTATED for line in document.lines):
        left_out = [line for line in lines_of(order).values() if line.pk not in named]
        wanted += [
            LineChange(line_id=line.pk, quantity=Decimal(0))
            for line in left_out
            if line.open_quantity
        ]
    day = document.requested_on
    return AmendmentChanges(lines=wanted, requested_on=day if day != order.requested_on else None)


def line_numbers(order: Order) -> dict[str, int]:
    """Return the order's lines by the buyer's own numbers for them: {number: line key}."""
    by_position = {line.position: line.pk for line in lines_of(order).values()}
    numbers = {str(position): key for position, key in by_position.items()}
    documents = IntakeDocument.objects.filter(order=order).order_by("pk")
    for purpose, content in documents.values_list("purpose", "content"):
        for position, line in enumerate(content.get("lines", []), start=1):
            if purpose == IntakeDocument.Purpose.ORDER and line.get("number"):
                numbers[line["number"]] = by_position.get(position, 0)
        numbers |= content.get("line_keys", {})
    return {number: key for number, key in numbers.items() if key}


def added_keys(document: ReadOrder, order: Order, books: Books) -> dict[str, int]:
    """Return the buyer's numbers of lines that a change has just added: {number: line key}."""
    customer = books.customer(document.customer)
    keys: dict[str, int] = {}
    lines = list(OrderLine.objects.filter(order=order).order_by("-position"))
    for line in document.lines:
        product = books.product(line, customer)
        if line.action != "add" or not line.number or product is None:
            continue
        found = (row.pk for row in lines if row.product_id == product.pk)
        keys[line.number] = next((key for key in found if key not in keys.values()), 0)
    return keys


def _line_of(
    line: ReadLine, known: dict[str, int], order: Order, books: Books, document: ReadOrder
) -> OrderLine | None:
    """Return the order's line that is meant: by the buyer's number, else by its only product."""
    if line.action == "add":
        return None
    lines = lines_of(order)
    if line.number in known:
        return lines.get(known[line.number])
    product = books.product(line, books.customer(document.customer))
    fitting = [row for row in lines.values() if product and row.product_id == product.pk]
    return fitting[0] if len(fitting) == 1 else None


def _change_of(
    line: ReadLine, found: OrderLine | None, path: str, books: Books, document: ReadOrder
) -> LineChange | None:
    if found is None:
        if line.action not in ("add", RESTATED):
            message = _("The order has no line %(number)s.") % {"number": line.number or "-"}
            raise ChangeUnclear(message, field=f"{path}.number")
        return _addition(line, path, books, document)
    if line.action == "keep":
        return None
    if line.action == "delete":
        return LineChange(line_id=found.pk, quantity=Decimal(0))
    factor = _factor(line, found.unit, found.product_id, path, books, document)
    tolerance = _tolerance(books, document)
    _ensure_price(line.unit_price, found.unit_price, factor, path, tolerance=tolerance)
    wanted = None if line.quantity is None else (line.quantity * factor).quantize(QUANTITY_STEP)
    quantity = wanted if wanted != found.ordered - found.cancelled else None
    day = line.requested_on if line.requested_on != found.requested_on else None
    if quantity is None and day is None:
        return None
    return LineChange(line_id=found.pk, quantity=quantity, requested_on=day)


def _addition(line: ReadLine, path: str, books: Books, document: ReadOrder) -> LineChange:
    customer = books.customer(document.customer)
    product = books.product(line, customer)
    if product is None or customer is None or line.quantity is None:
        message = _("The line to be added names no product or no quantity of ours.")
        raise ChangeUnclear(message, field=f"{path}.sku")
    factor = _factor(line, product.unit_id, product.pk, path, books, document)
    quantity = (line.quantity * factor).quantize(QUANTITY_STEP)
    ours = books.price(customer, product, quantity)
    if ours is not None:
        tolerance = _tolerance(books, document)
        _ensure_price(line.unit_price, ours, factor, path, tolerance=tolerance)
    return LineChange(
        line_id=None,
        product_id=product.pk,
        quantity=quantity,
        requested_on=line.requested_on or document.requested_on,
    )


def _tolerance(books: Books, document: ReadOrder) -> Decimal:
    customer = books.customer(document.customer)
    return tolerance_of(customer, books.house) if customer else Decimal(0)


def _ensure_price(
    theirs: Decimal | None, ours: Decimal, factor: Decimal, path: str, *, tolerance: Decimal
) -> None:
    if theirs is None:
        return
    if not is_within((theirs / factor).quantize(PRICE_STEP), ours, tolerance):
        message = _("They write %(theirs)s; the order says %(ours)s.")
        prices = {"theirs": f"{theirs:f}", "ours": f"{ours.normalize():f}"}
        raise ChangeUnclear(message % prices, field=f"{path}.unit_price")


def _factor(
    line: ReadLine, unit: str, product_id: int, path: str, books: Books, document: ReadOrder
) -> Decimal:
    """Return how many of our unit one of theirs holds; 1: it is the same.

    Raises:
        ChangeUnclear: nobody has said what their unit holds.
    """
    if not line.unit or code_of(line.unit) == code_of(unit):
        return Decimal(1)
    customer = books.customer(document.customer)
    key = (customer.pk if customer else 0, unit_word(line.unit), product_id)
    packs = books.packs.get(product_id, {})
    factor = books.units.get(key) or packs.get(code_of(line.unit))
    if factor is None:
        message = _("We sell it by “%(ours)s”, not by “%(theirs)s”.")
        units = {"ours": unit, "theirs": line.unit[:20]}
        raise ChangeUnclear(message % units, field=f"{path}.unit")
    return factor
