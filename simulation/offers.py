"""Quotes in every state, and a blanket order with call-offs, as a sales desk has them."""

from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Customer
from orders import services as orders
from orders.models import Quote
from orders.services import Agreed, AgreedLine, NewLine, Offered
from simulation import world
from simulation.twin import Twin

BUYER = "Harbor Pump & Valve"


def make(twin: Twin) -> None:
    """Leave quotes and a blanket order behind, up to the morning of the twin's day."""
    _quotes(twin)
    _blanket(twin)


def _quotes(twin: Twin) -> None:
    """One that ran out, one accepted, one rejected, a revised one that runs out soon, a draft."""
    old = _sent(twin, "Granite State Tooling", {"VLV-BF-080": 12}, days_ago=50, valid_days=20)
    orders.expire_quotes(twin.day, at=twin.at(6), actor=twin.actor("sales"))
    assert Quote.objects.get(pk=old.pk).state == Quote.State.EXPIRED
    accepted = _sent(twin, BUYER, {"FLT-BAG-25U": 100, "VLV-BL-025": 20}, days_ago=6)
    orders.accept_quote(
        accepted.pk,
        requested_on=twin.day + timedelta(days=10),
        customer_po="4500-88190",
        at=twin.at(8, 5),
        actor=twin.actor("sales"),
    )
    rejected = _sent(twin, "Juniper HVAC Partners", {"VLV-GL-040": 6}, days_ago=9)
    orders.reject_quote(
        rejected.pk,
        reason=Quote.RejectReason.DELIVERY,
        note="Needs them this week.",
        at=twin.at(8, 10),
        actor=twin.actor("sales"),
    )
    first = _sent(twin, BUYER, {"PMP-CE-40": 3, "GSK-SPW-4-150": 40}, days_ago=4, valid_days=30)
    revised = orders.revise_quote(first.pk, at=twin.at(8, 12), actor=twin.actor("sales"))
    offered = _offered(twin, {"PMP-CE-40": 4, "GSK-SPW-4-150": 40}, twin.at(8), valid_days=5)
    orders.change_quote(
        revised.pk,
        offered=offered,
        version=revised.version,
        at=twin.at(8, 14),
        actor=twin.actor("sales"),
    )
    orders.send_quote(revised.pk, at=twin.at(8, 15), actor=twin.actor("sales"))
    _drafted(twin, "Blue Heron Water Works", {"VLV-BF-080": 24}, twin.at(8, 20), valid_days=30)


def _blanket(twin: Twin) -> None:
    """A year's bags at a price, of which two orders have called some off."""
    keys = world.product_ids()
    began = twin.day - timedelta(days=40)
    blanket = orders.create_blanket(
        customer_id=Customer.objects.get(name=BUYER).pk,
        agreed=Agreed(
            lines=[
                AgreedLine(keys["FLT-BAG-25U"], Decimal(2000), minimum_call_off=Decimal(50)),
                AgreedLine(keys["ORG-FKM-50"], Decimal(1000)),
            ],
            valid_from=began,
            valid_until=began + timedelta(days=364),
            customer_po="FRAME-26",
        ),
        owner_id=twin.people["sales"].pk,
        at=twin.at(8, 21),
        actor=twin.actor("sales"),
    )
    orders.activate_blanket(blanket.pk, at=twin.at(8, 22), actor=twin.actor("sales"))
    lines = list(blanket.lines.order_by("position"))
    for number, quantities in enumerate([(50, 100), (100, 0)], start=1):
        orders.call_off_blanket(
            blanket.pk,
            quantities={
                line.pk: Decimal(quantity) for line, quantity in zip(lines, quantities, strict=True)
            },
            requested_on=twin.day + timedelta(days=5 + number),
            customer_po=f"FRAME-26-{number}",
            at=twin.at(8, 22 + number),
            actor=twin.actor("sales"),
        )


def _sent(
    twin: Twin, name: str, wanted: dict[str, int], *, days_ago: int, valid_days: int = 30
) -> Quote:
    at = twin.at(8) - timedelta(days=days_ago)
    quote = _drafted(twin, name, wanted, at, valid_days=valid_days)
    return orders.send_quote(quote.pk, at=at, actor=twin.actor("sales"))


def _drafted(
    twin: Twin, name: str, wanted: dict[str, int], at: datetime, *, valid_days: int
) -> Quote:
    return orders.create_quote(
        customer_id=Customer.objects.get(name=name).pk,
        offered=_offered(twin, wanted, at, valid_days=valid_days),
        owner_id=twin.people["sales"].pk,
        at=at,
        actor=twin.actor("sales"),
    )


def _offered(twin: Twin, wanted: dict[str, int], at: datetime, *, valid_days: int) -> Offered:
    keys = world.product_ids()
    return Offered(
        lines=[NewLine(keys[sku], Decimal(quantity)) for sku, quantity in wanted.items()],
        valid_until=(at + timedelta(days=valid_days)).date(),
        allows_part=True,
    )
