"""What becomes of a kept message: an order, a change, a cancellation, or nothing more."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import REFUSALS, InvalidInput, explain
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.text import fold
from o2c.kernel.transactions import service
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding, Unreadable, block
from orders.intake.judging import confidence_of
from orders.intake.results import Result
from orders.intake.reviewing import reject_document
from orders.intake.services import take_in
from orders.models import Channel, IntakeDocument, Order, ShopEvent
from orders.services import cancel_order
from orders.shop.adapters import Topic
from orders.shop.changing import change_order, is_same
from orders.shop.events import ShopMessageKept
from orders.shop.kinds import reader_of
from orders.shop.receiving import actor_of, event_of

Outcome = ShopEvent.Outcome
Purpose = IntakeDocument.Purpose
# How the pipeline's verdicts are called among messages.
VERDICTS = {
    "accepted": Outcome.ORDERED,
    "review": Outcome.REVIEW,
    "rejected": Outcome.REJECTED,
    "duplicate": Outcome.DUPLICATE,
}


def take(shop_event_id: int, *, at: datetime) -> None:
    """Do what a kept message asks for; a message that was taken already is left alone."""
    event = event_of(shop_event_id)
    if event.taken_at is not None:
        return
    topic, read, order = reader_of(event.shop).topic_of(event.topic), _read(event), order_of(event)
    is_off = read is not None and read.purpose == Purpose.CANCELLATION
    if is_outdated(event):
        _note(event, Outcome.OUTDATED, at=at)
    elif topic == Topic.OTHER:
        _keep_only(event, at=at)
    elif is_off or topic == Topic.CANCELLATION:
        _cancel(event, order, read, at=at)
    elif order is None or read is None:
        _order(event, at=at)
    elif is_same(read, order):
        _document(event, read, order, Purpose.CHANGE, Outcome.UNCHANGED, at=at)
    else:
        _change(event, order, read, at=at)


@service
def replay(shop_event_id: int, *, at: datetime, actor: Actor) -> None:
    """Take a message in once more, as if it came now: after a buyer was mapped, for instance.

    Its document gives way when it still waits for review.
    """
    lock(ShopEvent, shop_event_id)
    event = event_of(shop_event_id)
    document = event.document
    if document is not None and document.state == IntakeDocument.State.IN_REVIEW:
        reason = _("The message is taken in again.")
        reject_document(document.pk, reason=reason, at=at, actor=actor)
    ShopEvent.objects.filter(pk=event.pk).update(taken_at=None, outcome="", document=None)
    audit.record(event.shop.label, "replay", at=at, actor=actor, reason=str(event))
    publish(ShopMessageKept(shop_event_id=event.pk, at=at, actor=actor))


def is_outdated(event: ShopEvent) -> bool:
    """Say whether a later change of the same order was taken in before this one came."""
    if event.changed_at is None or not event.reference:
        return False
    later = Q(taken_at__isnull=False, changed_at__gt=event.changed_at)
    others = ShopEvent.objects.filter(later, shop=event.shop_id, reference=event.reference)
    return others.exclude(outcome=Outcome.KEPT).exists()


def order_of(event: ShopEvent) -> Order | None:
    """Return the order that earlier messages about the same thing have made."""
    if not event.reference:
        return None
    documents = IntakeDocument.objects.filter(
        channel=Channel.SHOP,
        sender=event.shop.public_id,
        reference=event.reference,
        order__isnull=False,
    )
    found = documents.select_related("order__customer").order_by("pk").first()
    return found.order if found else None


def customer_code(event: ShopEvent, content: bytes) -> str:
    """Return the number of the customer that the buyer is, else of the shop's usual one.

    Raises:
        Unreadable: the message is no order.
    """
    names = [fold(name) for name in reader_of(event.shop).read_buyer(content).names]
    buyers = dict(
        event.shop.buyers.filter(folded_name__in=names).values_list("folded_name", "customer")
    )
    for name in names:
        if name in buyers:
            return str(Customer.objects.get(pk=buyers[name]).number)
    usual = event.shop.default_customer
    return usual.number if usual else ""


def _order(event: ShopEvent, *, at: datetime) -> None:
    content = files.read(event.file)
    try:
        customer = customer_code(event, content)
    except Unreadable:
        customer = ""  # the pipeline says what is wrong with it
    (result,) = take_in(
        event.file.name,
        content,
        file_format=event.shop.kind,
        customer=customer,
        channel=Channel.SHOP,
        sender=event.shop.public_id,
        commit=True,
        at=at,
        actor=actor_of(event.shop),
    )
    _note(event, VERDICTS[result.status], document_id=_document_id(event, result), at=at)


def _document_id(event: ShopEvent, result: Result) -> int | None:
    """Return the document of a message; one that cannot be read is kept without being told."""
    if result.document_id is not None:
        return result.document_id
    kept = IntakeDocument.objects.filter(file=event.file_id).order_by("-pk")
    return kept.values_list("pk", flat=True).first()


def _cancel(event: ShopEvent, order: Order | None, read: ReadOrder | None, *, at: datetime) -> None:
    found: list[Finding] = []
    outcome = Outcome.CANCELLED
    if order is None:
        outcome = Outcome.KEPT
    elif order.state == Order.State.CANCELLED:
        outcome = Outcome.UNCHANGED
    else:
        reason, actor = Order.CancelReason.CUSTOMER, actor_of(event.shop)
        try:
            cancel_order(order.pk, reason=reason, note=str(event), at=at, actor=actor)
        except REFUSALS as refusal:
            outcome, found = Outcome.REVIEW, [_finding(refusal)]
    read = read or ReadOrder(part=event.reference, customer="", po_number="")
    read.findings += found
    _document(event, read, order, Purpose.CANCELLATION, outcome, at=at)


def _change(event: ShopEvent, order: Order, read: ReadOrder, *, at: datetime) -> None:
    outcome = Outcome.CHANGED
    try:
        change_order(order, read, reason=str(event), at=at, actor=actor_of(event.shop))
    except InvalidInput as refusal:
        outcome = Outcome.REVIEW
        found = refusal.findings or [(refusal.code, refusal.field, str(refusal))]
        read.findings += [block(rule, field, message) for rule, field, message in found]
    except REFUSALS as refusal:
        outcome = Outcome.REVIEW
        read.findings.append(_finding(refusal))
    _document(event, read, order, Purpose.CHANGE, outcome, at=at)


def _finding(refusal: Exception) -> Finding:
    code, message = explain(refusal)
    return block(code, "", message)


def _read(event: ShopEvent) -> ReadOrder | None:
    """Return the order that a message holds; a deleted one is only its key."""
    try:
        return reader_of(event.shop).read_order(files.read(event.file))
    except Unreadable:
        return None


def _keep_only(event: ShopEvent, *, at: datetime) -> None:
    read = ReadOrder(part=event.event_id, customer="", po_number="")
    _document(event, read, None, Purpose.OTHER, Outcome.KEPT, at=at)


@service
def _document(
    event: ShopEvent,
    read: ReadOrder,
    order: Order | None,
    purpose: Purpose,
    outcome: Outcome,
    *,
    at: datetime,
) -> None:
    """Keep what was read in a message that made no order, and note what became of it, once."""
    if lock(ShopEvent, event.pk).taken_at is not None:
        return
    document = IntakeDocument(
        file=event.file,
        # One body may come in several messages: each keeps a document of its own.
        part=event.event_id,
        file_format=event.shop.kind,
        purpose=purpose,
        channel=Channel.SHOP,
        sender=event.shop.public_id,
        reference=event.reference,
        customer=order.customer if order else None,
        customer_po=read.po_number,
        content=read.as_dict(),
        findings=[finding.as_dict() for finding in read.findings],
        confidence=confidence_of(read),
        received_at=event.received_at,
    )
    document.read()
    if outcome == Outcome.REVIEW:
        document.review()
    elif order is not None:
        document.accept(order=order)
    touches = [order.label, order.customer.label] if order else []
    audit.create(document, at=at, actor=actor_of(event.shop), touches=touches)
    _note(event, outcome, document_id=document.pk, at=at)


@service
def _note(
    event: ShopEvent, outcome: Outcome, *, document_id: int | None = None, at: datetime
) -> None:
    ShopEvent.objects.filter(pk=event.pk).update(taken_at=at, outcome=outcome, document=document_id)
