"""Open items: made of invoices, and what follows when all items of an order are paid."""

from collections.abc import Iterable
from datetime import date, datetime

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
def open_items(invoice_id: int, *, at: datetime, actor: Actor) -> list[OpenItem]:
    """Open the claims of an issued invoice, one per instalment, and post it; an invoice for
    nothing is settled by itself.

    Raises:
        Invoice.DoesNotExist: no such invoice.
    """
    invoice = lock(Invoice, invoice_id)
    if not invoice.gross_amount:
        settle_paid_orders([invoice.order_id], at=at, actor=actor)
        return []
    assert invoice.issued_on  # an issued invoice has its dates, by constraint
    items = _claims(invoice, issued_on=invoice.issued_on)
    touches = [invoice.label, f"order:{invoice.order_id}", f"customer:{invoice.customer_id}"]
    audit.create_many(items, at=at, actor=actor, touches=touches)
    for item in items:
        adopt(item)
    post(
        company_id=invoice.company_id,
        customer_id=invoice.customer_id,
        kind="invoice",
        source=invoice.label,
        posted_on=invoice.issued_on,
        currency=invoice.currency,
        lines=[
            (LedgerAccount.RECEIVABLE, invoice.gross_amount, ZERO),
            (LedgerAccount.REVENUE, ZERO, invoice.goods_amount),
            (LedgerAccount.FREIGHT, ZERO, invoice.freight_amount),
            (LedgerAccount.TAX, ZERO, invoice.tax_amount),
        ],
        at=at,
    )
    return items


def _claims(invoice: Invoice, *, issued_on: date) -> list[OpenItem]:
    return [
        OpenItem(
            customer_id=invoice.customer_id,
            invoice=invoice,
            instalment=number,
            currency=invoice.currency,
            amount=amount,
            issued_on=issued_on,
            due_on=due_on,
        )
        for number, (due_on, amount) in enumerate(invoice.instalments, start=1)
    ]


@service
def settle_paid_orders(order_ids: Iterable[int], *, at: datetime, actor: Actor) -> list[int]:
    """Settle those of the orders that are billed in full and owe nothing; return them."""
    settled = selectors.paid_orders(order_ids)
    orders.settle_orders(settled, at=at, actor=actor)
    return settled
