"""Make orders of what a file holds, once it is known whose they are."""

from collections import Counter

from django.utils.translation import gettext as _

from customers.models import Customer
from orders.intake.delivery import Delivery
from orders.intake.documents import ReadOrder
from orders.intake.edi.envelope import SYNTAX_RULES
from orders.intake.edi.partners import disown, partners_of, refuse_used_controls
from orders.intake.findings import Unreadable, block
from orders.intake.formats import Read, read_file
from orders.intake.matching import Settled, consult, customers_by_code, standing_parts
from orders.intake.piles import Pile, pile_of, tell_apart
from orders.intake.senders import understand_layout
from orders.intake.sheets import SHEETS, unknown_sheet
from orders.models import TradingPartner


def understand(read: Read, given: str, digest: str, delivery: Delivery) -> Pile:
    """Make orders of all that was read in a file, and ask our books about them in sets."""
    settled = Settled(parts=standing_parts(digest))
    if read.tables:
        return pile_of(read.tables, given=given, settled=settled, at=delivery.at)
    orders = list(read.orders)
    names = {name for order in read.orders for name in (order.customer, *order.names)}
    customers = customers_by_code(names | {given})
    partners = partners_of(read.orders, delivery.file_format)
    disown(orders, partners, delivery.door, kind=delivery.file_format)
    for order in orders:
        sender = partners.sender(delivery.file_format, order.sender)
        order.is_refused = order.is_refused or _is_refused(order, sender)
        _name_customer(order, partners.customer_of(order, delivery.file_format), customers, given)
    for layout in read.layouts:
        understood = understand_layout(layout, given)
        orders += understood.orders
        customers |= understood.customers
    tell_apart(orders, Counter())
    refuse_used_controls(read.orders, partners, kind=delivery.file_format, digest=digest)
    books = consult(orders, customers=customers, at=delivery.at, settled=settled, partners=partners)
    return Pile(count=len(orders), portions=iter([(orders, books)]))


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
