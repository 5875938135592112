"""The printed pro forma, and its mail. Drawing and sending happen outside of any lock.

A crash between sending and noting it sends it again under the same Message-ID, so the
recipient's mail system shows it once.
"""

from datetime import datetime
from smtplib import SMTPRecipientsRefused

from invoicing import mails, pdf
from invoicing.models import ProForma
from invoicing.pro_forma_selectors import recipient_of
from o2c.kernel import audit, files, locks
from o2c.kernel.actors import Actor
from o2c.kernel.models import StoredFile
from o2c.kernel.transactions import service
from orders import services as orders


def pro_forma_pdf(pro_forma: ProForma) -> StoredFile:
    """Return the pro forma as PDF, drawn when it is first needed; of two at once one is kept."""
    if pro_forma.pdf is None:
        drawn = files.store(
            pdf.draw_pro_forma(pro_forma),
            name=f"{pro_forma.number}.pdf",
            media_type="application/pdf",
        )
        ProForma.objects.filter(pk=pro_forma.pk, pdf=None).update(pdf=drawn)
        pro_forma.refresh_from_db(fields=["pdf"])
    assert pro_forma.pdf is not None  # this call or another one has just set it
    return pro_forma.pdf


def send_pro_forma(pro_forma_id: int, *, at: datetime, actor: Actor) -> bool:
    """Mail a pro forma that waits for payment, once; say whether it left.

    Without an address nothing is sent: the customer finds it in the portal.

    Raises:
        OSError, SMTPException: the mail server is away or refuses for now: try again later.
    """
    pro_forma = ProForma.objects.select_related("customer", "company", "order", "pdf").get(
        pk=pro_forma_id
    )
    recipient = recipient_of(pro_forma.customer)
    if pro_forma.state != ProForma.State.ISSUED or pro_forma.mailed_at or not recipient:
        return False
    document = files.read(pro_forma_pdf(pro_forma))
    try:
        mails.send_pro_forma(pro_forma, document, to=recipient)
    except SMTPRecipientsRefused as refusal:
        _note(pro_forma_id, recipient, error=str(refusal)[:500], at=at, actor=actor)
        return False
    _note(pro_forma_id, recipient, error="", at=at, actor=actor)
    return True


@service
def _note(pro_forma_id: int, recipient: str, *, error: str, at: datetime, actor: Actor) -> None:
    orders.lock_order(ProForma.objects.values_list("order_id", flat=True).get(pk=pro_forma_id))
    pro_forma = locks.lock(ProForma, pro_forma_id)
    pro_forma.recipient, pro_forma.mail_error = recipient, error
    if not error:
        pro_forma.mailed_at = at
    audit.save(pro_forma, at=at, actor=actor, touches=[f"order:{pro_forma.order_id}"])
