"""Disputes: an item that the customer contests is not dunned until somebody has decided."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock, lock_by
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from receivables.events import DisputeClosed, DisputeOpened
from receivables.models import Dispute, InvoiceReview, OpenItem


class DisputedAlready(DomainError):
    """An item has one open dispute at most."""

    code = "disputed_already"


@service
def open_dispute(
    item_id: int, *, amount: Decimal, reason: str, note: str, at: datetime, actor: Actor
) -> Dispute:
    """Note that the customer contests an item, in whole or part; its review ends with it.

    Raises:
        OpenItem.DoesNotExist: no such item.
        InvalidInput: the amount is not between zero and the balance, or no reason is known.
        DisputedAlready: a dispute of the item is open.
    """
    item = lock(OpenItem, item_id)
    if not 0 < amount <= item.balance:
        raise InvalidInput(
            _("Enter an amount up to the balance of %(balance)s %(currency)s.")
            % {"balance": item.balance.normalize(), "currency": item.currency},
            field="amount",
        )
    if reason not in Dispute.Reason.values:
        raise InvalidInput(_("Choose a reason."), field="reason")
    if item.disputes.filter(state__in=Dispute.STANDING).exists():
        raise DisputedAlready(_("A dispute of %(item)s is open already.") % {"item": item.invoice})
    dispute = Dispute(item=item, amount=amount, reason=reason, note=note, opened_at=at)
    audit.create(dispute, at=at, actor=actor, touches=_concerned(item))
    _end_review(item, note=note, at=at, actor=actor)
    publish(DisputeOpened(dispute_id=dispute.pk, at=at, actor=actor))
    return dispute


@service
def investigate_dispute(dispute_id: int, *, at: datetime, actor: Actor) -> Dispute:
    """Note that somebody has taken the dispute.

    Raises:
        TransitionNotAllowed: it is not new any more.
    """
    dispute = _held(dispute_id)
    dispute.investigate()
    return audit.save(dispute, at=at, actor=actor, touches=_concerned(dispute.item))


@service
def close_dispute(
    dispute_id: int, *, outcome: str, resolution: str, at: datetime, actor: Actor
) -> Dispute:
    """End a dispute as `rejected` (the item is owed) or `withdrawn` (by the customer).

    Accepting one makes a credit memo, which comes with revised invoices.

    Raises:
        InvalidInput: another outcome, or no resolution is given.
        TransitionNotAllowed: it is closed already.
    """
    dispute = _held(dispute_id)
    closings = {Dispute.State.REJECTED: dispute.reject, Dispute.State.WITHDRAWN: dispute.withdraw}
    if outcome not in closings:
        raise InvalidInput(_("Choose how the dispute ends."), field="outcome")
    if not resolution.strip():
        raise InvalidInput(_("Say what was found out."), field="resolution")
    closings[Dispute.State(outcome)](resolution=resolution.strip(), at=at)
    audit.save(dispute, at=at, actor=actor, touches=_concerned(dispute.item))
    publish(DisputeClosed(dispute_id=dispute.pk, at=at, actor=actor))
    return dispute


def _held(dispute_id: int) -> Dispute:
    """Return the dispute under its item's lock."""
    item = lock_by(OpenItem, disputes=dispute_id)
    dispute = Dispute.objects.get(pk=dispute_id)
    dispute.item = item
    return dispute


def _end_review(item: OpenItem, *, note: str, at: datetime, actor: Actor) -> None:
    review = InvoiceReview.objects.filter(item=item, state=InvoiceReview.State.OPEN).first()
    if review is not None:
        review.mark_disputed(note=note[:300], at=at)
        audit.save(review, at=at, actor=actor, touches=[item.label])


def _concerned(item: OpenItem) -> list[str]:
    return [item.label, f"invoice:{item.invoice_id}", f"customer:{item.customer_id}"]
