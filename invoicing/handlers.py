"""What invoicing does when something has happened."""

from invoicing import services
from invoicing.events import DeliveryQueued, InvoiceIssued
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.events import after
from shipping.events import ShipmentDelivered, ShipmentDispatched


@after(ShipmentDispatched)
def bill_dispatched(event: ShipmentDispatched) -> None:
    """Bill who is billed when goods leave; prepayers too, until there are pro-forma invoices."""
    actor = Actor.job("invoicing.bill_dispatched", on_behalf_of=event.actor.name)
    services.bill_shipment(event.shipment_id, at=clock.now(), actor=actor)


@after(ShipmentDelivered)
def bill_delivered(event: ShipmentDelivered) -> None:
    """Bill whoever is billed when goods arrive; what is billed already stays as it is."""
    actor = Actor.job("invoicing.bill_delivered", on_behalf_of=event.actor.name)
    services.bill_shipment(event.shipment_id, at=clock.now(), actor=actor)


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
