"""Before the due date: flag, remind, and look whether the invoice is right."""

from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from invoicing.selectors import recipient_of
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_by
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from receivables import mails, selectors
from receivables.events import ItemFlagged
from receivables.models import InvoiceReview, OpenItem

# Half of the time to pay is over. A second run, for this day or a later one, finds no more.
FLAG = """
    INSERT INTO receivables_invoicereview (item_id, state, flagged_on, note)
    SELECT id, 'open', %(as_of)s, ''
      FROM receivables_openitem
     WHERE state = 'open' AND due_on > %(as_of)s
       AND issued_on + (due_on - issued_on) / 2 <= %(as_of)s
     ORDER BY id
    ON CONFLICT (item_id) DO NOTHING
    RETURNING id, item_id
"""


@service
def flag_due_soon(as_of: date, *, at: datetime, actor: Actor) -> int:
    """Open a review of each open item of which half the time to pay is over; return how many.

    One statement however many items there are; safe to run again.
    """
    with connection.cursor() as cursor:
        cursor.execute(FLAG, {"as_of": as_of})
        flagged = cursor.fetchall()
    for review_id, item_id in flagged:
        label = f"invoicereview:{review_id}"
        audit.record(label, "create", at=at, actor=actor, touches=[f"openitem:{item_id}"])
        publish(ItemFlagged(review_id=review_id, at=at, actor=actor))
    return len(flagged)


def remind(review_id: int, *, at: datetime) -> bool:
    """Mail a friendly reminder, once; say whether one left.

    Nothing is sent when the item is paid or disputed meanwhile, or nobody can be written to.
    A crash between sending and noting it sends it again under the same Message-ID.

    Raises:
        OSError, SMTPException: the mail server is away: try again later.
    """
    review = selectors.review_to_remind(review_id)
    recipient = recipient_of(review.item.customer) if review else ""
    if review is None or not recipient:
        return False
    mails.send_reminder(review, recipient=recipient)
    done = InvoiceReview.objects.filter(pk=review_id, reminded_at=None).update(reminded_at=at)
    return bool(done)


@service
def work_review(
    review_id: int, *, outcome: str, note: str, at: datetime, actor: Actor
) -> InvoiceReview:
    """Close a review: `fine`, `asked` (the customer looks into it) or `disputed`.

    Raises:
        InvalidInput: another outcome.
        TransitionNotAllowed: it is closed already.
    """
    item = lock_by(OpenItem, review=review_id)
    review = InvoiceReview.objects.get(pk=review_id)
    closings = {
        InvoiceReview.State.FINE: review.find_fine,
        InvoiceReview.State.ASKED: review.ask,
        InvoiceReview.State.DISPUTED: review.mark_disputed,
    }
    if outcome not in closings:
        raise InvalidInput(_("Choose what the review found."), field="outcome")
    closings[InvoiceReview.State(outcome)](note=note.strip(), at=at)
    touches = [item.label, f"invoice:{item.invoice_id}", f"customer:{item.customer_id}"]
    return audit.save(review, at=at, actor=actor, touches=touches)
