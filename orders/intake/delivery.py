"""One file on its way in."""

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
    if delivery.parent is None or delivery.stored is None:
        return None
    lock(IntakeDocument, delivery.parent.pk)
    same = IntakeDocument.objects.select_related("order").filter(
        parent=delivery.parent, file=delivery.stored, part=order.part
    )
    return same.order_by("pk").first()
