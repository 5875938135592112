"""Goods that come back: made by the services of shipping, one after the other."""

from decimal import Decimal

from shipping import services as shipping
from shipping.models import Return
from shipping.services import Arrived, Coming, Verdict
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR


def send_back(shipment, *quantities: str, accepted=(), at=NOW, settle=True) -> Return:
    """Send so much of each line of a shipment back, and settle it; "0" of a line stays there.

    `accepted`: how much of each is credited, all of it where nothing is said.
    """
    lines = shipment.lines.order_by("pk")
    back = [(line, Decimal(part)) for line, part in zip(lines, quantities, strict=False)]
    goods = [
        Coming(shipment_line_id=line.pk, quantity=part, reason="unwanted")
        for line, part in back
        if part
    ]
    row = shipping.announce_return(shipment.customer_id, goods=goods, at=at, actor=ACTOR)
    return accept(row, *accepted, at=at, settle=settle)


def accept(row, *accepted: str, at=NOW, settle=True) -> Return:
    """Receive what is announced, scrap it, and credit so much of each line, or all of it."""
    lines = list(row.lines.order_by("pk"))
    goods = [Arrived(line_id=line.pk, quantity=line.announced) for line in lines]
    shipping.receive_return_goods(row.pk, goods=goods, at=at, actor=ACTOR)
    wanted = [Decimal(part) for part in accepted] or [line.announced for line in lines]
    verdicts = {
        line.pk: Verdict(disposition="scrap", accepted=part)
        for line, part in zip(lines, wanted, strict=True)
    }
    shipping.inspect_return(row.pk, verdicts=verdicts, at=at, actor=ACTOR)
    if not settle:
        return row
    return shipping.settle_return(row.pk, answer="Agreed.", at=at, actor=ACTOR)
