"""Mail invoices: note that it leaves, let it leave, note that it left.

A crash in between sends it again under the same Message-ID, so the recipient's mail system
shows it once.
"""

from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused

from django.db.models import Max

from invoicing import mails, selectors
from invoicing.events import DeliveryQueued
from invoicing.models import Invoice, InvoiceDelivery
from invoicing.services.documents import ensure_issued, pdf_of
from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock, lock_by
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service

DONE = (InvoiceDelivery.State.SENT, InvoiceDelivery.State.DELIVERED, InvoiceDelivery.State.BOUNCED)


@service
def queue_delivery(invoice_id: int, *, at: datetime, actor: Actor) -> InvoiceDelivery:
    """Queue the invoice's first sending, once; without an address it waits for one."""
    invoice = lock(Invoice, invoice_id)
    first = invoice.deliveries.filter(serial=1).first()
    return first or _queue(invoice, selectors.recipient_of(invoice.customer), 1, at, actor)


@service
def resend_invoice(
    invoice_id: int, *, recipient: str, at: datetime, actor: Actor
) -> InvoiceDelivery:
    """Send an issued invoice again, to any address.

    Raises:
        Invoice.DoesNotExist: no such invoice.
        NotIssued: a draft cannot be sent.
    """
    invoice = lock(Invoice, invoice_id)
    ensure_issued(invoice)
    last = invoice.deliveries.aggregate(last=Max("serial"))["last"] or 0
    delivery = _queue(invoice, recipient, last + 1, at, actor)
    publish(DeliveryQueued(delivery_id=delivery.pk, at=at, actor=actor))
    return delivery


def send_invoice(delivery_id: int, *, at: datetime, actor: Actor) -> bool:
    """Mail one queued delivery with its PDF, outside of any transaction; say whether it left.

    Nothing happens when it has been sent or when there is no address.

    Raises:
        OSError, SMTPException: the mail server is away or refuses for now: try again later.
    """
    delivery = _start(delivery_id, at=at, actor=actor)
    if delivery is None:
        return False
    document = files.read(pdf_of(delivery.invoice))
    try:
        mails.send_invoice(delivery, document)
    except SMTPRecipientsRefused as refusal:
        _bounce(delivery_id, error=str(refusal)[:500], at=at, actor=actor)
        return False
    except (OSError, SMTPException) as error:
        _fail(delivery_id, error=str(error)[:500], at=at, actor=actor)
        raise
    _confirm(delivery_id, at=at, actor=actor)
    return True


def _queue(
    invoice: Invoice, recipient: str, serial: int, at: datetime, actor: Actor
) -> InvoiceDelivery:
    delivery = InvoiceDelivery(invoice=invoice, recipient=recipient, serial=serial, queued_at=at)
    return audit.create(delivery, at=at, actor=actor, touches=[invoice.label])


@service
def _start(delivery_id: int, *, at: datetime, actor: Actor) -> InvoiceDelivery | None:
    """Note that the mail is about to leave; None when there is nothing to send."""
    delivery = _held(delivery_id)
    if delivery.state in DONE or not delivery.recipient:
        return None
    delivery.start()
    return _save(delivery, at, actor)


@service
def _confirm(delivery_id: int, *, at: datetime, actor: Actor) -> None:
    delivery = _held(delivery_id)
    delivery.confirm(at=at)
    _save(delivery, at, actor)


@service
def _fail(delivery_id: int, *, error: str, at: datetime, actor: Actor) -> None:
    delivery = _held(delivery_id)
    delivery.fail(error=error)
    _save(delivery, at, actor)


@service
def _bounce(delivery_id: int, *, error: str, at: datetime, actor: Actor) -> None:
    delivery = _held(delivery_id)
    delivery.bounce(error=error)
    _save(delivery, at, actor)


def _held(delivery_id: int) -> InvoiceDelivery:
    """Return the delivery under its invoice's lock."""
    invoice = lock_by(Invoice, deliveries=delivery_id)
    delivery = InvoiceDelivery.objects.get(pk=delivery_id)
    delivery.invoice = invoice
    return delivery


def _save(delivery: InvoiceDelivery, at: datetime, actor: Actor) -> InvoiceDelivery:
    return audit.save(delivery, at=at, actor=actor, touches=[delivery.invoice.label])
