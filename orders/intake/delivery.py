"""One file on its way in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.models import StoredFile
from orders.intake.documents import ReadOrder
from orders.intake.edi.partners import Door
from orders.models import IntakeDocument


@dataclass(kw_only=True)
class Delivery:
    """One file on its way in. `stored` None: nothing is to be written."""

    name: str
    file_format: str
    stored: StoredFile | None
    at: datetime
    channel: str
    parent: IntakeDocument | None
    sender: str
    door: Door
    actor: Actor


def already_settled(order: ReadOrder, delivery: Delivery) -> IntakeDocument | None:
    """Return the document that this attachment has become when its mail was taken in before.

    The mail is locked: whoever takes it in a second time waits and sees what the first has done.
    """
    return settled_before([order], delivery).get(order.part)


def settled_before(orders: Iterable[ReadOrder], delivery: Delivery) -> dict[str, IntakeDocument]:
    """Return the documents of several orders of a file as `already_settled` does, by their part."""
    if delivery.parent is None or delivery.stored is None:
        return {}
    lock(IntakeDocument, delivery.parent.pk)
    same = IntakeDocument.objects.select_related("order").filter(
        parent=delivery.parent, file=delivery.stored, part__in=[order.part for order in orders]
    )
    return {document.part: document for document in same.order_by("-pk")}
