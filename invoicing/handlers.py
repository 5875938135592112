"""What invoicing does when something has happened."""

from credit.advances import tells_advances
from credit.events import PrepaymentRecorded
from invoicing import advances, services
from invoicing.events import CreditMemoIssued, DeliveryQueued, InvoiceIssued, ProFormaIssued
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.events import after, on
from orders.events import LinesCancelled, OrderAmended, OrderReleased
from shipping.events import ReturnRefused, ReturnSettled, ShipmentDelivered, ShipmentDispatched

tells_advances(advances.open_advances)


@after(ShipmentDispatched)
def bill_dispatched(event: ShipmentDispatched) -> None:
    """Bill who is billed when goods leave; prepayers too, whose pro forma was no invoice."""
    actor = Actor.job("invoicing.bill_dispatched", on_behalf_of=event.actor.name)
    services.bill_shipment(event.shipment_id, at=clock.now(), actor=actor)


@after(ShipmentDelivered)
def bill_delivered(event: ShipmentDelivered) -> None:
    """Bill whoever is billed when goods arrive; what is billed already stays as it is."""
    actor = Actor.job("invoicing.bill_delivered", on_behalf_of=event.actor.name)
    services.bill_shipment(event.shipment_id, at=clock.now(), actor=actor)


@after(ReturnSettled)
def credit_returned(event: ReturnSettled) -> None:
    """Credit what was accepted of a return; a delivery after the first finds it credited."""
    actor = Actor.job("invoicing.credit_returned", on_behalf_of=event.actor.name)
    services.credit_return(event.return_id, at=clock.now(), actor=actor)


@after(ReturnRefused)
def bill_refused(event: ReturnRefused) -> None:
    """Bill what never arrived, came back and is not credited."""
    actor = Actor.job("invoicing.bill_refused", on_behalf_of=event.actor.name)
    services.bill_what_stays(event.return_id, at=clock.now(), actor=actor)


@after(CreditMemoIssued)
def mail_credit_memo(event: CreditMemoIssued) -> None:
    """Queue the memo's mail and send it; while the mail server is away it stays queued."""
    actor = Actor.job("invoicing.mail_credit_memo", on_behalf_of=event.actor.name)
    delivery = services.queue_delivery(event.memo_id, at=clock.now(), actor=actor)
    services.send_invoice(delivery.pk, at=clock.now(), actor=actor)


@after(InvoiceIssued)
def mail_invoice(event: InvoiceIssued) -> None:
    """Queue the invoice's mail and send it; while the mail server is away it stays queued."""
    actor = Actor.job("invoicing.mail_invoice", on_behalf_of=event.actor.name)
    delivery = services.queue_delivery(event.invoice_id, at=clock.now(), actor=actor)
    services.send_invoice(delivery.pk, at=clock.now(), actor=actor)


@after(DeliveryQueued)
def mail_again(event: DeliveryQueued) -> None:
    """Send what somebody asked to be sent again."""
    actor = Actor.job("invoicing.mail_again", on_behalf_of=event.actor.name)
    services.send_invoice(event.delivery_id, at=clock.now(), actor=actor)


@after(ProFormaIssued)
def mail_pro_forma(event: ProFormaIssued) -> None:
    """Mail what is to be paid in advance; a delivery after the first finds it sent and stops."""
    actor = Actor.job("invoicing.mail_pro_forma", on_behalf_of=event.actor.name)
    services.send_pro_forma(event.pro_forma_id, at=clock.now(), actor=actor)


@on(PrepaymentRecorded)
def follow_money(event: PrepaymentRecorded) -> None:
    services.follow_order(event.order_id, at=event.at, actor=event.actor)


@on(OrderReleased)
def follow_released(event: OrderReleased) -> None:
    """Ask no more for the money of an order that goes on without it."""
    if event.has_waited:
        services.follow_order(event.order_id, at=event.at, actor=event.actor)


@on(OrderAmended)
def withdraw_amended(event: OrderAmended) -> None:
    if not event.was_confirmed:
        services.follow_change(event.order_id, at=event.at, actor=event.actor)


@on(LinesCancelled)
def withdraw_cancelled(event: LinesCancelled) -> None:
    services.follow_order(event.order_id, at=event.at, actor=event.actor)
