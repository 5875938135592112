"""The mails that bring an invoice or a pro forma, in the language that it was issued in."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from invoicing import content, pro_forma_content
from invoicing.models import Invoice, InvoiceDelivery, ProForma
from o2c.kernel import mail

# By kind: the mail, and what it is about.
LETTERS = {
    Invoice.Kind.INVOICE: ("invoicing/mail/invoice", _("Invoice {number}")),
    Invoice.Kind.CREDIT_MEMO: ("invoicing/mail/credit_memo", _("Credit memo {number}")),
}


def send_invoice(delivery: InvoiceDelivery, document: bytes) -> None:
    """Mail an invoice or a credit memo; the same delivery always has the same Message-ID.

    Raises:
        OSError, SMTPException: the mail server is away or refuses it.
    """
    invoice = delivery.invoice
    template, subject = LETTERS[Invoice.Kind(invoice.kind)]
    mail.send(
        template,
        to=delivery.recipient,
        subject=format_lazy(subject, number=invoice.number),
        key=f"{invoice.public_id}.{delivery.serial}",
        language=content.read(invoice)["language"],
        context={"invoice": invoice},
        attachments=[(f"{invoice.number}.pdf", document, "application/pdf")],
    )


def send_pro_forma(pro_forma: ProForma, document: bytes, *, to: str) -> None:
    """Mail a pro forma; it always has the same Message-ID.

    Raises:
        OSError, SMTPException: the mail server is away or refuses it.
    """
    mail.send(
        "invoicing/mail/pro_forma",
        to=to,
        subject=format_lazy(
            _("Pro forma invoice {number} for order {order}"),
            number=pro_forma.number,
            order=pro_forma.order.number,
        ),
        key=pro_forma.public_id,
        language=pro_forma_content.read(pro_forma)["language"],
        context={"pro_forma": pro_forma},
        attachments=[(f"{pro_forma.number}.pdf", document, "application/pdf")],
    )
