"""Open items: made of invoices, and what follows when all items of an order are paid."""

from collections.abc import Iterable
from datetime import datetime

from invoicing.models import Invoice
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import adopt, lock
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders import services as orders
from receivables import selectors
from receivables.models import LedgerAccount, OpenItem
from receivables.services.ledger import post


@service
def open_item(invoice_id: int, *, at: datetime, actor: Actor) -> OpenItem | None:
    """Open the claim of an issued invoice and post it; one for nothing is settled by itself.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    invoice = lock(Invoice, invoice_id)
    if not invoice.gross_amount:
        settle_paid_orders([invoice.order_id], at=at, actor=actor)
        return None
    assert invoice.issued_on  # an issued invoice has both dates, by constraint
    assert invoice.due_on
    item = OpenItem(
        customer_id=invoice.customer_id,
        invoice=invoice,
        currency=invoice.currency,
        amount=invoice.gross_amount,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
    )
    touches = [invoice.label, f"order:{invoice.order_id}", f"customer:{invoice.customer_id}"]
    adopt(audit.create(item, at=at, actor=actor, touches=touches))
    post(
        company_id=invoice.company_id,
        customer_id=invoice.customer_id,
        kind="invoice",
        source=invoice.label,
        posted_on=item.issued_on,
        currency=invoice.currency,
        lines=[
            (LedgerAccount.RECEIVABLE, invoice.gross_amount, ZERO),
            (LedgerAccount.REVENUE, ZERO, invoice.net_amount),
            (LedgerAccount.TAX, ZERO, invoice.tax_amount),
        ],
        at=at,
    )
    return item


@service
def settle_paid_orders(order_ids: Iterable[int], *, at: datetime, actor: Actor) -> list[int]:
    """Settle those of the orders that are billed in full and owe nothing; return them."""
    settled = selectors.paid_orders(order_ids)
    orders.settle_orders(settled, at=at, actor=actor)
    return settled
