"""A customer's buyer orders in the portal, on a desktop and on a phone."""

import pytest
from playwright.sync_api import expect

from customers.models import CustomerUser
from o2c.kernel import roles
from orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)


@pytest.fixture
def portal(page, harbor, sign_in, person):
    """The portal of Harbor Pump & Valve, who may buy a valve and a seal that are in stock."""
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=harbor)
    sign_in(user)
    page.goto("/portal/")
    return page


def order_valves(page):
    """Find a valve by a word, add twelve and place the order."""
    page.get_by_role("link", name="New order").first.click()
    page.get_by_role("searchbox").press_sequentially("butter")
    found = page.locator("#found")
    expect(found).to_contain_text("50.00 EUR")
    expect(found).to_contain_text("In stock")
    found.get_by_label("Quantity of VLV-BF-080").fill("12")
    found.get_by_role("button", name="Add VLV-BF-080").click()
    expect(page.locator("#line-0-sku")).to_have_value("VLV-BF-080")
    expect(page.get_by_text("714.00")).to_be_visible()
    page.get_by_label("Your PO number").fill("4500-1")


def test_orders_follows_and_cancels(portal, shot, accessibility_faults):
    order_valves(portal)
    shot("portal-basket")
    assert accessibility_faults() == []

    portal.get_by_role("button", name="Place order").click()

    expect(portal.get_by_role("heading", name="Order 4500-1")).to_be_visible()
    expect(portal.get_by_role("status").first).to_contain_text("Your order is confirmed.")
    shot("portal-order")
    assert accessibility_faults() == []
    assert Order.objects.get().state == "released"

    portal.get_by_role("button", name="Cancel order").click()

    expect(portal.get_by_role("heading", name="Your orders")).to_be_visible()
    expect(portal.get_by_role("row", name="4500-1")).to_contain_text("Cancelled")
    shot("portal-orders")


def test_cancels_a_part_of_a_line(portal, shot, accessibility_faults):
    order_valves(portal)
    portal.get_by_role("button", name="Place order").click()
    portal.get_by_role("link", name="Cancel lines").click()
    portal.get_by_label("Cancel of VLV-BF-080").fill("13")
    portal.get_by_role("button", name="Cancel these").click()
    expect(portal.get_by_role("alert").first).to_contain_text("12 can be cancelled at most.")
    shot("portal-cancellation")
    assert accessibility_faults() == []

    portal.get_by_label("Cancel of VLV-BF-080").fill("5")
    portal.get_by_label("Reason").select_option("error")
    portal.get_by_role("button", name="Cancel these").click()

    expect(portal.get_by_role("heading", name="Order 4500-1")).to_be_visible()
    expect(portal.get_by_role("row", name="VLV-BF-080")).to_contain_text("5 cancelled")
    assert Order.objects.get().lines.get().cancelled == 5


def test_orders_on_a_phone(portal, shot):
    portal.set_viewport_size(PHONE)
    order_valves(portal)
    shot("portal-basket-phone")
    width = portal.evaluate("document.documentElement.scrollWidth")

    portal.get_by_role("button", name="Place order").click()

    expect(portal.get_by_role("heading", name="Order 4500-1")).to_be_visible()
    shot("portal-order-phone")
    assert width <= PHONE["width"]
    assert portal.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_orders_without_scripts(browser, live_server, portal, context):
    plain = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto("/portal/orders/new/")
    page.get_by_role("searchbox").fill("seal")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Add SEL-MEC-038").click()
    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_text("Your order is confirmed.")).to_be_visible()
    plain.close()
