"""Compare a document with the books: what is found, and what becomes of it."""

import re
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from catalog.models import Product
from customers.models import Customer
from orders.intake.counting import count_in_our_unit
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.findings import Finding, block, is_certain
from orders.intake.matching import Books
from orders.rules import is_within, price_words, tolerance_of
from orders.services import NewLine

# Codes under which shops book postage, fees and corrections: they are no goods.
NO_GOODS = re.compile(
    r"post|dot|m|d|s|b|pads|cruk|c2|amazonfee|bank charges|gift_.*|adjust.*|test.*"
    r"|freight|shipping|postage|carriage|discount|manual|fee|samples",
    re.IGNORECASE,
)
# What no person can make an order of.
NEVER_AN_ORDER = {"return_document", "not_an_order"}


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REVIEW = "review"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


def verdict_of(order: ReadOrder) -> Verdict:
    """Say what becomes of a judged document."""
    rules = {finding.rule for finding in order.findings}
    if any(finding.rule == "duplicate" and finding.field == "file" for finding in order.findings):
        return Verdict.DUPLICATE
    if order.is_refused or rules & NEVER_AN_ORDER:
        return Verdict.REJECTED
    if "duplicate" in rules:
        return Verdict.DUPLICATE
    return Verdict.ACCEPTED if is_certain(order.findings) else Verdict.REVIEW


def confidence_of(order: ReadOrder) -> Decimal:
    """Return the mean certainty of the document's fields; a field in doubt counts as nothing.

    The fields are the customer, the PO number and each line's product and quantity, and whatever
    else was found doubtful. A reader that says nothing about a field is certain of it.
    """
    fields = ["customer", "po_number"]
    for place in range(len(order.lines)):
        fields += [f"lines.{place}.sku", f"lines.{place}.quantity"]
    doubtful = {finding.field for finding in order.findings if finding.severity == "block"}
    certain = sum((_certainty(order, path) for path in fields if path not in doubtful), Decimal(0))
    further = len(doubtful - set(fields))
    share = max(certain - further, Decimal(0)) / len(fields)
    return share.quantize(Decimal("0.001"))


def _certainty(order: ReadOrder, path: str) -> Decimal:
    found = order.evidence.get(path)
    return Decimal(str(found.confidence)) if found else Decimal(1)


def judge(order: ReadOrder, books: Books, *, is_counted: bool = False) -> None:
    """Add what the books say to the document's findings.

    `is_counted`: a person has entered the quantities, so they are in our own units.
    """
    if any(finding.rule == "not_an_order" for finding in order.findings):
        _judge_duplicate(order, books, None)
        return
    customer = books.customer(order.customer)
    order.findings += _about_customer(order, customer)
    order.findings += _about_place(order, books, customer)
    if order.changes_another:
        judge_change(order, books, customer)
        return
    if order.lines and all(line.quantity is not None and line.quantity < 0 for line in order.lines):
        message = _("All quantities are negative: this is a return or a cancellation, no order.")
        order.findings.append(block("return_document", "lines", message))
    if not order.lines:
        order.findings.append(block("no_lines", "lines", _("There are no order lines.")))
    for place, line in enumerate(order.lines):
        if not is_counted:
            order.findings += count_in_our_unit(line, books, customer, f"lines.{place}")
        order.findings += _about_line(line, books, customer, f"lines.{place}")
    _judge_duplicate(order, books, customer)


def new_lines(order: ReadOrder, books: Books) -> list[NewLine]:
    """Return the lines as `place_order` takes them; only for a document without doubts."""
    customer = books.customer(order.customer)
    return [
        NewLine(
            product_id=product.pk,
            quantity=line.quantity,
            unit_price=_agreed(line, product, customer, books),
            requested_on=line.requested_on,
        )
        for line in order.lines
        if (product := books.product(line, customer)) and line.quantity is not None
    ]


def _agreed(
    line: ReadLine, product: Product, customer: Customer | None, books: Books
) -> Decimal | None:
    """Return their price where it is not just the listed one, but as good: it was ordered at it."""
    ours = books.price(customer, product, line.quantity) if customer else None
    return None if line.unit_price == ours else line.unit_price


