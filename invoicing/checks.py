"""The checks before an invoice is issued: each names what is wrong and how to mend it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import TaxCategory
from customers.models import Customer
from invoicing.models import Invoice, InvoiceLine
from orders.models import OrderLine

Finding = dict[str, str]
FREIGHT = "freight"


def findings(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    *,
    customer: Customer,
    order_lines: Mapping[int, OrderLine],
    left: Mapping[int, Decimal],
    is_duplicate: bool,
    is_freight_missing: bool,
) -> list[Finding]:
    """Return what keeps the invoice from being issued; nothing when it is right.

    `left`: what is to be billed of each shipped line, without what came back before it was.
    """
    found = [
        *_of_the_head(invoice, customer),
        *(finding for line in lines for finding in _of_a_line(line, order_lines)),
        *_of_the_quantities(lines, order_lines),
        *(finding for line in lines for finding in _of_the_shipped(line, left)),
    ]
    if is_duplicate:
        found.append(
            _finding("duplicate", _("This delivery has an invoice for this order already."))
        )
    if is_freight_missing:
        found.append(
            _finding(
                FREIGHT,
                _("Freight is to be charged, and no tariff says how much. Enter it here."),
            )
        )
    return found


def lacks_freight(invoice: Invoice) -> bool:
    """Say whether a draft waits for its freight: until somebody enters it, or bills it again."""
    return any(finding["rule"] == FREIGHT for finding in invoice.findings)


def _of_the_head(invoice: Invoice, customer: Customer) -> Iterator[Finding]:
    if not invoice.bill_to:
        yield _finding("bill_to", _("The customer has no bill-to address. Add one, then issue."))
    if customer.requires_po_number and not invoice.customer_po:
        yield _finding(
            "po_number", _("The customer wants their PO number, and the order has none.")
        )


def _of_a_line(line: InvoiceLine, order_lines: Mapping[int, OrderLine]) -> Iterator[Finding]:
    agreed = order_lines[line.order_line_id]
    if line.unit_price != agreed.unit_price:
        yield _finding(
            "price",
            _("Line %(position)s: the price is %(price)s, the order says %(agreed)s.")
            % {"position": line.position, "price": line.unit_price, "agreed": agreed.unit_price},
        )
    if line.tax_category == TaxCategory.STANDARD and not line.tax_rate:
        yield _finding(
            "tax", _("Line %(position)s: no tax rate is set.") % {"position": line.position}
        )


def _of_the_quantities(
    lines: Sequence[InvoiceLine], order_lines: Mapping[int, OrderLine]
) -> Iterator[Finding]:
    billed: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        billed[line.order_line_id] += line.quantity
    for line_id, quantity in billed.items():
        order_line = order_lines[line_id]
        if quantity > order_line.shipped - order_line.invoiced:
            yield _finding(
                "quantity",
                _("%(line)s: more than what was shipped and is not yet invoiced.")
                % {"line": order_line.description},
            )


def _of_the_shipped(line: InvoiceLine, left: Mapping[int, Decimal]) -> Iterator[Finding]:
    if line.quantity > left[line.shipment_line_id]:
        yield _finding(
            "returned",
            _("Line %(position)s: part of it came back before it was billed. Bill it again.")
            % {"position": line.position},
        )


def _finding(rule: str, message: str) -> Finding:
    return {"rule": rule, "message": message}
