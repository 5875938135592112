"""A sales rep enters orders by keys, on a desktop and on a phone."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from o2c.kernel import clock, roles
from orders.models import Order
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
# Totals come with an answer of the server, on a machine that may be busy.
expect.set_options(timeout=15_000)


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def entry(page, sign_in, person):
    """The empty screen of a rep, with one customer and two products to sell."""
    CompanyFactory.create()
    harbor = CustomerFactory.create(name="Harbor Pump & Valve", folded_name="harbor pump & valve")
    CreditAccountFactory.create(customer=harbor)
    for sku, name in (("VLV-BF-080", "Butterfly valve DN80"), ("SEL-MEC-038", "Seal 38 mm")):
        product = ProductFactory.create(sku=sku, name=name, folded_text=f"{sku} {name}".lower())
        StockLevelFactory.create(product=product)
    sign_in(person(roles.SALES_REP))
    page.goto("/orders/new/")
    return page


def choose_harbor(page):
    page.get_by_label("Customer", exact=True).press_sequentially("harb")
    page.get_by_role("option", name="Harbor Pump").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#customer-hint")).to_contain_text("30 days net")


def add(page, number, typed, quantity):
    page.get_by_label(f"SKU, line {number}").press_sequentially(typed)
    page.locator(f"#line-{number - 1}-list [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_label(f"Quantity, line {number}")).to_be_focused()
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")


def test_is_entered_without_touching_the_mouse(entry, shot, accessibility_faults):
    choose_harbor(entry)
    entry.get_by_label("SKU, line 1").focus()
    add(entry, 1, "valve", "24")
    expect(entry.get_by_label("SKU, line 2")).to_be_focused()
    add(entry, 2, "sel-m", "12")

    expect(entry.locator("#totals dd.big")).to_have_text("2,142.00")
    expect(entry.locator("#line-0-price")).to_contain_text("Price list EUR")
    shot("order-entry")
    assert accessibility_faults() == []
    entry.keyboard.press("Control+Enter")
    entry.wait_for_url("**/orders/SO-*/")

    order = Order.objects.get()
    assert [(line.sku, line.ordered) for line in order.lines.order_by("position")] == [
        ("VLV-BF-080", Decimal(24)),
        ("SEL-MEC-038", Decimal(12)),
    ]


def test_takes_a_block_pasted_from_a_spreadsheet(entry):
    choose_harbor(entry)
    entry.get_by_label("SKU, line 5").focus()

    entry.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "VLV-BF-080\\t3\\nSEL-MEC-038\\t2\\n");
            const how = {clipboardData: data, bubbles: true, cancelable: true};
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }"""
    )

    expect(entry.get_by_label("SKU, line 6")).to_have_value("SEL-MEC-038")
    expect(entry.locator("#totals dd.big")).to_have_text("297.50")


def test_removes_a_line(entry):
    choose_harbor(entry)
    entry.get_by_label("SKU, line 1").focus()
    add(entry, 1, "valve", "24")
    expect(entry.locator("#totals dd.big")).to_have_text("1,428.00")

    entry.get_by_role("button", name="Remove line 1").click()

    expect(entry.locator("#totals dd.big")).to_have_text("0.00")
    expect(entry.locator("#line-0")).to_be_hidden()


def test_says_what_is_wrong_and_keeps_what_was_typed(entry, shot):
    choose_harbor(entry)
    entry.get_by_label("SKU, line 1").fill("NOPE")
    entry.get_by_label("Quantity, line 1").fill("2")

    entry.get_by_role("button", name="Submit order").click()

    expect(entry.locator(".errsum")).to_contain_text("Line 1: We do not sell this.")
    expect(entry.get_by_label("SKU, line 1")).to_have_value("NOPE")
    shot("order-entry-wrong")


def test_works_on_a_phone(entry, shot):
    entry.set_viewport_size(PHONE)
    choose_harbor(entry)
    entry.get_by_label("SKU, line 1").focus()
    add(entry, 1, "valve", "24")

    shot("order-entry-phone")
    width = entry.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    entry.get_by_role("button", name="Submit order").first.click()
    entry.wait_for_url("**/orders/SO-*/")
