"""Queueing what we tell partners, sending it, and hearing what became of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.intake.changing import line_numbers
from orders.intake.edi.partners import Door, used_controls
from orders.models import IntakeDocument, Order, OrderLine, PartnerMessage, TradingPartner
from orders.partners.answers import (
    Answer,
    answer_change,
    answer_order,
    answer_own_change,
    refuse_document,
)
from orders.partners.events import MessageQueued
from orders.partners.receipts import CONTRL, Receipt, receipts_of
from orders.partners.responses import write_answer
from orders.partners.writing import edifact_interchange, x12_interchange, x12_receipt
from orders.services import lock_order

MEDIA_TYPES = {
    TradingPartner.Kind.X12: ("application/edi-x12", "edi"),
    TradingPartner.Kind.EDIFACT: ("application/edifact", "edi"),
    TradingPartner.Kind.UBL: ("application/xml", "xml"),
}


@service
def acknowledge_file(
    content: bytes, file_format: str, *, digest: str, door: Door, at: datetime, actor: Actor
) -> list[PartnerMessage]:
    """Answer every interchange of a readable file with its 997, TA1 or CONTRL.

    The same file again is answered by the same messages. Senders that are no partners of ours, want
    no answer, or are not those of the door that it came by, get none.
    """
    found = list(receipts_of(content, file_format))
    senders = (receipt.interchange.sender for receipt in found)
    partners = door.partners_among(file_format, senders)
    if not partners:
        return []
    repeated = _repeated(found, partners, digest)
    if repeated:
        found = list(receipts_of(content, file_format, repeated=repeated))
    messages = []
    for place, receipt in enumerate(found):
        partner = partners.get(receipt.interchange.sender.casefold())
        if partner is not None and partner.wants_acknowledgement:
            source = f"receipt:{digest}:{place}"
            messages.append(_queue_receipt(partner, receipt, source, at=at, actor=actor))
    return messages


def _repeated(
    found: Iterable[Receipt], partners: Mapping[str, TradingPartner], digest: str
) -> frozenset[str]:
    """Return the control numbers that these senders have used for another file."""
    controls = {receipt.interchange.control for receipt in found}
    used = used_controls(partners.values(), controls, apart_from=digest)
    return frozenset(control for _sender, control in used)


def _queue_receipt(
    partner: TradingPartner, receipt: Receipt, source: str, *, at: datetime, actor: Actor
) -> PartnerMessage:
    known = PartnerMessage.objects.filter(source=source).first()
    if known is not None:
        return _again(known.pk, at=at, actor=actor)
    message = begin(partner, receipt.kind, source, at=at, actor=actor)
    return finish(message, _receipt_bytes(receipt, partner, message, at=at), at=at, actor=actor)


def _receipt_bytes(
    receipt: Receipt, partner: TradingPartner, message: PartnerMessage, *, at: datetime
) -> bytes:
    if receipt.kind == "TA1":
        return x12_receipt(partner, message.control, segment=receipt.segments[0], at=at)
    if receipt.kind == CONTRL:
        return edifact_interchange(
            partner, message.control, code=CONTRL, version="D:3:UN",
            segments=receipt.segments, at=at,
        )  # fmt: skip
    return x12_interchange(
        partner, message.control, group="FA", code="997", segments=receipt.segments, at=at
    )


@service
def answer_released(order_id: int, *, source: str, at: datetime, actor: Actor) -> None:
    """Answer the order's partner with what becomes of each line as of now, once per `source`."""
    document = document_of(order_id)
    partner = partner_of(document) if document else None
    if document is None or partner is None:
        return
    if PartnerMessage.objects.filter(source=source).exists():
        return
    order = lock_order(order_id)
    numbers = {key: number for number, key in line_numbers(order).items()}
    lines = list(order.lines.select_related("product").order_by("position"))
    answer = answer_order(order, lines, document, numbers=numbers, at=at)
    told = days_told(order, lines, numbers, answer, partner)
    _send_answer(
        answer, partner, source, order=order, document=document, days=told, at=at, actor=actor
    )


@service
def tell_own_change(
    order_id: int,
    *,
    actions: Mapping[int, str],
    reason: str = "",
    source: str,
    at: datetime,
    actor: Actor,
) -> None:
    """Tell the order's partner what we have changed of it, once per `source`.

    Not when their own document has asked for just this, which is answered in the same step, nor
    when they have not been answered at all yet: then the first answer says it.
    """
    document = document_of(order_id)
    partner = partner_of(document) if document else None
    if document is None or partner is None or not _is_news(order_id, source, at=at):
        return
    order = lock_order(order_id)
    numbers = {key: number for number, key in line_numbers(order).items()}
    lines = list(order.lines.select_related("product").order_by("position"))
    answer = answer_own_change(
        order, lines, document, numbers=numbers, actions=actions, reason=reason, at=at
    )
    told = days_told(order, lines, numbers, answer, partner)
    _send_answer(
        answer, partner, source, order=order, document=document, days=told, at=at, actor=actor
    )


def _is_news(order_id: int, source: str, *, at: datetime) -> bool:
    said = PartnerMessage.objects.filter(order=order_id)
    asked_for = said.filter(source__startswith="change:", created_at=at)
    if asked_for.exists() or said.filter(source=source).exists():
        return False
    return said.filter(created_at__lt=at).exists()


