"""A sales rep enters orders by keys, on a desktop and on a phone."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from o2c.kernel import roles
from orders.models import Order
from tests.factories import (
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
# Totals come with an answer of the server, on a machine that may be busy.
expect.set_options(timeout=15_000)


@pytest.fixture
def entry(page, as_sales_rep):
    """The empty screen of a rep, with one customer and two products to sell."""
    page.goto("/orders/new/")
    return page


def choose_harbor(page):
    page.get_by_label("Customer", exact=True).press_sequentially("harb")
    page.get_by_role("option", name="Harbor Pump").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#customer-hint")).to_contain_text("30 days net")


def add(page, number, typed, quantity):
    page.get_by_label(f"SKU, line {number}").press_sequentially(typed)
    page.locator(f"#line-{number - 1}-sku-list [role=option]").first.wait_for()
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


FIVE = (("VLV-BF-080", 4), ("SEL-MEC-038", 2), ("GSK-150", 10), ("MTR-7K5", 3), ("BRG-6205", 6))


@pytest.fixture
def five(entry):
    """The screen with five products to sell, of which the motor is out of stock."""
    for sku in ("GSK-150", "MTR-7K5", "BRG-6205"):
        product = ProductFactory.create(sku=sku, name=f"Part {sku}", folded_text=sku.lower())
        StockLevelFactory.create(product=product, on_hand=0 if sku == "MTR-7K5" else 100)
    return entry


def written(order):
    lines = order.lines.order_by("position")
    return [(line.sku, int(line.ordered), line.unit_price, line.price_reason) for line in lines]


def of_five(price, reason):
    agreed = {"BRG-6205": (Decimal(price), reason)}
    return [(sku, count, *agreed.get(sku, (Decimal(50), ""))) for sku, count in FIVE]


def test_five_lines_one_out_of_stock_one_price_override(five, shot, accessibility_faults):
    choose_harbor(five)
    five.get_by_label("SKU, line 1").focus()
    for number, (sku, count) in enumerate(FIVE, start=1):
        add(five, number, sku, str(count))

    expect(five.locator("#line-3-info")).to_contain_text("Later than asked")
    # What is known of the line moves what stands below it.
    expect(five.locator("#line-4-total")).not_to_have_text("")
    five.locator("#line-4 summary").click()
    five.get_by_label("Price, line 5").fill("45")
    five.get_by_label("Reason, line 5").fill("Trade fair")
    five.get_by_label("Reason, line 5").press("Tab")
    expect(five.locator("#line-4-price")).to_contain_text("−10.0")
    expect(five.locator("#line-4-price s")).to_have_text("50.00")
    expect(five.locator("#totals dd.big")).to_have_text("1,451.80")
    shot("order-entry-five")
    assert accessibility_faults() == []
    five.get_by_role("button", name="Submit order").click()
    five.wait_for_url("**/orders/SO-*/")

    order = Order.objects.get()
    assert written(order) == of_five("45", "Trade fair")
    assert order.lines.get(sku="BRG-6205").list_price == Decimal(50)
    assert (order.state, order.gross_amount) == ("released", Decimal("1451.800"))
    assert order.lines.get(sku="MTR-7K5").backordered == 3


def test_the_same_by_keyboard_alone(five):
    keys = five.keyboard
    keys.type("harb")
    five.get_by_role("option", name="Harbor Pump").wait_for()
    keys.press("Enter")
    expect(five.locator("#customer-hint")).to_contain_text("30 days net")
    keys.press("Enter")
    for number, (sku, count) in enumerate(FIVE):
        expect(five.get_by_label(f"SKU, line {number + 1}")).to_be_focused()
        keys.type(sku)
        five.locator(f"#line-{number}-sku-list [role=option]").first.wait_for()
        keys.press("Enter")
        expect(five.get_by_label(f"Quantity, line {number + 1}")).to_be_focused()
        keys.type(str(count))
        if sku != FIVE[-1][0]:
            keys.press("Enter")
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(five.get_by_label("Price, line 5")).to_be_focused()
    keys.type("40")
    keys.press("Enter")
    expect(five.get_by_label("Reason, line 5")).to_be_focused()
    keys.type("Last of the old box")
    keys.press("Tab")
    expect(five.locator("#totals dd.big")).to_have_text("1,416.10")

    keys.press("Control+Enter")
    five.wait_for_url("**/orders/SO-*/")

    order = Order.objects.get()
    assert written(order) == of_five("40", "Last of the old box")
    assert order.state == "released"


def test_a_price_without_a_reason_is_sent_back_with_what_was_typed(five):
    choose_harbor(five)
    five.get_by_label("SKU, line 1").focus()
    add(five, 1, "BRG-6205", "6")
    five.locator("#line-0 summary").click()
    five.get_by_label("Price, line 1").fill("45")

    five.get_by_role("button", name="Submit order").click()

    expect(five.locator(".errsum")).to_contain_text("needs a reason")
    expect(five.get_by_label("Price, line 1")).to_have_value("45")
    assert not Order.objects.exists()


def test_a_line_without_stock_can_come_later_or_stay_away(five):
    choose_harbor(five)
    five.get_by_label("SKU, line 1").focus()
    add(five, 1, "MTR-7K5", "3")
    add(five, 2, "BRG-6205", "6")

    five.locator("#line-0").get_by_role("button", name="Ship line on").click()
    expect(five.get_by_label("Deliver line 1 on")).not_to_have_value("")
    five.locator("#line-0").get_by_role("button", name="Submit without this line").click()
    five.wait_for_url("**/orders/SO-*/")

    assert written(Order.objects.get()) == [("BRG-6205", 6, Decimal(50), "")]


def test_what_is_typed_survives_a_window_that_dies(five, context):
    choose_harbor(five)
    five.get_by_label("SKU, line 1").focus()
    add(five, 1, "BRG-6205", "6")
    five.get_by_label("SKU, line 2").fill("half a")
    five.get_by_label("Note").fill("By noon")
    expect(five.locator("#saved")).to_have_text("saved 09:00")
    five.close()

    again = context.new_page()
    again.goto("/orders/new/")
    again.get_by_role("link", name="Go on with it").click()

    expect(again.get_by_label("Quantity, line 1")).to_have_value("6")
    expect(again.get_by_label("SKU, line 2")).to_have_value("half a")
    expect(again.get_by_label("Note")).to_have_value("By noon")
    assert not Order.objects.exists()


def test_two_at_one_order_are_told_and_the_later_sees_both(five, person, browser, live_server):
    choose_harbor(five)
    five.get_by_label("SKU, line 1").focus()
    add(five, 1, "BRG-6205", "6")
    five.get_by_role("button", name="Save draft").click()
    five.wait_for_url("**/edit/")
    other = browser.new_context(base_url=live_server.url)
    other.add_cookies([cookie_of(person(roles.SALES_REP), live_server)])
    theirs = other.new_page()
    theirs.goto(five.url)

    expect(theirs.locator("#others")).to_contain_text("has this order open too, since 09:00")
    expect(five.locator("#others")).to_contain_text("has this order open too, since 09:00")
    theirs.get_by_label("Quantity, line 1").fill("7")
    theirs.get_by_role("button", name="Save draft").click()
    expect(theirs.locator("#toasts")).to_contain_text("is saved as a draft")
    five.get_by_label("Quantity, line 1").fill("8")
    five.get_by_role("button", name="Save draft").click()

    expect(five.locator(".errsum")).to_contain_text("was changed by")
    expect(five.get_by_role("row", name="Line 1 7 ×")).to_contain_text("7 × BRG-6205")
    expect(five.get_by_label("Quantity, line 1")).to_have_value("8")
    assert Order.objects.get().lines.get().ordered == 7
    five.get_by_role("button", name="Save draft").click()
    expect(five.locator("#toasts")).to_contain_text("is saved as a draft")
    assert Order.objects.get().lines.get().ordered == 8
    other.close()


def cookie_of(user, live_server):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}
