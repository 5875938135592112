"""One document of a file: place it, change an order by it, or keep it for a person."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.transactions import service
from orders.intake.asking import examine, stated_of
from orders.intake.changing import added_keys, apply_change
from orders.intake.delivery import Delivery, already_settled
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding, block
from orders.intake.judging import Verdict, new_lines, verdict_of
from orders.intake.keeping import document_of, keep, keep_accepted
from orders.intake.matching import Books
from orders.intake.outcomes import VERDICTS, findings_of
from orders.intake.results import Result, result_of
from orders.models import IntakeDocument
from orders.partners.services import answer_changed
from orders.selectors import today_of
from orders.services import place_order
from orders.services.facts import Entered

ACCEPTED_ONCE = "orders_intakedocument_accepted_once"
# A change that comes after the goods: the partner hears no at once, a person may do more.
TOO_LATE = {"already_picked", "not_amendable", "wrong_state"}


class Rehearsed(Exception):
    """The step went well, and is undone because it was only a rehearsal."""


def settle(order: ReadOrder, books: Books, delivery: Delivery) -> Result:
    """Judge one document and do what the verdict says."""
    examine(order, books, at=delivery.at)
    return settle_judged(order, books, delivery)


def settle_judged(order: ReadOrder, books: Books, delivery: Delivery) -> Result:
    """Do what the verdict on one document says."""
    verdict = verdict_of(order)
    document: IntakeDocument | None = None
    late = ""
    if verdict == Verdict.ACCEPTED:
        try:
            document = (_change if order.changes_another else _place)(order, books, delivery)
        except Rehearsed:
            pass
        except IntegrityError as error:
            order.findings.append(_made_meanwhile(error))
            verdict = verdict_of(order)
        except REFUSALS as refusal:
            order.findings += findings_of(refusal)
            verdict = verdict_of(order)
            late = explain(refusal)[1] if explain(refusal)[0] in TOO_LATE else ""
    is_heard = order.is_receipt and books.partners.sender(delivery.file_format, order.sender)
    if document is None and delivery.stored is not None and not is_heard:
        document = keep(order, verdict, books, delivery, late=late)
        verdict = VERDICTS.get(document.state, verdict)
    remember(order, verdict, books, document)
    return told(order, verdict, document, delivery)


def told(
    order: ReadOrder, verdict: Verdict, document: IntakeDocument | None, delivery: Delivery
) -> Result:
    """Return what the sender of the file is told about a document."""
    placed = document.order if document else None
    return result_of(
        order,
        file=delivery.name,
        file_format=delivery.file_format,
        status=verdict,
        number=placed.number if placed else None,
        document_id=document.pk if document else None,
    )


def _made_meanwhile(error: IntegrityError) -> Finding:
    """Say that somebody took the same part of the same file in while this step was at work.

    Raises:
        IntegrityError: it is something else.
    """
    if ACCEPTED_ONCE not in str(error):
        raise error
    message = _("This document is here already: the same file was taken in before.")
    return block("duplicate", "file", message)


def remember(
    order: ReadOrder, verdict: Verdict, books: Books, document: IntakeDocument | None
) -> None:
    """Let the file's next documents see this one: the same PO number again is a duplicate."""
    customer = books.customer(order.customer)
    if verdict in (Verdict.ACCEPTED, Verdict.REVIEW):
        books.parts.add(order.part)
        if customer and order.po_number:
            placed = document.order if document else None
            books.used[customer.pk, order.po_number] = placed.number if placed else ""


def entered_of(order: ReadOrder, books: Books, customer: Customer, *, at: datetime) -> Entered:
    """Return what a document without doubts enters."""
    place = books.place(order, customer) if order.ship_to else None
    return Entered(
        lines=new_lines(order, books),
        requested_on=order.requested_on or today_of(customer, at),
        ship_to_id=place.pk if place else None,
        customer_po=order.po_number,
        note=order.note,
        stated=stated_of(order),
    )


@service
def _place(order: ReadOrder, books: Books, delivery: Delivery) -> IntakeDocument:
    """Place the order and keep its document, in one step.

    Raises:
        OrderInvalid: the order's own rules found something; nothing is kept.
        Rehearsed: all went well and is undone.
    """
    settled = already_settled(order, delivery)
    if settled is not None:
        return settled
    customer = books.customers[order.customer.casefold()]
    entered = entered_of(order, books, customer, at=delivery.at)
    placed = place_order(
        customer_id=customer.pk,
        lines=entered.lines,
        channel=delivery.channel,
        requested_on=entered.requested_on,
        ship_to_id=entered.ship_to_id,
        customer_po=entered.customer_po,
        owner_id=customer.sales_rep_id,
        note=entered.note,
        stated=entered.stated,
        at=delivery.at,
        actor=delivery.actor,
    )
    if delivery.stored is None:
        raise Rehearsed
    return keep_accepted(order, placed, customer, delivery)


@service
def _change(order: ReadOrder, books: Books, delivery: Delivery) -> IntakeDocument:
    """Change or cancel the order that the document is about, and keep it, in one step.

    Raises:
        DomainError: it comes too late, is unclear or against the rules; nothing is changed.
        Rehearsed: all went well and is undone.
    """
    settled = already_settled(order, delivery)
    if settled is not None:
        return settled
    known = books.order(order)
    assert known is not None  # `judge` found nothing to say
    changed = apply_change(
        known.pk, document=order, books=books, at=delivery.at, actor=delivery.actor
    )
    if delivery.stored is None:
        raise Rehearsed
    document = document_of(order, changed.customer, delivery)
    document.content["line_keys"] = added_keys(order, changed, books)
    document.accept(order=changed)
    touched = [changed.label, changed.customer.label]
    audit.create(document, at=delivery.at, actor=delivery.actor, touches=touched)
    answer_changed(document, changed, at=delivery.at, actor=delivery.actor)
    return document