def days_told(
    order: Order,
    lines: Iterable[OrderLine],
    numbers: Mapping[int, str],
    answer: Answer,
    partner: TradingPartner,
) -> dict[str, str] | None:
    """Return the day that the partner knows of each line once this answer is there.

    None: nothing is sent to them by itself, so that a mail tells them.
    """
    if partner.transport == TradingPartner.Transport.NONE:
        return None
    last = PartnerMessage.objects.filter(order=order, days__isnull=False).order_by("-pk").first()
    named = {line.number for line in answer.lines}
    said = {
        str(line.pk): line.expected_on.isoformat()
        for line in lines
        if line.expected_on and numbers.get(line.pk, str(line.position)) in named
    }
    return {**((last.days or {}) if last else {}), **said}


@service
def answer_changed(
    document: IntakeDocument, order: Order, *, refusal: str = "", at: datetime, actor: Actor
) -> None:
    """Answer a change: what was done with each of its lines, or that the order stays as it is."""
    partner = partner_of(document)
    if partner is None:
        return
    order = lock_order(order.pk)
    numbers = _by_key(line_numbers(order), document)
    lines = list(order.lines.select_related("product").order_by("position"))
    answer = answer_change(order, lines, document, numbers=numbers, refusal=refusal, at=at)
    source = f"change:{document.pk}:{'refused' if refusal else 'applied'}"
    told = days_told(order, lines, numbers, answer, partner)
    _send_answer(
        answer, partner, source, order=order, document=document, days=told, at=at, actor=actor
    )


def _by_key(numbers: Mapping[str, int], document: IntakeDocument) -> dict[int, str]:
    """Return the buyer's number of each line; the names that this document uses come first."""
    named = [line.get("number", "") for line in document.content.get("lines", [])]
    ranked = sorted(numbers, key=lambda number: number in named)
    return {numbers[number]: number for number in ranked}


def _send_answer(
    answer: Answer,
    partner: TradingPartner,
    source: str,
    *,
    order: Order | None,
    document: IntakeDocument,
    days: dict[str, str] | None = None,
    at: datetime,
    actor: Actor,
) -> None:
    message = begin(partner, "answer", source, order=order, document=document, at=at, actor=actor)
    message.days = days
    message.kind, content = write_answer(answer, partner, message.control, at=at)
    finish(message, content, at=at, actor=actor)


def begin(
    partner: TradingPartner,
    kind: str,
    source: str,
    *,
    order: Order | None = None,
    document: IntakeDocument | None = None,
    at: datetime,
    actor: Actor,
) -> PartnerMessage:
    """Take a control number: only the stored message has one, and nobody else gets it."""
    message = PartnerMessage(
        partner=partner, kind=kind, source=source, order=order, document=document, created_at=at
    )
    touched = [partner.label, *([order.label] if order else [])]
    return audit.create(message, at=at, actor=actor, touches=touched)


def finish(
    message: PartnerMessage, content: bytes, *, at: datetime, actor: Actor
) -> PartnerMessage:
    media_type, suffix = MEDIA_TYPES[TradingPartner.Kind(message.partner.kind)]
    name = f"{message.kind}-{message.control}.{suffix}"
    message.file = files.store(content, name=name, media_type=media_type)
    audit.save(message, at=at, actor=actor)
    publish(MessageQueued(message_id=message.pk, at=at, actor=actor))
    return message


@service
def resend(message_id: int, *, at: datetime, actor: Actor) -> PartnerMessage:
    """Send a message again as it was: the same bytes under the same control number."""
    return _again(message_id, at=at, actor=actor)


def _again(message_id: int, *, at: datetime, actor: Actor) -> PartnerMessage:
    message = lock(PartnerMessage, message_id)
    message.requeue()
    audit.save(message, at=at, actor=actor, reason="again")
    publish(MessageQueued(message_id=message.pk, at=at, actor=actor))
    return message


def document_of(order_id: int) -> IntakeDocument | None:
    """Return the document that the order came in, if it came in one."""
    documents = IntakeDocument.objects.filter(
        order=order_id, purpose=IntakeDocument.Purpose.ORDER, state=IntakeDocument.State.ACCEPTED
    )
    return documents.order_by("pk").first()


def partner_of(document: IntakeDocument) -> TradingPartner | None:
    """Return the partner whose system sent a document."""
    if not document.sender:
        return None
    partners = TradingPartner.objects.filter(kind=document.file_format, is_active=True)
    return partners.filter(identifier=document.sender).first()


def is_answered(order_id: int) -> bool:
    """Say whether the order's buyer hears of it by a document of their own format.

    Not by one that lies here until somebody carries it: then a mail tells them.
    """
    document = document_of(order_id)
    partner = partner_of(document) if document else None
    return partner is not None and partner.transport != TradingPartner.Transport.NONE


@service
def answer_rejected(document_id: int, *, at: datetime, actor: Actor) -> None:
    """Tell the partner that a person has rejected their order."""
    document = IntakeDocument.objects.get(pk=document_id)
    partner = partner_of(document)
    source = f"rejected:{document_id}"
    if partner is None or document.purpose != IntakeDocument.Purpose.ORDER:
        return
    if PartnerMessage.objects.filter(source=source).exists():
        return
    answer = refuse_document(document, at=at)
    _send_answer(answer, partner, source, order=None, document=document, at=at, actor=actor)
