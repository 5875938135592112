"""How collections reacts: holds end when everything is paid, late payers are written to, and
credit learns how customers pay.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from collection import letters, selectors, services
from collection.events import ItemOverdue, NoticeProposed, NoticeReleased
from collection.models import DunningNotice
from invoicing.events import InvoiceIssued
from invoicing.models import Invoice
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.events import Event, after, on
from orders.events import LinesCancelled
from receivables.events import CashApplied, CashReversed, DisputeClosed, DisputeOpened
from receivables.models import Dispute

# The reminder goes by itself; harsher letters wait for a person.
FIRST_LEVEL = 1


@on(CashApplied)
def let_orders_go(event: CashApplied) -> None:
    services.follow_cash(event.customer_id, at=event.at, actor=event.actor)


@on(CashReversed)
def tell_behaviour(event: CashReversed) -> None:
    services.tell_behaviour(event.customer_id, at=event.at)


@after(InvoiceIssued)
def apply_what_was_paid_in_advance(event: InvoiceIssued) -> None:
    """Pay the invoice with the money that was kept for its order."""
    invoice = Invoice.objects.get(pk=event.invoice_id)
    _use_kept(invoice.order_id, "apply_what_was_paid_in_advance", event)


@after(LinesCancelled)
def free_what_was_paid_in_advance(event: LinesCancelled) -> None:
    """Free the money of an order that is cancelled: it pays other invoices from now on."""
    if event.order_cancelled:
        _use_kept(event.order_id, "free_what_was_paid_in_advance", event)


@after(InvoiceIssued)
def tell_what_is_owed(event: InvoiceIssued) -> None:
    _tell(Invoice.objects.filter(pk=event.invoice_id).values_list("customer_id", flat=True))


@after(DisputeOpened)
def tell_dispute(event: DisputeOpened) -> None:
    _tell(_customer_of_dispute(event.dispute_id))


@after(DisputeClosed)
def tell_dispute_ended(event: DisputeClosed) -> None:
    _tell(_customer_of_dispute(event.dispute_id))


@after(ItemOverdue)
def tell_customer_what_to_pay(event: ItemOverdue) -> None:
    letters.send_overdue(event.customer_id, event.item_ids, on=event.at)


@after(NoticeProposed)
def send_first_level(event: NoticeProposed) -> None:
    notice = DunningNotice.objects.select_related("level").get(pk=event.notice_id)
    is_waiting = notice.state == DunningNotice.State.PROPOSED
    if notice.level.level == FIRST_LEVEL and notice.recipient and is_waiting:
        actor = _job("send_first_level", event)
        services.send_notice(notice.pk, at=clock.now(), actor=actor)


@after(NoticeReleased)
def mail_letter(event: NoticeReleased) -> None:
    """Mail the letter and note it; a delivery after the first finds it sent and stops."""
    notice = DunningNotice.objects.select_related("customer", "level").get(pk=event.notice_id)
    if notice.state != DunningNotice.State.SENDING:
        return
    actor = _job("mail_letter", event)
    letter = letters.letter_of(notice)
    if not letter.items:
        reason = _("Paid or disputed since it was proposed.")
        services.withhold_notice(notice.pk, reason=reason, at=clock.now(), actor=actor)
        return
    letters.send_letter(letter)
    services.confirm_notice(notice.pk, at=clock.now(), actor=actor)


def _customer_of_dispute(dispute_id: int) -> "QuerySet[Dispute, int]":
    return Dispute.objects.filter(pk=dispute_id).values_list("item__customer_id", flat=True)


def _tell(customer_ids: Iterable[int]) -> None:
    """Tell credit in a step of its own: what was announced may have locked what comes after."""
    for customer_id in customer_ids:
        services.tell_behaviour(customer_id, at=clock.now())


def _use_kept(order_id: int, name: str, event: Event) -> None:
    """Each receipt in a step of its own: one may let orders go, which locks what comes after."""
    for receipt_id in selectors.receipts_kept_for(order_id):
        services.apply_reserved(receipt_id, at=clock.now(), actor=_job(name, event))


def _job(name: str, event: Event) -> Actor:
    return Actor.job(f"collections.{name}", on_behalf_of=event.actor.name)
