"""Make orders of what a file holds, once it is known whose they are."""

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from customers.models import Customer
from orders.intake.columns import columns_of
from orders.intake.delivery import Delivery
from orders.intake.documents import ReadOrder
from orders.intake.edi.envelope import SYNTAX_RULES
from orders.intake.edi.partners import disown, partners_of, refuse_used_controls
from orders.intake.findings import Unreadable, block
from orders.intake.formats import Read, read_file
from orders.intake.learning import words_of
from orders.intake.matching import Books, consult, customers_by_code
from orders.intake.reading import orders_of
from orders.intake.senders import understand_layout
from orders.intake.sheets import SHEETS, unknown_sheet
from orders.intake.tables import Table
from orders.models import TradingPartner


def understand(
    read: Read, given: str, digest: str, delivery: Delivery
) -> tuple[list[ReadOrder], Books]:
    """Make orders of all that was read in a file, and ask our books about them in sets."""
    codes = {code for table in read.tables for code in table.customer_codes()} | {given}
    codes |= {name for order in read.orders for name in (order.customer, *order.names)}
    customers = customers_by_code(codes)
    partners = partners_of(read.orders, delivery.file_format)

    def locale_of(code: str) -> str:
        known = customers.get(code.casefold())
        return known.language if known else "en"

    orders = list(read.orders)
    disown(orders, partners, delivery.door, kind=delivery.file_format)
    for order in orders:
        sender = partners.sender(delivery.file_format, order.sender)
        order.is_refused = order.is_refused or _is_refused(order, sender)
        _name_customer(order, partners.customer_of(order, delivery.file_format), customers, given)
    for table in read.tables:
        _use_their_words(table, customers, given)
        orders += orders_of(table, locale_of=locale_of, customer=given)
    for layout in read.layouts:
        understood = understand_layout(layout, given)
        orders += understood.orders
        customers |= understood.customers
    _tell_apart(orders)
    refuse_used_controls(read.orders, partners, kind=delivery.file_format, digest=digest)
    return orders, consult(
        orders, customers=customers, at=delivery.at, sha256=digest, partners=partners
    )


def _is_refused(order: ReadOrder, partner: TradingPartner | None) -> bool:
    """Say whether its acknowledgement tells the partner that the document was not taken."""
    is_broken = any(finding.rule in SYNTAX_RULES for finding in order.findings)
    return is_broken and partner is not None and partner.wants_acknowledgement


def _name_customer(
    order: ReadOrder, partner: Customer | None, customers: dict[str, Customer], given: str
) -> None:
    """Say who buys: a trading partner, else whom the document names, else whom the caller does."""
    named = partner or next(
        (customers[name.casefold()] for name in order.names if name.casefold() in customers), None
    )
    if order.customer:
        return
    if named is None:
        order.customer = given or next(iter((*order.names, *order.parties, order.sender)), "")
        return
    customers[named.number.casefold()] = named
    order.customer = named.number
    if given and customers.get(given.casefold()) not in (None, named):
        message = _("The file names customer %(named)s, but it was sent for %(given)s.")
        names = {"named": named.number, "given": given}
        order.findings.append(block("customer_differs", "customer", message % names))


def read_for(content: bytes, file_format: str, customer: str) -> Read:
    """Read a file; a table that nobody understands yet waits for somebody who explains it.

    Raises:
        Unreadable: nothing can be made of the file.
    """
    try:
        return read_file(content, file_format)
    except Unreadable as error:
        if error.rule != "no_header" or not customer or file_format not in SHEETS:
            raise
        return Read(layouts=[unknown_sheet(content, file_format)])


def _use_their_words(table: Table, customers: dict[str, Customer], given: str) -> None:
    """Let a table of one customer's mean what that customer's words mean."""
    senders = {customers.get(code.casefold()) for code in table.customer_codes() or {given}}
    customer = senders.pop() if len(senders) == 1 else None
    if customer is not None:
        table.columns = columns_of(table.header, words_of(customer.pk))


def _tell_apart(orders: Sequence[ReadOrder]) -> None:
    """Number the orders of one file that have no PO number of their own."""
    seen: Counter[str] = Counter()
    for order in orders:
        seen[order.part] += 1
        if seen[order.part] > 1 and (order.reference or not order.po_number):
            order.part = f"{order.part[:90]}#{seen[order.part]}"
