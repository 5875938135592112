"""Keeping documents: as they came, with what was read and found in them."""

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.transactions import service
from orders.intake.delivery import Delivery, already_settled
from orders.intake.documents import ReadOrder
from orders.intake.judging import Verdict, confidence_of
from orders.intake.matching import Books
from orders.models import IntakeDocument, Order
from orders.partners.services import answer_changed


@service
def keep(
    order: ReadOrder, verdict: Verdict, books: Books, delivery: Delivery, *, late: str = ""
) -> IntakeDocument:
    """Keep a document that has not become an order; `late` is why its change was refused."""
    assert delivery.stored is not None
    settled = already_settled(order, delivery)
    if settled is not None:
        return settled
    document = keep_undecided(order, verdict, books, delivery)
    known = books.order(order)
    if late and known is not None:
        answer_changed(document, known, refusal=late, at=delivery.at, actor=delivery.actor)
    return document


def keep_undecided(
    order: ReadOrder, verdict: Verdict, books: Books, delivery: Delivery
) -> IntakeDocument:
    """Keep a document by what was found; no order comes of it now."""
    document = document_of(order, books.customer(order.customer), delivery)
    if verdict == Verdict.REVIEW:
        document.review()
    elif verdict == Verdict.DUPLICATE:
        document.mark_duplicate()
    else:
        document.reject()
    return audit.create(document, at=delivery.at, actor=delivery.actor)


def keep_accepted(
    order: ReadOrder, placed: Order, customer: Customer, delivery: Delivery
) -> IntakeDocument:
    """Keep the document of an order that was just placed."""
    document = document_of(order, customer, delivery)
    document.accept(order=placed)
    touched = [placed.label, customer.label]
    return audit.create(document, at=delivery.at, actor=delivery.actor, touches=touched)


def document_of(order: ReadOrder, customer: Customer | None, delivery: Delivery) -> IntakeDocument:
    """Make the document of a file that is kept."""
    assert delivery.stored is not None
    document = IntakeDocument(
        file=delivery.stored,
        part=order.part,
        file_format=delivery.file_format,
        purpose=order.purpose,
        channel=delivery.channel,
        sender=(delivery.sender or order.sender)[:200],
        reference=order.reference[:200],
        parent=delivery.parent,
        customer=customer,
        customer_po=order.po_number[:60],
        content=order.as_dict(),
        evidence=order.evidence_as_dict(),
        findings=[finding.as_dict() for finding in order.findings],
        confidence=confidence_of(order),
        received_at=delivery.at,
    )
    document.read()
    return document
