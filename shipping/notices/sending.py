"""Who is told of a shipment that has left, and in which format."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.transactions import service
from orders.models import IntakeDocument, Order, PartnerMessage, TradingPartner
from orders.partners import selectors
from orders.partners.telling import names_of, senders_of, tell
from orders.partners.writing import edifact_interchange, x12_interchange
from shipping.contents import OrderPart, parts_of
from shipping.models import Shipment, ShipmentLine
from shipping.notices import edifact, ubl, x12
from shipping.notices.content import Notice, notice_of

READ_WITH = ("customer", "ship_to", "warehouse", "carrier")
KINDS = {
    TradingPartner.Kind.X12: "856",
    TradingPartner.Kind.EDIFACT: "DESADV",
    TradingPartner.Kind.UBL: "DespatchAdvice",
}


@service
def tell_partners(shipment_id: int, *, at: datetime, actor: Actor) -> list[PartnerMessage]:
    """Queue the ship notice to each partner who has sent an order of it; once, however often asked.

    A partner is told of their own orders only, by their own line numbers and units.
    """
    shipment = Shipment.objects.select_related(*READ_WITH).get(pk=shipment_id)
    parts = parts_of(shipment)
    senders = senders_of({part.order.pk for part in parts})
    theirs: dict[int, list[tuple[OrderPart, IntakeDocument]]] = defaultdict(list)
    partners: dict[int, TradingPartner] = {}
    for part in parts:
        if part.order.pk in senders:
            partner, document = senders[part.order.pk]
            partners[partner.pk] = partner
            theirs[partner.pk].append((part, document))
    told = [
        _tell(shipment, partners[key], orders, at=at, actor=actor) for key, orders in theirs.items()
    ]
    return [message for message in told if message is not None]


def messages_of(shipment_id: int) -> list[PartnerMessage]:
    """Return what partners were told of a shipment, one statement."""
    found = PartnerMessage.objects.filter(source__startswith=_source(shipment_id))
    return list(found.select_related("partner", "order", "file").order_by("-pk"))


def messages_about(order: Order) -> list[PartnerMessage]:
    """Return what partners were told of an order, alone or in a joint shipment, newest first."""
    sources: list[str] = []
    for partner, _document in senders_of([order.pk]).values():
        shipments = ShipmentLine.objects.filter(order=order).order_by("shipment")
        keys = shipments.values_list("shipment", flat=True).distinct()
        sources = [f"{_source(key)}{partner.pk}" for key in keys]
    return selectors.messages_about(order, sources=sources)


def _tell(
    shipment: Shipment,
    partner: TradingPartner,
    orders: list[tuple[OrderPart, IntakeDocument]],
    *,
    at: datetime,
    actor: Actor,
) -> PartnerMessage | None:
    names = {
        key: name
        for part, document in orders
        for key, name in names_of(part.order, document).items()
    }
    parts = [part for part, _document in orders]
    notice = notice_of(shipment, parts, names, the_company())
    return tell(
        partner,
        kind=KINDS[TradingPartner.Kind(partner.kind)],
        source=f"{_source(shipment.pk)}{partner.pk}",
        order=parts[0].order if len(parts) == 1 else None,
        write=writer_of(notice, partner, at=at),
        at=at,
        actor=actor,
    )


def writer_of(notice: Notice, partner: TradingPartner, *, at: datetime) -> Callable[[str], bytes]:
    """Return what writes the notice in the partner's format under a control number."""

    def write(control: str) -> bytes:
        if partner.kind == TradingPartner.Kind.X12:
            lines = list(x12.segments(notice))
            return x12_interchange(partner, control, group="SH", code="856", segments=lines, at=at)
        if partner.kind == TradingPartner.Kind.EDIFACT:
            lines = list(edifact.segments(notice, partner))
            return edifact_interchange(
                partner, control, code="DESADV", version=edifact.VERSION, segments=lines, at=at
            )
        return ubl.write(notice, partner)

    return write


def _source(shipment_id: int) -> str:
    return f"shipment:{shipment_id}:"
