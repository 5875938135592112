"""Two orders are walked together: lists chosen at the desk, picked with a phone."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment import services
from fulfillment.models import PickBatch, PickList
from o2c.kernel import clock, roles
from orders import services as orders
from tests.factories import (
    NOW,
    CreditAccountFactory,
    CustomerFactory,
    LocationFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
ITEMS = ["FLT-BAG-25U", "HOS-HYD-12-50", "VLV-BF-080"]


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def lists(company, actor):
    """Three customers' lists of two of each item, in zone A."""
    products = [ProductFactory.create(sku=sku) for sku in ITEMS]
    for place, product in enumerate(products):
        location = LocationFactory.create(code=f"A-{place + 1:02}-07", walk_order=place, zone="A")
        StockLevelFactory.create(product=product, location=location)
    return [_list(name, products, actor) for name in ("Harbor Pump", "Juniper HVAC", "Old Mill")]


def _list(name, products, actor):
    customer = CustomerFactory.create(name=name)
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    order = orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(2)) for product in products],
        channel="rep",
        requested_on=NOW.date(),
        at=NOW,
        actor=actor,
    )
    return services.release_pick_lists(order.pk, at=NOW, actor=actor)[0]


def test_picker_chooses_lists_and_walks_them_with_a_phone(
    page, lists, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.WAREHOUSE))
    page.goto(reverse("fulfillment:pick-lists"))
    for row in lists[:2]:
        page.get_by_role("checkbox", name=f"Choose {row.number}").check()
    shot("batch-worklist")
    worklist_faults = accessibility_faults()
    page.locator("h1").click()
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="PB-")).to_be_visible()
    shot("batch-made")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Start picking").click()
    expect(page.locator("#scan")).to_be_focused()

    page.locator("#scan").fill("NOT-OURS")
    page.locator("#scan").press("Enter")
    expect(page.locator("#scan-note")).to_contain_text("NOT-OURS is not on PB-")
    for sku in ITEMS:
        expect(page.locator(".htmx-settling, .htmx-added, .htmx-swapping")).to_have_count(0)
        expect(page.locator("#scan")).to_be_focused()
        page.locator("#scan-quantity").fill("3")
        page.locator("#scan").fill(sku)
        page.locator("#scan").press("Enter")
        expect(page.get_by_text(f"tote 1: {sku} 2 of 2, tote 2: {sku} 1 of 2")).to_be_visible()
    shot("batch-phone")
    phone_faults = accessibility_faults()
    phone_fits = page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()
    for line in lists[1].lines.all():
        page.locator(f"[name=picked_{line.pk}]").fill("2")
    page.get_by_role("button", name="Finish picking").click()
    expect(page.locator("#h-totes")).to_be_visible()
    expect(page.get_by_role("button", name="Finish picking")).to_have_count(0)
    shot("batch-done")

    assert PickBatch.objects.get().state == "done"
    assert [row.state for row in PickList.objects.order_by("pk")] == [
        "picked",
        "picked",
        "released",
    ]
    assert phone_fits
    assert (worklist_faults, phone_faults) == ([], [])


@pytest.mark.parametrize("width", [1440, 390])
def test_next_lists_of_a_zone_fit_desk_and_phone(
    width, page, lists, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.WAREHOUSE))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("fulfillment:pick-lists") + "?zone=A")
    page.locator("[name=count]").fill("3")
    page.get_by_role("button", name="Make a batch of the next").click()
    expect(page.get_by_role("heading", name="PB-")).to_be_visible()
    page.get_by_role("button", name="Start picking").click()
    expect(page.locator("#scan")).to_be_focused()
    shot(f"batch-{width}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert accessibility_faults() == []
