"""Read a document in review once more, after somebody has explained a word of it."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from orders.intake.asking import examine
from orders.intake.documents import ReadOrder
from orders.intake.findings import Unreadable
from orders.intake.judging import confidence_of
from orders.intake.matching import consult
from orders.intake.senders import understand_layout
from orders.intake.sheets import sheet_or_pages
from orders.models import IntakeDocument


class NothingToReread(DomainError):
    """Only tables and pages are read by words."""

    code = "nothing_to_reread"


def read_again(document_id: int, *, at: datetime, actor: Actor) -> IntakeDocument:
    """Read the file again with what is known of the customer now; it stays in review.

    Raises:
        IntakeDocument.DoesNotExist: no such document.
        NothingToReread: it is no table and has no pages, or was decided about meanwhile.
    """
    document = IntakeDocument.objects.select_related("file", "customer").get(pk=document_id)
    given = document.customer.number if document.customer else ""
    try:
        layout = sheet_or_pages(files.read(document.file), document.file_format)
    except Unreadable as error:
        raise NothingToReread(str(error)) from None
    if layout is None:
        raise NothingToReread(_("This kind of document is not read by words."))
    understood = understand_layout(layout, given)
    order = understood.orders[0]
    books = consult([order], customers=understood.customers, at=at, apart_from=document.pk)
    examine(order, books, at=at)
    return _write(document.pk, order, at=at, actor=actor)


@service
def _write(document_id: int, order: ReadOrder, *, at: datetime, actor: Actor) -> IntakeDocument:
    document = lock(IntakeDocument, document_id)
    if document.state != IntakeDocument.State.IN_REVIEW:
        raise NothingToReread(_("Somebody has decided about this document already."))
    document.customer_po = order.po_number[:60]
    document.content = order.as_dict()
    document.evidence = order.evidence_as_dict()
    # Who sent it is as unproven as before: the file says nothing about that.
    about_sender = [found for found in document.findings if found["field"] == "sender"]
    document.findings = [*about_sender, *(finding.as_dict() for finding in order.findings)]
    document.confidence = confidence_of(order)
    return audit.save(document, at=at, actor=actor)
