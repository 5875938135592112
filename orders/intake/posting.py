"""A mail on its way in: kept first, then its attachments, each in a step of its own.

Whatever breaks off between two steps, taking the same mail in again goes on where it ended:
the mail stays `received` until all of it is done, and an attachment that has become a document
is not made one again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from orders.intake.asking import examine
from orders.intake.delivery import Delivery
from orders.intake.documents import ReadOrder
from orders.intake.findings import Finding, block
from orders.intake.judging import Verdict, confidence_of, verdict_of
from orders.intake.mail.messages import Mail
from orders.intake.mail.proof import unverified
from orders.intake.mail.prose import Prose
from orders.intake.matching import consult
from orders.intake.results import Result, result_of
from orders.intake.senders import Understood, senders_of, understand_layout
from orders.models import IntakeDocument

RECEIVED = IntakeDocument.State.RECEIVED
# What an attachment may have become for the mail to have done its part.
FRUITFUL = (Verdict.ACCEPTED, Verdict.REVIEW, Verdict.DUPLICATE)


class Take(Protocol):
    """`services.take_in` with what is the same for all attachments."""

    def __call__(
        self,
        name: str,
        content: bytes,
        *,
        customer: str,
        channel: str,
        parent: IntakeDocument | None,
        doubts: Sequence[Finding],
    ) -> Iterator[Result]: ...


def take_in_mail(mail: Mail, delivery: Delivery, *, given: str, take: Take) -> Iterator[Result]:
    """Take in a mail and all that was attached; yield what became of each document."""
    kept = _kept(mail, delivery)
    if kept is not None and kept.state != RECEIVED:
        yield _known(mail, delivery, kept)
        return
    customer = given or senders_of([mail.sender])
    doubts = _doubts(mail, delivery)
    results: list[Result] = []
    if mail.refusal is None and not _is_doubted(mail):
        for attachment in mail.attachments:
            name = f"{delivery.name}/{attachment.name}"
            for result in take(
                name,
                attachment.content,
                customer=customer,
                channel=delivery.channel,
                parent=kept,
                doubts=doubts,
            ):
                results.append(result)
                yield result
    own = _finished(mail, delivery, kept, results, given=given, doubts=doubts)
    if own is not None:
        yield own


def _doubts(mail: Mail, delivery: Delivery) -> list[Finding]:
    """Return what speaks against every document of a mail that nobody has brought to us.

    For a mail that one of our people has saved and takes in, that person answers.
    """
    is_trusted = not settings.INTAKE_MAILBOX_VERIFIED or not delivery.door.is_mail
    return [] if is_trusted or mail.is_proven or _is_doubted(mail) else [unverified(mail.sender)]


def _is_doubted(mail: Mail) -> bool:
    return any(finding.rule == "sender_unproven" for finding in mail.findings)


def _kept(mail: Mail, delivery: Delivery) -> IntakeDocument | None:
    """Return the mail's own document: the one of an earlier try, else a new one."""
    reference = _reference(mail)
    if delivery.stored is None:
        return _found(reference)
    known = _found(reference)
    if known is not None:
        return known
    try:
        return _open(reference, mail, delivery)
    except IntegrityError:  # somebody else has just begun with it
        return _found(reference)


def _found(reference: str) -> IntakeDocument | None:
    documents = IntakeDocument.objects.select_related("order")
    return documents.filter(file_format="eml", reference=reference).first()


def _reference(mail: Mail) -> str:
    """Return the mail's Message-ID; with what it says where another mail has used that before."""
    own = mail.message_id or f"sha256:{mail.digest}"
    used = IntakeDocument.objects.filter(file_format="eml", reference=own).first()
    says_the_same = used is None or used.content.get("digest") in (None, mail.digest)
    return own if says_the_same else f"{own[:170]}#{mail.digest[:24]}"


@service
def _open(reference: str, mail: Mail, delivery: Delivery) -> IntakeDocument:
    assert delivery.stored is not None
    document = IntakeDocument(
        file=delivery.stored,
        file_format=delivery.file_format,
        purpose=IntakeDocument.Purpose.OTHER,
        channel=delivery.channel,
        sender=mail.sender[:200],
        reference=reference,
        parent=delivery.parent,
        content={"digest": mail.digest},
        received_at=delivery.at,
    )
    return audit.create(document, at=delivery.at, actor=delivery.actor)


