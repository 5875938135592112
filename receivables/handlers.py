"""What receivables does when something has happened."""

from credit.debts import tells_debts
from invoicing.events import BillLowered, CreditMemoIssued, InvoiceIssued
from o2c.kernel import clock
from o2c.kernel.events import after, on
from orders.events import LinesCancelled, OrderAmended
from receivables import services, unpaid
from receivables.events import ItemFlagged

tells_debts(unpaid.debts_of)


@on(InvoiceIssued)
def open_item(event: InvoiceIssued) -> None:
    """Open the invoice's claims and post it."""
    services.open_items(event.invoice_id, at=event.at, actor=event.actor)


@on(CreditMemoIssued)
def post_credit(event: CreditMemoIssued) -> None:
    """Post the memo, and let it pay its invoice."""
    services.post_credit(event.memo_id, at=event.at, actor=event.actor)


@on(BillLowered)
def settle_lowered(event: BillLowered) -> None:
    """Settle an order of which nothing is left to be billed, and nothing is owed."""
    services.settle_paid_orders([event.order_id], at=event.at, actor=event.actor)


@on(LinesCancelled)
def settle_what_is_left(event: LinesCancelled) -> None:
    """Settle an order whose rest was cancelled after the delivered part had been paid."""
    if not event.order_cancelled:
        services.settle_paid_orders([event.order_id], at=event.at, actor=event.actor)


@on(OrderAmended)
def settle_amended(event: OrderAmended) -> None:
    """Settle an order whose rest was taken off after the delivered part had been paid."""
    if event.is_less:
        services.settle_paid_orders([event.order_id], at=event.at, actor=event.actor)


@after(ItemFlagged)
def remind(event: ItemFlagged) -> None:
    """Remind the customer in a friendly way, once."""
    services.remind(event.review_id, at=clock.now())
