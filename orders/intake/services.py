"""Take files in: keep each as it came, place what is certain, give the rest to a person."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.models import StoredFile
from o2c.kernel.sheets.shapes import check_size, clean
from o2c.kernel.transactions import service
from o2c.kernel.waking import nudge
from orders.intake.chunks import settle_all
from orders.intake.delivery import Delivery
from orders.intake.edi.partners import Door
from orders.intake.findings import Finding, Unreadable, finding_of
from orders.intake.formats import CHANNELS, MEDIA_TYPES, format_of
from orders.intake.piles import Pile, let_go
from orders.intake.posting import take_in_mail
from orders.intake.results import Result, unreadable
from orders.intake.settling import settle
from orders.intake.understanding import read_for, understand
from orders.models import Channel, IntakeDocument, TradingPartner
from orders.partners.hearing import hear
from orders.partners.services import acknowledge_file

NAME_LENGTH = 255


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
    doubts: Sequence[Finding] = (),
    commit: bool,
    at: datetime,
    actor: Actor,
) -> Iterator[Result]:
    """Read a file and yield what became of each order in it, many orders in a step.

    Without `commit` every step is run and undone. `customer` is the sender's number when the
    caller knows it; `channel` how the file came, by default what its format says; `parent` the
    mail that it was attached to; `file_format` what it is, when the caller knows that; `sender`
    who proved to have sent it, whoever the document names; `partner` whose own door it came by;
    `doubts` what is found in every document of it, as nobody has proven who sent it.
    """
    name = clean(name)[-NAME_LENGTH:]
    file_format = file_format or format_of(content, name)
    try:
        check_size(len(content))
    except Unreadable as error:  # too big to be kept
        yield unreadable(name, file_format, error)
        return
    delivery = Delivery(
        name=name,
        file_format=file_format,
        stored=_store(content, name, file_format) if commit else None,
        at=at,
        channel=channel or CHANNELS.get(file_format, Channel.FILE),
        parent=parent,
        sender=partner.identifier if partner else sender,
        door=Door(
            partner=partner,
            customer=customer,
            is_mail=channel == Channel.EMAIL,
            is_unproven=bool(doubts),
        ),
        actor=actor,
    )
    yield from _take_apart(content, delivery, doubts)


def _take_apart(content: bytes, delivery: Delivery, doubts: Sequence[Finding]) -> Iterator[Result]:
    """Read a delivery and settle each order in it; answer where the format asks for one."""
    file_format, door, at, actor = delivery.file_format, delivery.door, delivery.at, delivery.actor
    is_kept = delivery.stored is not None
    try:
        read = read_for(content, file_format, door.customer)
    except Unreadable as error:
        _keep_rejected(delivery, error)
        yield unreadable(delivery.name, file_format, error)
        return
    if read.mail is not None:
        take = partial(take_in, commit=is_kept, at=at, actor=actor)
        yield from take_in_mail(read.mail, delivery, given=door.customer, take=take)
        return
    digest = hashlib.sha256(content).hexdigest()
    pile = understand(read, door.customer, digest, delivery)
    yield from _settle_each(pile, doubts, delivery)
    if is_kept and file_format in ("x12", "edifact"):
        acknowledge_file(content, file_format, digest=digest, door=door, at=at, actor=actor)
        hear(content, file_format, door=door, at=at, actor=actor)


def _settle_each(pile: Pile, doubts: Sequence[Finding], delivery: Delivery) -> Iterator[Result]:
    """Settle the orders and let go of them; the queue is woken once when there are many."""
    for orders, books in pile.portions:
        for order in orders:
            order.findings += doubts
        if pile.count == 1:
            yield settle(orders.pop(), books, delivery)
        else:
            yield from settle_all(let_go(orders), books, delivery)
    if delivery.stored is not None and pile.count > 1:
        nudge()


def too_big(name: str, error: Unreadable) -> Result:
    """Say that a file was refused unread."""
    return unreadable(clean(name), format_of(b"", name), error)


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
