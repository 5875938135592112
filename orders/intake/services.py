"""Take documents in: keep each as it came, place what is certain, give the rest to a person."""

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import partial

from customers.models import Customer
from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.models import StoredFile
from o2c.kernel.outbox import unhurried
from o2c.kernel.sheets.shapes import check_size, clean
from o2c.kernel.transactions import service
from o2c.kernel.waking import nudge
from orders.intake.asking import examine, stated_of
from orders.intake.changing import added_keys, apply_change
from orders.intake.delivery import Delivery, already_settled
from orders.intake.documents import ReadOrder
from orders.intake.edi.partners import Door
from orders.intake.findings import Unreadable, finding_of
from orders.intake.formats import CHANNELS, MEDIA_TYPES, format_of
from orders.intake.judging import Verdict, confidence_of, new_lines, verdict_of
from orders.intake.matching import Books
from orders.intake.outcomes import VERDICTS, findings_of
from orders.intake.posting import take_in_mail
from orders.intake.results import Result, result_of, unreadable
from orders.intake.understanding import read_for, understand
from orders.models import Channel, IntakeDocument, TradingPartner
from orders.partners.hearing import hear
from orders.partners.services import acknowledge_file, answer_changed
from orders.selectors import today_of
from orders.services import place_order

NAME_LENGTH = 255
# A change that comes after the goods: the partner hears no at once, a person may do more.
TOO_LATE = {"already_picked", "not_amendable", "wrong_state"}


class Rehearsed(Exception):
    """The step went well, and is undone because it was only a rehearsal."""


def take_in(  # noqa: PLR0913  what is known of a file
    name: str,
    content: bytes,
    *,
    customer: str = "",
    channel: str = "",
    parent: IntakeDocument | None = None,
    file_format: str = "",
    sender: str = "",
    partner: TradingPartner | None = None,
    commit: bool,
    at: datetime,
    actor: Actor,
) -> Iterator[Result]:
    """Read a file and yield what became of each order in it, one step per order.

    Without `commit` every step is run and undone. `customer` is the sender's number when the
    caller knows it; `channel` how the file came, by default what its format says; `parent` the
    mail that it was attached to; `file_format` what it is, when the caller knows that; `sender`
    who proved to have sent it, whoever the document names; `partner` whose own door it came by.
    """
    name = clean(name)[-NAME_LENGTH:]
    file_format = file_format or format_of(content, name)
    try:
        check_size(len(content))
    except Unreadable as error:  # too big to be kept
        yield unreadable(name, file_format, error)
        return
    stored = _store(content, name, file_format) if commit else None
    delivery = Delivery(
        name=name,
        file_format=file_format,
        stored=stored,
        at=at,
        channel=channel or CHANNELS.get(file_format, Channel.FILE),
        parent=parent,
        sender=partner.identifier if partner else sender,
        door=Door(partner=partner, customer=customer, is_mail=channel == Channel.EMAIL),
        actor=actor,
    )
    try:
        read = read_for(content, file_format, customer)
    except Unreadable as error:
        _keep_rejected(delivery, error)
        yield unreadable(name, file_format, error)
        return
    if read.mail is not None:
        take = partial(take_in, commit=commit, at=at, actor=actor)
        yield from take_in_mail(read.mail, delivery, given=customer, take=take)
        return
    digest = hashlib.sha256(content).hexdigest()
    orders, books = understand(read, customer, digest, delivery)
    yield from _settle_each(orders, books, delivery)
    if commit and file_format in ("x12", "edifact"):
        door = delivery.door
        acknowledge_file(content, file_format, digest=digest, door=door, at=at, actor=actor)
        hear(content, file_format, door=door, at=at, actor=actor)


def _settle_each(orders: list[ReadOrder], books: Books, delivery: Delivery) -> Iterator[Result]:
    """Settle each order and let go of it; the queue is woken once when there are many."""
    is_many = len(orders) > 1
    orders.reverse()
    while orders:
        # A generator must not keep a context open while its caller goes on.
        with unhurried() if is_many else nullcontext():
            result = _settle(orders.pop(), books, delivery)
        yield result
    if is_many and delivery.stored is not None:
        nudge()


def too_big(name: str, error: Unreadable) -> Result:
    """Say that a file was refused unread."""
    return unreadable(clean(name), format_of(b"", name), error)


