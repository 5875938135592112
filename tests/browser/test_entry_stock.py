"""An open entry screen hears of stock that somebody else takes, and keeps some back."""

from decimal import Decimal

import pytest
from django.db.models import F
from playwright.sync_api import expect

from fulfillment.models import Reservation, StockLevel

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


@pytest.fixture
def entry(page, as_sales_rep):
    """The empty screen of a rep, with one customer and a product of which 100 are there."""
    page.goto("/orders/new/")
    return page


def test_hears_of_stock_that_is_taken_and_keeps_some_back(entry, shot, accessibility_faults):
    entry.get_by_label("Customer", exact=True).press_sequentially("harb")
    entry.get_by_role("option", name="Harbor Pump").wait_for()
    entry.keyboard.press("Enter")
    entry.get_by_label("SKU, line 1").press_sequentially("valve")
    entry.locator("#line-0-sku-list [role=option]").first.wait_for()
    entry.keyboard.press("Enter")
    entry.keyboard.type("24")
    entry.keyboard.press("Enter")
    panel, row = entry.locator("#stock-watch"), entry.locator("#line-0-info")
    expect(panel).to_contain_text("100 now")
    expect(row).to_contain_text("100 now")

    StockLevel.objects.update(on_hand=F("on_hand") - 90)

    expect(panel).to_contain_text("10 now, rest")
    expect(row).to_contain_text("10 now, rest")
    entry.get_by_role("button", name="Keep back").click()
    expect(panel).to_contain_text("Kept back until")
    assert Reservation.objects.get().quantity == Decimal(10)
    shot("entry-stock")
    assert accessibility_faults() == []


def test_a_window_that_nobody_sees_asks_nothing(entry):
    asked = []
    entry.on("request", lambda request: asked.append(request.url))
    with entry.expect_request("**/fulfillment/promises/"):
        pass
    entry.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away ?? true})")
    entry.wait_for_timeout(1500)  # what was on its way is over
    asked.clear()
    entry.wait_for_timeout(3000)
    hidden = [url for url in asked if "promises" in url]
    with entry.expect_request("**/fulfillment/promises/"):
        entry.evaluate("window.away = false")

    assert hidden == []
