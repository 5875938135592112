"""Goods whose freight the customer pays, by a carrier's tariff."""

from datetime import date
from decimal import Decimal

from fulfillment.models import StockLevel
from orders import services as orders
from orders.services import NewLine
from shipping import services as shipping
from shipping.models import CarrierService, FreightRate, FreightZone, PickupSchedule
from shipping.services import Coming
from tests.factories import NOW, TODAY, ProductFactory, StockLevelFactory
from tests.invoicing.coming_back import accept
from tests.invoicing.shipped import ACTOR, customer_with_credit, leave, pack, place, ready


def charged_customer(**fields):
    """A customer with plenty of credit who pays the freight."""
    return customer_with_credit(freight_terms="charged", **fields)


def tariff(amount="20", currency="EUR"):
    """Let the carrier ask this for each shipment to Germany."""
    ready()
    carrier = PickupSchedule.objects.first().carrier
    service = CarrierService.objects.create(carrier=carrier, code="STD", name="Standard")
    zone = FreightZone.objects.create(carrier=carrier, code="DE", countries=["DE"])
    FreightRate.objects.create(
        service=service,
        zone=zone,
        currency=currency,
        amount=Decimal(amount),
        valid_from=date(2026, 1, 1),
    )


def ship_together(customer, *nets: str, terms=()):
    """Send orders of one piece each in one shipment; `terms` are those of each, if not theirs."""
    ready()
    placed = [place(customer, ("1", net)) for net in nets]
    for order, own in zip(placed, terms, strict=False):
        type(order).objects.filter(pk=order.pk).update(freight_terms=own)
    first, *others = [pack(order) for order in placed]
    for other in others:
        first = shipping.join_shipment(other.pk, with_id=first.pk, at=NOW, actor=ACTOR)
    return leave(first)


def ship_taxed(customer, *parts: tuple[str, str]):
    """Send one piece at each (price, tax category)."""
    ready()
    lines = []
    for price, category in parts:
        product = ProductFactory.create(tax_category=category)
        StockLevelFactory.create(product=product, on_hand=Decimal(1))
        lines.append(NewLine(product.pk, Decimal(1), Decimal(price), price_reason="agreed"))
    assert StockLevel.objects.count() >= len(parts)
    order = orders.place_order(
        customer_id=customer.pk,
        lines=lines,
        channel="rep",
        requested_on=TODAY,
        at=NOW,
        actor=ACTOR,
    )
    return leave(pack(order))


def bring_back(shipment, *parts: tuple[str, str]):
    """Take so much of each line back, `(quantity, reason)`, and settle it; "0" stays there."""
    lines = shipment.lines.order_by("pk")
    goods = [
        Coming(shipment_line_id=line.pk, quantity=Decimal(quantity), reason=reason)
        for line, (quantity, reason) in zip(lines, parts, strict=False)
        if quantity != "0"
    ]
    row = shipping.announce_return(shipment.customer_id, goods=goods, at=NOW, actor=ACTOR)
    return accept(row)