def _settle(order: ReadOrder, books: Books, delivery: Delivery) -> Result:
    """Judge one document and do what the verdict says."""
    examine(order, books, at=delivery.at)
    verdict = verdict_of(order)
    document: IntakeDocument | None = None
    late = ""
    if verdict == Verdict.ACCEPTED:
        try:
            document = (_change if order.changes_another else _place)(order, books, delivery)
        except Rehearsed:
            pass
        except REFUSALS as refusal:
            order.findings += findings_of(refusal)
            verdict = verdict_of(order)
            late = explain(refusal)[1] if explain(refusal)[0] in TOO_LATE else ""
    is_heard = order.is_receipt and books.partners.sender(delivery.file_format, order.sender)
    if document is None and delivery.stored is not None and not is_heard:
        document = _keep(order, verdict, books, delivery, late=late)
        verdict = VERDICTS.get(document.state, verdict)
    _remember(order, verdict, books, document)
    placed = document.order if document else None
    return result_of(
        order,
        file=delivery.name,
        file_format=delivery.file_format,
        status=verdict,
        number=placed.number if placed else None,
        document_id=document.pk if document else None,
    )


def _remember(
    order: ReadOrder, verdict: Verdict, books: Books, document: IntakeDocument | None
) -> None:
    """Let the file's next documents see this one: the same PO number again is a duplicate."""
    customer = books.customer(order.customer)
    if verdict in (Verdict.ACCEPTED, Verdict.REVIEW):
        books.parts.add(order.part)
        if customer and order.po_number:
            placed = document.order if document else None
            books.used[customer.pk, order.po_number] = placed.number if placed else ""


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
    place = books.place(order, customer) if order.ship_to else None
    placed = place_order(
        customer_id=customer.pk,
        lines=new_lines(order, books),
        channel=delivery.channel,
        requested_on=order.requested_on or today_of(customer, delivery.at),
        ship_to_id=place.pk if place else None,
        customer_po=order.po_number,
        owner_id=customer.sales_rep_id,
        note=order.note,
        stated=stated_of(order),
        at=delivery.at,
        actor=delivery.actor,
    )
    if delivery.stored is None:
        raise Rehearsed
    document = _document(order, delivery.stored, customer, delivery)
    document.accept(order=placed)
    touched = [placed.label, customer.label]
    return audit.create(document, at=delivery.at, actor=delivery.actor, touches=touched)


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
    document = _document(order, delivery.stored, changed.customer, delivery)
    document.content["line_keys"] = added_keys(order, changed, books)
    document.accept(order=changed)
    touched = [changed.label, changed.customer.label]
    audit.create(document, at=delivery.at, actor=delivery.actor, touches=touched)
    answer_changed(document, changed, at=delivery.at, actor=delivery.actor)
    return document


@service
def _keep(
    order: ReadOrder, verdict: Verdict, books: Books, delivery: Delivery, *, late: str = ""
) -> IntakeDocument:
    """Keep a document that has not become an order; `late` is why its change was refused."""
    assert delivery.stored is not None
    settled = already_settled(order, delivery)
    if settled is not None:
        return settled
    document = _document(order, delivery.stored, books.customer(order.customer), delivery)
    if verdict == Verdict.REVIEW:
        document.review()
    elif verdict == Verdict.DUPLICATE:
        document.mark_duplicate()
    else:
        document.reject()
    audit.create(document, at=delivery.at, actor=delivery.actor)
    known = books.order(order)
    if late and known is not None:
        answer_changed(document, known, refusal=late, at=delivery.at, actor=delivery.actor)
    return document


@service
def _keep_rejected(delivery: Delivery, error: Unreadable) -> None:
    """Keep a file that cannot be read, once."""
    if delivery.stored is None:
        return
    rejected = IntakeDocument.State.REJECTED
    if IntakeDocument.objects.filter(file=delivery.stored, part="", state=rejected).exists():
        return
    document = IntakeDocument(
        file=delivery.stored,
        file_format=delivery.file_format,
        channel=delivery.channel,
        parent=delivery.parent,
        findings=[finding_of(error).as_dict()],
        received_at=delivery.at,
    )
    document.reject()
    audit.create(document, at=delivery.at, actor=delivery.actor)


@service
def _store(content: bytes, name: str, file_format: str) -> StoredFile:
    return files.store(content, name=name, media_type=MEDIA_TYPES[file_format])


def _document(
    order: ReadOrder, stored: StoredFile, customer: Customer | None, delivery: Delivery
) -> IntakeDocument:
    document = IntakeDocument(
        file=stored,
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
