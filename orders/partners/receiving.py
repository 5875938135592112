"""A partner's file on its way in: kept first, read from what was kept, answered."""

from datetime import datetime

from o2c.kernel import files
from o2c.kernel.actors import Actor
from o2c.kernel.models import StoredFile
from o2c.kernel.outbox import publish
from o2c.kernel.sheets.shapes import check_size, clean
from o2c.kernel.transactions import service
from orders.intake.formats import MEDIA_TYPES, format_of
from orders.intake.services import take_in
from orders.models import TradingPartner
from orders.partners.events import FileReceived

NAME_LENGTH = 255


@service
def receive(
    content: bytes, *, name: str, partner: TradingPartner, at: datetime, actor: Actor
) -> StoredFile:
    """Keep a partner's file and have it read. From here on it is not lost, whatever happens.

    Raises:
        Unreadable: it is larger than we take.
    """
    check_size(len(content))
    name = clean(name)[-NAME_LENGTH:] or "message"
    stored = files.store(content, name=name, media_type=MEDIA_TYPES[format_of(content, name)])
    publish(FileReceived(file_id=stored.pk, partner_id=partner.pk, name=name, at=at, actor=actor))
    return stored


def take_received(file_id: int, *, partner_id: int, name: str, at: datetime, actor: Actor) -> None:
    """Read a file that was kept: orders are placed, changed or given to a person, and answered.

    Safe twice: what was placed the first time is a duplicate the second.
    """
    stored = StoredFile.objects.get(pk=file_id)
    partner = TradingPartner.objects.select_related("customer").get(pk=partner_id)
    results = take_in(
        name,
        files.read(stored),
        customer=partner.customer.number,
        channel="edi",
        partner=partner,
        commit=True,
        at=at,
        actor=actor,
    )
    for _result in results:
        pass
