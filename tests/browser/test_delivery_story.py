"""An order on its way to the customer's door: one line short, a lorry late, a piece refused."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment import services
from fulfillment.models import CountTask, PickList
from invoicing.models import InvoiceLine
from o2c.kernel import clock, outbox, roles
from orders import services as orders
from orders.models import OrderLine
from shipping.models import DeliveryCase, Return, Shipment, TrackingEvent
from shipping.reports.feeds import change_feed
from shipping.reports.receiving import signature_of
from tests.factories import (
    NOW,
    ContactFactory,
    CreditAccountFactory,
    CustomerFactory,
    LocationFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "northway-shares-this"
SEAL, VALVE = "SEL-MEC-038", "VLV-BF-080"


@pytest.fixture
def hours(monkeypatch):
    """Let so many hours go by since nine o'clock."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def hours(count):
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=count))

    return hours


@pytest.fixture
def pick_list(hours, company, actor):
    """Six valves and six seals for Old Mill, on the floor; Northway comes every day."""
    for weekday in range(7):
        schedule = PickupScheduleFactory.create(weekday=weekday)
    carrier = schedule.carrier
    change_feed(carrier.pk, signing_secret=SECRET, codes={}, at=NOW, actor=actor)
    products = [ProductFactory.create(sku=sku) for sku in (VALVE, SEAL)]
    for turn, product in enumerate(products):
        shelf = LocationFactory.create(code=f"A-{turn + 1:02}-07", walk_order=turn)
        StockLevelFactory.create(product=product, location=shelf)
    customer = CustomerFactory.create(name="Old Mill Packaging", email="goods-in@old-mill.example")
    ContactFactory.create(customer=customer, role="dispatch", email="goods-in@old-mill.example")
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    order = orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(6)) for product in products],
        channel="rep",
        requested_on=NOW.date(),
        at=NOW,
        actor=actor,
    )
    [pick_list] = services.release_pick_lists(order.pk, at=NOW, actor=actor)
    return PickList.objects.select_related("order").get(pk=pick_list.pk)


def test_a_delivery_from_the_shelf_to_the_proof(
    page, pick_list, hours, sign_in, person, shot, accessibility_faults
):
    order = pick_list.order
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size({"width": 390, "height": 844})
    pick_one_short(page, pick_list)
    shot("delivery-short-390")
    assert accessibility_faults() == []
    assert f"{order.number}: part of it is not in stock" in subjects()

    pack(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(person(roles.SHIPPING))
    number = plan(page, shot)
    dispatch(page, number)
    assert f"{number} is on its way" in subjects()

    hours(30)
    report(page, number)
    page.goto(reverse("shipping:shipment", args=[number]))
    expect(page.get_by_text("Truck broke down", exact=True)).to_be_visible()
    shot("delivery-late")
    prove(page, number)
    shot("delivery-proved")
    assert accessibility_faults() == []

    sign_in(person(roles.FINANCE_MANAGER))
    page.goto(f"/orders/{order.number}/")
    expect(page.get_by_text("2 backordered")).to_be_visible()
    shot("delivery-order")
    ends_as_it_should(order)


def pick_one_short(page, pick_list):
    """Take six valves and four seals; the others are not there."""
    page.goto(reverse("fulfillment:pick", args=[pick_list.number]))
    page.get_by_role("button", name="Start picking").click()
    page.get_by_label(f"Found of {VALVE}").fill("6")
    page.get_by_label(f"Found of {SEAL}").fill("4")
    page.get_by_role("button", name="Finish picking").click()
    expect(page.get_by_text("Say why some are missing.", exact=True)).to_be_visible()
    page.get_by_label(f"Why {SEAL} is short").select_option("missing")
    page.get_by_role("button", name="Finish picking").click()
    expect(page.get_by_text("Short pick").first).to_be_visible()


def pack(page):
    page.locator("[name=weight_1]").fill("14.5")
    page.get_by_role("button", name="Close packages").click()
    expect(page.locator("#h-packages")).to_be_visible()


def plan(page, shot):
    """Move the card to tomorrow by a key, and let the plan bring it back; return its number."""
    number = Shipment.objects.get().number
    page.goto(reverse("shipping:board"))
    card = page.locator(f"#{number}")
    today = page.get_by_role("region", name="Wed 18 Nov 15:30 Northway Freight")
    expect(today.locator(f"#{number}")).to_be_visible()
    shot("delivery-board")
    card.focus()
    page.keyboard.press("ArrowRight")
    expect(today.locator(f"#{number}")).to_have_count(0)
    expect(card).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(today.locator(f"#{number}")).to_be_visible()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("1 shipment planned")).to_be_visible()
    return number


def dispatch(page, number):
    page.goto(reverse("shipping:shipment", args=[number]))
    page.get_by_role("button", name="Make the label").click()
    page.get_by_role("button", name="Dispatch").click()
    expect(page.get_by_role("heading", name="Proof of delivery")).to_be_visible()


def report(page, number):
    """Send what Northway's system does: out of order, one report twice, at last that it is late."""
    tracked = Shipment.objects.get(number=number).tracking_number
    said = [
        ("2", "in_transit", "Depot Hanover", 5),
        ("1", "picked_up", "", 4),
        ("2", "in_transit", "Depot Hanover", 5),
        ("3", "late", "Truck broke down", 28),
    ]
    for event_id, code, note, after in said:
        event = {"tracking_number": tracked, "event_id": event_id, "code": code, "note": note}
        event["at"] = (NOW + timedelta(hours=after)).isoformat()
        body = json.dumps({"events": [event]}).encode()
        timestamp = str(int(clock.now().timestamp()))
        answer = page.request.post(
            "/carriers/NWF/webhook",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Timestamp": timestamp,
                "X-Signature": signature_of(body, timestamp=timestamp, secret=SECRET),
            },
        )
        assert answer.status == 200


def prove(page, number):
    """Old Mill took all but one valve."""
    page.get_by_role("link", name="Enter it").click()
    page.get_by_label("Received by").fill("Jo at dock 4")
    page.locator("[name=received_at]").fill("2026-11-19T14:30")
    line = Shipment.objects.get(number=number).lines.get(order_line__sku=VALVE)
    page.locator(f"[name=refused_{line.pk}]").fill("1")
    page.locator(f"[name=reason_{line.pk}]").fill("dented")
    page.get_by_role("button", name="Record the proof").click()
    expect(page.get_by_text("Jo at dock 4").first).to_be_visible()


def subjects():
    """Return what the customer has been told by mail so far."""
    outbox.deliver_due(limit=50)
    return [one.subject for one in mail.outbox if "goods-in@old-mill.example" in one.to]


def ends_as_it_should(order):
    """The short seals wait and are not billed, the refused valve comes back, the books agree."""
    outbox.deliver_due(limit=50)
    lines = {line.sku: line for line in OrderLine.objects.filter(order=order)}
    assert (lines[SEAL].shipped, lines[SEAL].backordered) == (4, 2)
    assert (lines[VALVE].shipped, lines[VALVE].delivered) == (6, 5)
    billed = InvoiceLine.objects.filter(order_line__order=order)
    assert {line.sku: line.quantity for line in billed} == {VALVE: 6, SEAL: 4}
    assert CountTask.objects.get().level.product.sku == SEAL
    assert [event.code for event in TrackingEvent.objects.order_by("at")][:2] == [
        "picked_up",
        "in_transit",
    ]
    assert TrackingEvent.objects.filter(code="in_transit").count() == 1
    assert set(DeliveryCase.objects.values_list("kind", flat=True)) == {"late", "refused"}
    assert Return.objects.get().lines.get().announced == 1
    call_command("check_books")
