"""Telling partners what later stages know of their orders, in the way of our answers."""

from collections.abc import Callable, Collection
from datetime import datetime

from o2c.kernel.actors import Actor
from o2c.kernel.transactions import service
from orders.intake.changing import line_numbers
from orders.models import IntakeDocument, Order, PartnerMessage, TradingPartner
from orders.partners.answers import units_of
from orders.partners.services import begin, finish


def senders_of(order_ids: Collection[int]) -> dict[int, tuple[TradingPartner, IntakeDocument]]:
    """Return who sent each order, and in which document; by order, in two statements.

    Orders that came otherwise, or whose sender is no partner of ours any more, are left out.
    """
    found = IntakeDocument.objects.filter(
        order__in=order_ids,
        purpose=IntakeDocument.Purpose.ORDER,
        state=IntakeDocument.State.ACCEPTED,
    ).exclude(sender="")
    documents = {one.order_id: one for one in found.order_by("-pk") if one.order_id}
    named = {document.sender for document in documents.values()}
    active = TradingPartner.objects.filter(is_active=True, identifier__in=named)
    partners = {(partner.kind, partner.identifier): partner for partner in active}
    return {
        order_id: (partner, document)
        for order_id, document in documents.items()
        if (partner := partners.get((document.file_format, document.sender)))
    }


def names_of(order: Order, document: IntakeDocument) -> dict[int, tuple[str, str]]:
    """Return the buyer's number and unit of each line, by line; the unit is empty if unsaid."""
    units = units_of(document)
    numbers = {key: number for number, key in line_numbers(order).items()}
    return {key: (number, units.get(number, "")) for key, number in numbers.items()}


@service
def tell(
    partner: TradingPartner,
    *,
    kind: str,
    source: str,
    order: Order | None,
    write: Callable[[str], bytes],
    at: datetime,
    actor: Actor,
) -> PartnerMessage | None:
    """Queue a document for a partner, once for ever per `source`; None: it has been told before.

    `write` gets the control number and returns the document in the partner's format.
    """
    if PartnerMessage.objects.filter(source=source).exists():
        return None
    message = begin(partner, kind, source, order=order, at=at, actor=actor)
    return finish(message, write(message.control), at=at, actor=actor)
