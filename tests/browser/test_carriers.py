"""Carriers in the browser: one is set up with its tariff, and a failed booking is mended."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from o2c.kernel import clock, roles
from o2c.kernel.outbox import deliver_due
from shipping import services
from shipping.models import Booking, Carrier, FreightRate, PickupSchedule, Shipment
from tests.factories import NOW, WarehouseFactory
from tests.invoicing.shipped import ACTOR, customer_with_credit, pack, ready
from tests.invoicing.shipped import place as order_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_wednesday(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def failed(company):
    """Two shipments that a fake carrier has refused to book."""
    ready()
    Carrier.objects.update(adapter="fake", settings={"fake": {"usual": "refuse"}})
    buyer = customer_with_credit(name="Old Mill Packaging")
    shipments = [pack(order_of(buyer, ("5", "50"))) for _each in range(2)]
    for shipment in shipments:
        services.label_shipment(shipment.pk, at=NOW, actor=ACTOR)
    deliver_due(limit=50)
    return shipments


def test_carrier_is_set_up(page, company, sign_in, person, shot, accessibility_faults):
    WarehouseFactory.create()
    sign_in(person(roles.SHIPPING))

    page.goto(reverse("shipping:carriers"))
    expect(page.locator("h1")).to_have_text("Carrier set-up")
    page.keyboard.press("n")
    page.fill("[name=code]", "BRL")
    page.fill("[name=name]", "Brightline Parcel")
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("Brightline Parcel")
    shot("carrier")
    faults = accessibility_faults()

    _add(page, "Services", code="STD", name="Standard")
    expect(page.locator("tbody")).to_contain_text("Standard")
    _add(page, "Zones", code="DE", countries="DE")
    expect(page.locator("tbody")).to_contain_text("DE")
    page.click(".views >> text=Tariffs")
    expect(page.locator("#h-rows")).to_have_text("Tariffs")
    page.select_option("[name=service]", label="Standard")
    page.select_option("[name=zone]", label="DE")
    page.fill("[name=currency]", "EUR")
    page.fill("[name=amount]", "5.90")
    page.fill("[name=percent]", "1.5")
    page.fill("[name=valid_from]", "2026-01-01")
    page.click("main button[type=submit]")
    expect(page.locator("tbody")).to_contain_text("STD · DE")
    shot("carrier-tariffs")
    faults += accessibility_faults()

    page.click(".views >> text=Pickups")
    expect(page.locator("#h-rows")).to_have_text("Pickups")
    page.check("text=Monday")
    page.check("text=Friday")
    page.fill("[name=cut_off]", "15:30")
    page.click("main button[type=submit]")
    expect(page.locator("tbody tr")).to_have_count(2)
    shot("carrier-pickups")
    faults += accessibility_faults()

    page.click(".views >> text=Connection")
    expect(page.locator("#h-form")).to_be_visible()
    page.select_option("[name=adapter]", "fake")
    page.click("text=Save")
    expect(page.locator("body")).to_contain_text("Saved.")
    page.goto(reverse("shipping:carrier-connection", args=["BRL"]))
    expect(page.locator("[name=adapter]")).to_have_value("fake")
    page.keyboard.press("t")
    expect(page.locator("body")).to_contain_text("The connection works")
    shot("carrier-connection")
    faults += accessibility_faults()

    assert faults == []
    assert FreightRate.objects.count() == 1
    assert PickupSchedule.objects.count() == 2


def test_failed_bookings_are_mended(page, failed, sign_in, person, shot, accessibility_faults):
    first, second = failed
    sign_in(person(roles.SHIPPING))

    page.goto(reverse("shipping:board"))
    page.click("text=2 bookings to mend")
    expect(page.locator("tbody tr")).to_have_count(2)
    shot("bookings")
    faults = accessibility_faults()
    page.goto(reverse("shipping:bookings"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile("^SH-"))
    expect(page.locator("main")).to_contain_text("does not go to this postal code")
    shot("booking-failed")
    faults += accessibility_faults()

    page.goto(reverse("shipping:shipment", args=[first.number]))
    page.fill("[name=tracking_number]", "HAND-4711")
    page.click("text=Enter the number")
    expect(page.locator("main .facts")).to_contain_text("HAND-4711")

    Carrier.objects.update(settings={})
    page.goto(reverse("shipping:shipment", args=[second.number]))
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    deliver_due(limit=50)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("button", name="Dispatch")).to_be_visible()
    shot("booking-mended")

    page.goto(reverse("shipping:bookings"))
    expect(page.locator("main")).to_contain_text("Every booking stands")
    assert faults == []
    assert set(Booking.objects.values_list("state", flat=True)) == {"booked"}
    assert set(Shipment.objects.values_list("state", flat=True)) == {"labelled"}


def test_answer_shows_by_itself_and_leaves_the_focus(page, failed, sign_in, person):
    shipment = failed[0]
    Carrier.objects.update(settings={})
    sign_in(person(roles.SHIPPING))
    page.goto(reverse("shipping:shipment", args=[shipment.number]))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#bookings")).to_contain_text("The carrier is being asked")
    reason = page.locator("section[aria-labelledby=h-cancel] [name=reason]")
    reason.fill("half a")

    deliver_due(limit=50)

    expect(page.get_by_role("button", name="Dispatch")).to_be_visible()
    expect(page.locator("#bookings")).not_to_contain_text("The carrier is being asked")
    expect(page.locator("#bookings")).not_to_have_attribute("hx-trigger", "every 2s")
    expect(page.locator("#by-hand")).to_be_hidden()
    expect(page.locator("#shipment-facts")).to_contain_text(_number_of(shipment))
    expect(page.locator("#shipment-papers")).to_contain_text("Labels for a label printer")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("half a")


def _number_of(shipment):
    return Shipment.objects.get(pk=shipment.pk).tracking_number


def _add(page, tab, **entered):
    page.click(f".views >> text={tab}")
    expect(page.locator("#h-rows")).to_have_text(tab)
    for name, value in entered.items():
        page.fill(f"[name={name}]", value)
    page.click("main button[type=submit]")
