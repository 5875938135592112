"""A sales rep agrees on a blanket order, and calls it off."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from orders.models import BlanketLine, Order

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


def test_is_agreed_on_and_called_off(page, as_sales_rep, shot, accessibility_faults):
    page.goto("/orders/blankets/")
    page.get_by_role("link", name="New blanket order").first.click()
    page.get_by_label("Customer", exact=True).press_sequentially("harb")
    page.get_by_role("option", name="Harbor Pump").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("SKU, line 1").press_sequentially("valve")
    page.locator("#line-0-sku-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Quantity, line 1")).to_be_focused()
    page.keyboard.type("100")
    page.get_by_label("Price, line 1").fill("48")
    page.get_by_label("Least per call-off, line 1").fill("10")
    page.keyboard.press("Enter")
    expect(page.locator("#totals dd.big")).to_have_text("5,712.00")
    shot("blanket-entry")
    assert accessibility_faults() == []

    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/orders/blankets/BO-*/")
    page.get_by_role("button", name="Activate").click()
    page.get_by_label("VLV-BF-080").fill("30")
    shot("blanket")
    assert accessibility_faults() == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/orders/SO-*/")

    assert Order.objects.get().lines.get().unit_price == Decimal(48)
    assert BlanketLine.objects.get().called == Decimal(30)
    page.goto("/orders/blankets/")
    shot("blankets")
    assert accessibility_faults() == []
