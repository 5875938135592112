"""The opening: quickly made trade that leaves some documents in every state and queue.

A few weeks are played on chosen days with the opening customers, then today is left as a busy
morning would leave it: something waits for everybody.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from collection import services as collection
from collection.models import DunningNotice
from credit import services as credit
from credit.models import Hold
from customers.models import Customer
from fulfillment import services as fulfillment
from fulfillment.models import PickList
from o2c.kernel import jobs
from orders import services as orders
from orders.models import Channel, Order
from orders.services import NewLine
from receivables import services as receivables
from receivables.models import OpenItem
from shipping import services as shipping
from shipping.models import Shipment
from simulation import (
    capture,
    carriers,
    credit_cases,
    floor,
    offers,
    relations,
    returning,
    supply,
    trade,
    world,
)
from simulation.cast import NEWCOMERS, OPENING
from simulation.twin import Twin

SEED = 20
USUAL = {"FLT-BAG-25U": 50, "VLV-BL-025": 10}
# Days before today that are played, and how many orders come in on each.
PLAYED = [(75, 4), (61, 4), (47, 3), (34, 3), (20, 3), (9, 3), (3, 3), (1, 2)]
# What went wrong with what left on some of these days.
MISHAPS = {34: ["late"], 20: ["damaged"], 9: ["lost", "late"]}


def play(today: date, *, tell: Callable[[str], None]) -> Twin:
    """Make the company and its opening trade, up to the morning of `today`."""
    company = world.build(at=world.instant(today - timedelta(days=90)))
    customers = Customer.objects.filter(name__in=[habit.name for habit in OPENING])
    twin = world.twin(company, list(customers), seed=SEED, day=today)
    for (days, new_orders), twin.day in zip(PLAYED, played_days(today), strict=True):
        twin.mishaps = list(MISHAPS.get(days, []))
        trade.play_day(twin, new_orders=new_orders)
        _send_reminders(twin)
        tell(f"{twin.day}: {twin.orders_made} orders")
        if twin.orders_made == PLAYED[0][1]:
            # Pays six weeks late: whatever chance brings, somebody is on hold today.
            _enter(twin, "Redwater Mining Supply", USUAL, po="RMS-1001")
    twin.day = today
    leave_a_busy_morning(twin)
    return twin


def played_days(today: date) -> list[date]:
    """Return the working days that are played, each once, in order.

    On a Monday yesterday and three days ago are one Friday: the earlier of them moves back.
    """
    days: list[date] = []
    after = today
    for ago, _new_orders in reversed(PLAYED):
        after = world.working_day(min(today - timedelta(days=ago), after - timedelta(days=1)))
        days.append(after)
    return days[::-1]


def _send_reminders(twin: Twin) -> None:
    """Let first reminders go, as the worker will do by itself; later letters wait for a person."""
    reminders = DunningNotice.objects.filter(state=DunningNotice.State.PROPOSED, level__level=1)
    for pk in list(reminders.order_by("pk").values_list("pk", flat=True)):
        collection.send_notice(pk, at=twin.at(20), actor=twin.actor("clerk"))


def leave_a_busy_morning(twin: Twin) -> None:
    """Leave work for every role, as the day finds it."""
    supply.expect(twin)
    jobs.run_day(twin.day, at=twin.at(6))
    floor.deliver_shipments(twin)
    _sell(twin)
    offers.make(twin)
    _pick_and_pack(twin)
    _ship(twin)
    _ask_for_credit(twin)
    credit_cases.make(twin)
    second = _enter(twin, "Harbor Pump & Valve", {"ACT-PN-105": 420}, po="4500-88240")
    credit_cases.ask_in_advance(twin, second)
    _collect(twin)
    returning.make(twin)
    relations.remember(twin)
    capture.make(twin)
    _send_together(twin)


def _sell(twin: Twin) -> None:
    """A draft, and orders that wait for stock, for a limit and for a person."""
    _enter(twin, "Blue Heron Water Works", {"VLV-BF-080": 6, "GSK-SPW-4-150": 40}, po="")
    orders.create_order(
        customer_id=_customer("Prairie Gasket & Seal").pk,
        lines=_lines({"ORG-FKM-50": 200, "PKG-PTFE-10": 25}),
        channel=Channel.REP,
        requested_on=twin.day + timedelta(days=6),
        owner_id=twin.people["sales"].pk,
        at=twin.at(8, 40),
        actor=twin.actor("sales"),
    )
    _enter(twin, "Harbor Pump & Valve", {"ACT-PN-105": 400}, po="4500-88213")
    _enter(twin, "Granite State Tooling", {"MTR-IE4-7K5": 26}, po="GST-2291")
    credit.place_hold(
        _customer("Summit Ridge Mechanical").pk,
        kind=Hold.Kind.MANUAL,
        reason="New owner: waiting for the register extract.",
        at=twin.at(8, 50),
        actor=twin.actor("credit"),
    )
    _enter(twin, "Summit Ridge Mechanical", {"BRG-6205-2RS": 40}, po="SRM-771")


def _pick_and_pack(twin: Twin) -> None:
    """Orders to release, lists to pick, one found short, one to pack."""
    plan = [("released", 2), ("picking", 1), ("picked", 1), ("short", 1), ("packed", 4)]
    names = ["Blue Heron Water Works", "Juniper HVAC Partners", "Harbor Pump & Valve"]
    number = 0
    for wanted, count in plan:
        for _ in range(count):
            number += 1
            name = names[number % len(names)]
            goods = {"VLV-GL-040": 8} if wanted == "short" else USUAL
            order = _enter(twin, name, goods, po=f"WK-{number}")
            for pick_list in fulfillment.release_pick_lists(
                order.pk, at=twin.at(9), actor=twin.actor("warehouse")
            ):
                _bring_to(twin, pick_list, wanted)


def _bring_to(twin: Twin, pick_list: PickList, wanted: str) -> None:
    if wanted == "released":
        return
    if wanted == "picking":
        fulfillment.start_pick(
            pick_list.pk,
            picker_id=twin.people["warehouse"].pk,
            at=twin.at(9, 10),
            actor=twin.actor("warehouse"),
        )
        return
    floor.pick(twin, pick_list, short=wanted == "short")
    if wanted == "packed":
        floor.pack(twin, pick_list)


def _ship(twin: Twin) -> None:
    """Of what is packed: one labelled, one on its way and in trouble, one planned, one refused."""
    planned = list(
        Shipment.objects.filter(customer__in=twin.customer_ids, state=Shipment.State.PLANNED)
        .select_related("warehouse")
        .order_by("-pk")[:4]
    )
    for shipment in planned[3:]:
        carriers.send_by_system(twin, shipment, "refuse", at=twin.at(9, 30))
        carriers.label(twin, shipment.pk, at=twin.at(9, 30))
    for shipment in planned[:2]:
        carriers.label(twin, shipment.pk, at=twin.at(9, 30))
    for shipment in planned[:1]:
        floor.dispatch(twin, shipment.pk)
        floor.hear_from_carrier(twin, shipment.pk)
        shipping.report_exception(
            shipment.pk,
            kind=Shipment.ExceptionKind.DAMAGED,
            note="One box is wet; the driver took a picture.",
            at=twin.at(15, 40),
            actor=twin.actor("shipping"),
        )


def _send_together(twin: Twin) -> None:
    """Two orders of a customer who wants one delivery: packed, they share a shipment."""
    name = "Prairie Gasket & Seal"
    relations.send_together(twin, name)
    for number, goods in enumerate(({"FLT-BAG-25U": 30}, {"VLV-BL-025": 5}), start=1):
        order = _enter(twin, name, goods, po=f"PGS-{number}")
        for pick_list in fulfillment.release_pick_lists(
            order.pk, at=twin.at(13), actor=twin.actor("warehouse")
        ):
            _bring_to(twin, pick_list, "packed")


def _ask_for_credit(twin: Twin) -> None:
    """First-time customers order more than the guidelines approve by themselves."""
    for habit, pieces in zip(NEWCOMERS, (22, 30), strict=True):
        _enter(twin, habit.name, {"PMP-CE-40": pieces}, po=f"1-{pieces}")


def _collect(twin: Twin) -> None:
    """Money whose payer is unknown, money on account, and a disputed invoice."""
    clerk = twin.actor("clerk")
    collection.record_receipt(
        customer_id=None,
        method="transfer",
        currency="EUR",
        amount=Decimal("4000.00"),
        received_on=twin.day,
        reference="55871 J MARLOWE",
        payer_text="TRANSFER REF 55871 J MARLOWE",
        at=twin.at(7, 40),
        actor=clerk,
    )
    collection.record_receipt(
        customer_id=_customer("Copperline Process Systems").pk,
        method="transfer",
        currency="EUR",
        amount=Decimal("1250.00"),
        received_on=twin.day,
        reference="COPPERLINE PROC SYS PART",
        payer_text="Copperline Process Systems, part payment",
        at=twin.at(7, 45),
        actor=clerk,
    )
    disputed = (
        OpenItem.objects.filter(customer__in=twin.customer_ids, state=OpenItem.State.OPEN)
        .order_by("due_on", "pk")
        .last()
    )
    if disputed:
        receivables.open_dispute(
            disputed.pk,
            amount=disputed.balance,
            reason="quantity",
            note="Eight boxes are missing, says the goods-in desk.",
            at=twin.at(8, 15),
            actor=clerk,
        )


def _enter(twin: Twin, name: str, wanted: dict[str, int], *, po: str) -> Order:
    at: datetime = twin.at(8, 30)
    return orders.place_order(
        customer_id=_customer(name).pk,
        lines=_lines(wanted),
        channel=Channel.REP,
        requested_on=twin.day + timedelta(days=7),
        customer_po=po,
        owner_id=twin.people["sales"].pk,
        at=at,
        actor=twin.actor("sales"),
    )


def _lines(wanted: dict[str, int]) -> list[NewLine]:
    ids = world.product_ids()
    return [NewLine(product_id=ids[sku], quantity=Decimal(n)) for sku, n in wanted.items()]


def _customer(name: str) -> Customer:
    return Customer.objects.get(name=name)
