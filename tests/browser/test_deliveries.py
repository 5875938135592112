"""Deliveries as people see them: a case from report to end, the proof, the customer's view."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import CustomerUser
from o2c.kernel import clock, roles
from orders.models import OrderLine
from shipping import services
from shipping.models import Carrier, DeliveryCase, Shipment, StrayEvent
from shipping.reports.shapes import Report
from shipping.reports.taking import take_reports
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, customer_with_credit, pack, ready
from tests.invoicing.shipped import place as order_of

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=30)


@pytest.fixture(autouse=True)
def a_day_later(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def damaged(company):
    """A shipment whose carrier reports damage, and a report that names none of ours."""
    ready()
    shipment = pack(order_of(customer_with_credit(name="Old Mill Packaging"), ("5", "50")))
    services.label_shipment(shipment.pk, at=NOW, actor=ACTOR)
    services.dispatch_shipment(shipment.pk, at=NOW, actor=ACTOR)
    shipment = Shipment.objects.select_related("carrier", "customer").get()
    reports = [
        _report(shipment.tracking_number, "1", "in_transit", "", 3),
        _report(shipment.tracking_number, "2", "damaged", "Two boxes wet", 20),
        _report("ELSE-1", "3", "late", "Truck broke down", 21),
    ]
    carrier = Carrier.objects.get(pk=shipment.carrier_id)
    take_reports(carrier, reports, channel="webhook", at=LATER, actor=ACTOR)
    return shipment


def _report(number, event_id, code, note, hours):
    return Report(
        tracking_number=number,
        event_id=event_id,
        code=code,
        note=note,
        happened_at=NOW + timedelta(hours=hours),
    )


def test_exceptions_page_shows_deliveries_in_trouble(
    page, damaged, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.SHIPPING, roles.WAREHOUSE))

    page.goto(reverse("fulfillment:shortages"))
    case = page.get_by_role("link", name=damaged.number)
    expect(case).to_be_visible()
    shot("exceptions-deliveries")
    faults = accessibility_faults()
    case.click()
    expect(page.get_by_role("heading", name=re.compile(damaged.number))).to_be_visible()

    assert faults == []


def test_case_is_worked_and_the_delivery_proved(
    page, damaged, sign_in, person, shot, accessibility_faults
):
    shipper = person(roles.SHIPPING)
    sign_in(shipper)

    page.goto(reverse("shipping:cases"))
    shot("cases")
    faults = accessibility_faults()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#h-work")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("[name=owner]")).to_have_value(str(shipper.pk))
    page.select_option("[name=next_step]", "take_back")
    page.click("text=Save")
    expect(page.locator("[name=next_step]")).to_have_value("take_back")
    shot("case")
    faults += accessibility_faults()

    page.goto(reverse("shipping:shipment", args=[damaged.number]))
    page.click("text=Enter it")
    line = damaged.lines.get()
    page.fill("[name=received_by]", "Jo at dock 4")
    page.fill("[name=received_at]", "2026-11-19T09:30")
    page.fill(f"[name=refused_{line.pk}]", "9")
    page.fill(f"[name=reason_{line.pk}]", "wet")
    page.click("text=Record the proof")
    expect(page.locator("table").get_by_text("Only 5 were sent.")).to_be_visible()
    shot("proof-refused")
    faults += accessibility_faults()
    page.fill(f"[name=refused_{line.pk}]", "2")
    page.set_input_files(
        "[name=file]", {"name": "pod.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.click("text=Record the proof")
    expect(page.locator("#h-proof")).to_be_visible()
    expect(page.get_by_role("link", name="Signed paper")).to_be_visible()
    shot("shipment-proved")
    faults += accessibility_faults()

    page.goto(reverse("shipping:case", args=[DeliveryCase.objects.get(kind="damaged").pk]))
    page.fill("[name=resolution]", "Paid by the carrier")
    page.click("text=It is resolved")
    expect(page.locator("#h-end")).to_be_visible()

    assert OrderLine.objects.get().delivered == 3
    assert DeliveryCase.objects.get(state="open").kind == "refused"
    assert faults == []


def test_a_stray_report_finds_its_shipment(page, damaged, sign_in, person, shot):
    sign_in(person(roles.SHIPPING))

    page.goto(reverse("shipping:cases"))
    page.click("text=1 report without a shipment")
    shot("strays")
    page.click("text=ELSE-1")
    page.fill("[name=shipment]", damaged.number)
    page.click("text=Place it there")
    expect(page.get_by_text("Every report has its shipment")).to_be_visible()

    assert StrayEvent.objects.get().shipment == damaged


def test_the_customer_follows_the_delivery(
    page, damaged, sign_in, person, shot, accessibility_faults
):
    services.deliver_shipment(damaged.pk, received_by="Jo", at=LATER, actor=ACTOR)
    buyer = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=buyer, customer=damaged.customer)
    sign_in(buyer)

    page.goto(reverse("reporting:portal"))
    page.get_by_role("link", name=re.compile(damaged.number)).click()
    expect(page.get_by_role("heading", name=f"Delivery {damaged.number}")).to_be_visible()
    shot("portal-shipment")

    expect(page.get_by_text("Two boxes wet")).to_be_visible()
    assert accessibility_faults() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_fit_desk_and_phone(
    width, page, damaged, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.SHIPPING))
    page.set_viewport_size({"width": width, "height": 844})
    pages = {
        "cases": reverse("shipping:cases"),
        "case": reverse("shipping:case", args=[DeliveryCase.objects.get().pk]),
        "proof": reverse("shipping:proof", args=[damaged.number]),
        "shipment-case": reverse("shipping:shipment", args=[damaged.number]),
        "strays": reverse("shipping:strays"),
        "stray": reverse("shipping:stray", args=[StrayEvent.objects.get().pk]),
        "tracking-file": reverse("shipping:tracking-file"),
        "feeds": reverse("shipping:feeds"),
        "feed": reverse("shipping:feed", args=[damaged.carrier.code]),
    }
    faults, too_wide = {}, []

    for name, address in pages.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shot(f"{name}-{width}")
        faults[name] = accessibility_faults()
        wide = page.evaluate("document.documentElement.scrollWidth")
        too_wide += [name] if wide > width else []

    assert {name: found for name, found in faults.items() if found} == {}
    assert too_wide == []
