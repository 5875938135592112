"""The planning board in a browser: cards move by drag and by keys, one button plans all."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment import services
from fulfillment.models import Location
from o2c.kernel import clock, roles
from orders import services as orders
from shipping import services as shipping
from shipping.models import CarrierService, FreightRate, FreightZone, Shipment
from tests.factories import (
    NOW,
    CarrierFactory,
    CreditAccountFactory,
    CustomerFactory,
    LocationFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
# What stands for the pickups of today and tomorrow, both before any that comes later.
TODAY = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 19, 15, 30, tzinfo=UTC)


@pytest.fixture
def packed_shipment(company, actor):
    """A packed order, on today's pickup; a cheaper carrier comes tomorrow."""
    house = WarehouseFactory.create(time_zone="UTC", country="DE")
    for code, name, weekday, price in (("NWF", "Northway", 2, 50), ("CAR", "Carrow", 3, 20)):
        carrier = CarrierFactory.create(code=code, name=name)
        PickupScheduleFactory.create(
            carrier=carrier, warehouse=house, weekday=weekday, capacity_packages=4, door="5"
        )
        service = CarrierService.objects.create(carrier=carrier, code="STD", name="Standard")
        zone = FreightZone.objects.create(carrier=carrier, code="DE", countries=["DE"])
        FreightRate.objects.create(
            service=service, zone=zone, currency="EUR", amount=price, valid_from=date(2026, 1, 1)
        )
    customer = CustomerFactory.create(name="Harbor Pump & Valve")
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    return pack_order(customer, LocationFactory.create(), actor)


def pack_order(customer, location, actor):
    """Pack an order of theirs; return its shipment."""
    product = ProductFactory.create()
    StockLevelFactory.create(product=product, location=location)
    order = orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(6))],
        channel="rep",
        requested_on=date(2026, 11, 27),
        at=NOW,
        actor=actor,
    )
    order.lines.update(promised_on=date(2026, 11, 27))
    [pick_list] = services.release_pick_lists(order.pk, at=NOW, actor=actor)
    found = {line.pk: line.quantity for line in pick_list.lines.all()}
    services.confirm_pick(pick_list.pk, picked=found, short_reasons={}, at=NOW, actor=actor)
    services.pack(pick_list.pk, weights=[Decimal(12)], at=NOW, actor=actor)
    return Shipment.objects.get(lines__pick_list=pick_list)


def lane_of(page, carrier, when):
    return page.locator(f'[data-lane*="{when.isoformat()}"]', has_text=carrier)


def test_a_card_moves_by_keys_by_drag_and_by_the_plan(
    page, packed_shipment, sign_in, person, shot, accessibility_faults
):
    number = packed_shipment.number
    sign_in(person(roles.SHIPPING))
    page.goto(reverse("shipping:board"))
    today, tomorrow = lane_of(page, "Northway", TODAY), lane_of(page, "Carrow", TOMORROW)
    card = page.locator(f"#{number}")
    expect(today.locator(f"#{number}")).to_be_visible()
    faults = accessibility_faults()
    shot("planning-board")

    card.focus()
    page.keyboard.press("ArrowRight")
    expect(tomorrow.locator(f"#{number}")).to_be_visible()
    expect(card).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(today.locator(f"#{number}")).to_be_visible()

    card.drag_to(tomorrow)
    expect(tomorrow.locator(f"#{number}")).to_be_visible()
    card.drag_to(today)
    expect(today.locator(f"#{number}")).to_be_visible()

    page.get_by_role("button", name="Plan", exact=True).click()
    expect(tomorrow.locator(f"#{number}")).to_be_visible()
    expect(page.get_by_text("1 shipment planned, 1 moved.")).to_be_visible()

    planned = Shipment.objects.get()
    assert (planned.carrier.code, planned.freight_cost) == ("CAR", 20)
    assert faults == []


@pytest.fixture
def left_yesterday(packed_shipment, actor, monkeypatch):
    """It left today, and the next morning has come."""
    shipping.label_shipment(packed_shipment.pk, at=NOW, actor=actor)
    shipping.dispatch_shipment(packed_shipment.pk, at=NOW, actor=actor)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=1))
    return packed_shipment.number


@pytest.mark.parametrize("width", [1440, 390])
def test_the_tab_of_the_day_before_shows_what_left(
    width, page, left_yesterday, sign_in, person, shot, accessibility_faults
):
    number = left_yesterday
    sign_in(person(roles.SHIPPING))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("shipping:board"))
    days = page.get_by_role("navigation", name="Day", exact=True)
    expect(days.get_by_role("link", name="Today")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#{number}")).to_have_count(0)

    days.get_by_role("link", name="Wed 18").click()

    expect(page.locator(f"#{number}")).to_be_visible()
    expect(page.locator(".lane").get_by_text("1 of 1 loaded")).to_be_visible()
    shot(f"planning-board-day-before-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert accessibility_faults() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_plan_stays_on_the_day_whose_cut_offs_the_line_names(
    width, page, packed_shipment, sign_in, person, shot, accessibility_faults
):
    number = packed_shipment.number
    sign_in(person(roles.SHIPPING))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("shipping:board"))
    days = page.get_by_role("navigation", name="Day", exact=True)
    thursday = days.get_by_role("link", name="Thu 19")
    thursday.click()
    expect(thursday).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#{number}")).to_have_count(0)

    page.get_by_role("button", name="Plan", exact=True).click()

    expect(page.get_by_text("1 shipment planned, 1 moved.")).to_be_visible()
    expect(thursday).to_have_attribute("aria-current", "true")
    expect(lane_of(page, "Carrow", TOMORROW).locator(f"#{number}")).to_be_visible()
    words = "Carrow 15:30 0/1" if width == 1440 else "Carrow 15:30, 0 of 1 loaded"
    label = page.locator(".dayline text, .dayline li", has_text="Carrow").filter(visible=True)
    expect(label).to_have_text(words)
    shot(f"planning-board-another-day-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert accessibility_faults() == []


def test_orders_to_one_address_are_joined_and_taken_out_by_keys_and_by_mouse(
    page, packed_shipment, actor, sign_in, person, shot, accessibility_faults
):
    first = packed_shipment.number
    location = Location.objects.get()
    second = pack_order(packed_shipment.customer, location, actor).number
    sign_in(person(roles.SHIPPING))
    page.goto(reverse("shipping:board"))
    cards, joint = page.locator("[data-card]"), page.locator(f"#{first}")
    expect(cards).to_have_count(2)

    page.locator(f"#{second}").focus()
    page.keyboard.press("+")
    expect(cards).to_have_count(1)
    expect(joint).to_contain_text("2 lines, 2 packages, 24 kg")
    expect(joint).to_be_focused()
    faults = accessibility_faults()
    shot("planning-board-joint")

    page.keyboard.press("-")
    expect(cards).to_have_count(2)
    expect(joint).to_contain_text("1 line, 1 package, 12 kg")
    out = page.locator(f"[data-card]:not(#{first})")
    expect(out).to_be_focused()

    out.drag_to(joint)
    expect(cards).to_have_count(1)
    joint.get_by_text("Take out…").click()
    joint.get_by_role("button", name="Take out").click()
    expect(cards).to_have_count(2)

    joint.get_by_text("Send together with…").click()
    joint.get_by_role("button", name="Join").click()
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("2 packages")
    assert faults == []
