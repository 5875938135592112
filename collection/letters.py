"""What late payers are written: the message when orders are held, and the dunning letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from collection import selectors
from collection.models import DunningNotice
from customers.models import Contact, Customer
from customers.selectors import email_of
from o2c.kernel import mail
from o2c.kernel.money import ZERO
from receivables.models import OpenItem


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dunning letter as it would leave now: only what is still open, at its present balance."""

    notice: DunningNotice
    items: Sequence[OpenItem]

    @property
    def total(self) -> Decimal:
        return sum((item.balance for item in self.items), ZERO)


def letter_of(notice: DunningNotice) -> Letter:
    return Letter(notice=notice, items=list(selectors.items_to_dun(notice)))


def send_letter(letter: Letter) -> None:
    """Mail a dunning letter under a Message-ID of its own."""
    notice = letter.notice
    mail.send(
        "collections/mail/dunning",
        to=notice.recipient,
        subject=notice.level.subject,
        key=f"dunningnotice-{notice.pk}",
        language=notice.customer.language,
        context={"letter": letter, "customer": notice.customer},
    )


def send_overdue(customer_id: int, item_ids: Sequence[int], *, on: datetime) -> None:
    """Tell a customer whose orders now wait which invoices to pay, and how.

    Nothing is sent when all of them are paid by now, or to a customer without an address.
    """
    customer = Customer.objects.get(pk=customer_id)
    recipient = email_of(customer, Contact.Role.PAYABLES)
    items = list(selectors.still_open(item_ids))
    if not items or not recipient:
        return
    mail.send(
        "collections/mail/overdue",
        to=recipient,
        subject=_("Your orders wait: please pay what is overdue"),
        key=f"overdue-{customer_id}-{on:%Y%m%d}",
        language=customer.language,
        context={
            "customer": customer,
            "items": items,
            "total": sum((item.balance for item in items), ZERO),
        },
    )