def _known(mail: Mail, delivery: Delivery, kept: IntakeDocument) -> Result:
    message = _("This mail is here already.")
    return Result(
        file=delivery.name,
        file_format=delivery.file_format,
        status=Verdict.DUPLICATE,
        order=kept.order.number if kept.order else None,
        po_number=kept.customer_po,
        findings=[block("duplicate", "file", message)],
        confidence=Decimal(1),
        document_id=kept.pk,
    )


def _finished(
    mail: Mail,
    delivery: Delivery,
    kept: IntakeDocument | None,
    results: list[Result],
    *,
    given: str,
    doubts: Sequence[Finding],
) -> Result | None:
    """Decide about the mail itself; None: its attachments were all that mattered."""
    understood = understand_layout(Prose(mail), given)
    order = understood.orders[0]
    order.findings = [*mail.findings, *doubts, *order.findings]
    verdict = _verdict(mail, delivery, kept, results, understood)
    if verdict is None or not order.lines:
        order.purpose = IntakeDocument.Purpose.OTHER
    customer = understood.customers.get(order.customer.casefold())
    if kept is not None:
        _finish(
            kept.pk,
            order=order,
            verdict=verdict,
            customer=customer,
            digest=mail.digest,
            at=delivery.at,
            actor=delivery.actor,
        )
    if verdict is None:
        return None
    return result_of(
        order,
        file=delivery.name,
        file_format=delivery.file_format,
        status=verdict,
        document_id=kept.pk if kept else None,
    )


def _verdict(
    mail: Mail,
    delivery: Delivery,
    kept: IntakeDocument | None,
    results: list[Result],
    understood: Understood,
) -> Verdict | None:
    order = understood.orders[0]
    is_fruitful = any(result.status in FRUITFUL for result in results)
    if mail.refusal is not None:
        order.findings.append(mail.refusal)
        return Verdict.REJECTED
    if is_fruitful and not _blocks(mail.findings):
        return None
    return _judged(order, delivery, understood.customers, results, is_fruitful, kept)


def _blocks(findings: list[Finding]) -> bool:
    return any(finding.severity == "block" for finding in findings)


def _judged(
    order: ReadOrder,
    delivery: Delivery,
    customers: dict[str, Customer],
    results: list[Result],
    is_fruitful: bool,  # noqa: FBT001  a fact, no switch
    kept: IntakeDocument | None,
) -> Verdict:
    """Judge the mail's text as an order; what orders nothing waits for a person, too."""
    order.findings += [
        block("attachment_rejected", "file", f"{result.file.rpartition('/')[2]}: {found.message}")
        for result in results
        if result.status == Verdict.REJECTED
        for found in result.findings
    ]
    if order.lines and not is_fruitful:
        own = kept.pk if kept else None
        books = consult([order], customers=customers, at=delivery.at, apart_from=own)
        examine(order, books, at=delivery.at)
        return verdict_of(order)
    order.lines = []
    if not is_fruitful:
        message = _("Neither the mail nor an attachment reads as an order.")
        order.findings.append(block("no_order_found", "file", message))
    return Verdict.REVIEW


@service
def _finish(
    document_id: int,
    *,
    order: ReadOrder,
    verdict: Verdict | None,
    customer: Customer | None,
    digest: str,
    at: datetime,
    actor: Actor,
) -> None:
    """Write down what the mail itself has become; nothing when somebody else was faster."""
    document = lock(IntakeDocument, document_id)
    if document.state != RECEIVED:
        return
    document.customer = customer
    document.customer_po = order.po_number[:60]
    document.purpose = order.purpose
    document.content = order.as_dict() | {"digest": digest}
    document.evidence = order.evidence_as_dict()
    document.findings = [finding.as_dict() for finding in order.findings]
    document.confidence = confidence_of(order)
    if verdict == Verdict.REJECTED:
        document.reject()
    else:
        document.read()
    if verdict == Verdict.REVIEW:
        document.review()
    elif verdict == Verdict.DUPLICATE:
        document.mark_duplicate()
    audit.save(document, at=at, actor=actor)