def _about_customer(order: ReadOrder, customer: Customer | None) -> list[Finding]:
    if not order.customer:
        message = _("The document names no customer.")
        return [block("missing_customer", "customer", message)]
    if customer is None:
        message = _("No customer has the number “%(code)s”.") % {"code": order.customer[:40]}
        return [block("unknown_customer", "customer", message)]
    return []


def _about_place(order: ReadOrder, books: Books, customer: Customer | None) -> list[Finding]:
    if customer is None or not order.ship_to or books.place(order, customer) is not None:
        return []
    message = _("%(customer)s has no place of delivery “%(place)s”.")
    names = {"customer": customer, "place": order.ship_to[:60]}
    return [block("ship_to_unknown", "ship_to", message % names)]


def judge_change(order: ReadOrder, books: Books, customer: Customer | None) -> None:
    """Find what speaks against changing or cancelling the order that a document names."""
    if order.part in books.parts:
        _judge_duplicate(order, books, None)
        return
    if order.po_number and customer is not None and books.order(order) is None:
        message = _("%(customer)s has no order %(po)s that could be changed.")
        names = {"customer": customer, "po": order.po_number}
        order.findings.append(block("unknown_order", "po_number", message % names))
    for place, line in enumerate(order.lines):
        if line.action == "add":
            order.findings += count_in_our_unit(line, books, customer, f"lines.{place}")
            order.findings += _about_line(line, books, customer, f"lines.{place}")
        elif line.action == "change" and line.quantity is not None and line.quantity < 0:
            order.findings += _about_quantity(line, f"lines.{place}")


def _about_line(
    line: ReadLine, books: Books, customer: Customer | None, path: str
) -> list[Finding]:
    product = books.product(line, customer)
    found = _about_quantity(line, path)
    if product is None:
        return [*found, _about_unknown(line, path)]
    if customer is not None and line.unit_price is not None:
        ours = books.price(customer, product, line.quantity)
        found += _about_price(line.unit_price, ours, product.sku, books, customer, path)
    return found


def _about_quantity(line: ReadLine, path: str) -> list[Finding]:
    path = f"{path}.quantity"
    if line.quantity is None:
        message = _("Row %(row)s has no readable quantity.") % {"row": line.row}
        return [block("missing_quantity", path, message)]
    if line.quantity < 0:
        message = _("Row %(row)s takes something back (%(quantity)s): enter it as a return.")
        values = {"row": line.row, "quantity": line.quantity}
        return [block("return_line", path, message % values)]
    if not line.quantity:
        message = _("Row %(row)s orders nothing.") % {"row": line.row}
        return [block("zero_quantity", path, message)]
    return []


def _about_unknown(line: ReadLine, path: str) -> Finding:
    path = f"{path}.sku"
    if not line.sku:
        message = _("Row %(row)s names no product.") % {"row": line.row}
        return block("missing_product", path, message)
    if NO_GOODS.fullmatch(line.sku):
        message = _("“%(sku)s” is a charge or a correction, no goods.") % {"sku": line.sku}
        return block("charge_line", path, message)
    message = _("We sell nothing under “%(sku)s”.") % {"sku": line.sku[:40]}
    return block("unknown_product", path, message)


def _about_price(
    theirs: Decimal, ours: Decimal | None, sku: str, books: Books, customer: Customer, path: str
) -> list[Finding]:
    path = f"{path}.unit_price"
    if ours is None:
        message = _("They write %(theirs)s; we have no price on a list.")
        return [block("no_list_price", path, message % {"theirs": theirs})]
    tolerance = tolerance_of(customer, books.house)
    if is_within(theirs, ours, tolerance):
        return []
    message, _to_buyer = price_words(sku, theirs, ours, tolerance)
    return [block("price_differs", path, message)]


def _judge_duplicate(order: ReadOrder, books: Books, customer: Customer | None) -> None:
    key = (customer.pk if customer else 0, order.po_number)
    if order.part in books.parts:
        message = _("This document is here already: the same file was taken in before.")
        order.findings.append(block("duplicate", "file", message))
    elif order.po_number and key in books.used:
        message = _("Purchase order %(po)s is here already: %(number)s.")
        number = books.used[key] or _("it waits for review")
        values = {"po": order.po_number, "number": number}
        order.findings.append(block("duplicate", "po_number", message % values))
