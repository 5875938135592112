"""A sales rep quotes by keys, sends it, and makes an order of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from fulfillment.models import Reservation
from o2c.kernel.actors import Actor
from orders import services
from orders.models import Order, Quote
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


@pytest.fixture
def screen(page, as_sales_rep):
    """The empty quote screen of a rep, with one customer and one product to sell."""
    page.goto("/orders/quotes/")
    page.get_by_role("link", name="New quote").click()
    return page


def test_is_quoted_by_keys_and_becomes_an_order(screen, shot, accessibility_faults):
    screen.get_by_label("Customer", exact=True).press_sequentially("harb")
    screen.get_by_role("option", name="Harbor Pump").wait_for()
    screen.keyboard.press("Enter")
    expect(screen.locator("#customer-hint")).to_contain_text("30 days net")
    screen.get_by_label("SKU, line 1").focus()
    screen.get_by_label("SKU, line 1").press_sequentially("valve")
    screen.locator("#line-0-sku-list [role=option]").first.wait_for()
    screen.keyboard.press("Enter")
    expect(screen.get_by_label("Quantity, line 1")).to_be_focused()
    screen.keyboard.type("24")
    screen.keyboard.press("Tab")
    screen.keyboard.type("45")
    screen.keyboard.press("Enter")
    expect(screen.get_by_label("SKU, line 2")).to_be_focused()
    expect(screen.locator("#totals dd.big")).to_have_text("1,285.20")
    expect(screen.locator("#line-0-price")).to_contain_text("listed 50.00")
    shot("quote-entry")
    assert accessibility_faults() == []

    screen.keyboard.press("Control+Enter")
    screen.wait_for_url("**/orders/quotes/QU-*/")
    screen.get_by_role("button", name="Send").click()
    expect(screen.locator("h1 + .pill")).to_have_text("Sent")
    shot("quote")
    assert accessibility_faults() == []
    screen.get_by_role("link", name="Make an order").click()
    screen.get_by_label("PO number").fill("4500-77")
    shot("quote-accept")
    assert accessibility_faults() == []
    screen.keyboard.press("Control+Enter")
    screen.wait_for_url("**/orders/SO-*/")

    line = Order.objects.get().lines.get()
    assert (line.ordered, line.unit_price) == (Decimal(24), Decimal(45))
    assert Quote.objects.get().state == "accepted"
    screen.goto("/orders/quotes/")
    shot("quotes")
    assert accessibility_faults() == []


def test_keeps_the_goods_of_a_sent_quote_back(
    page, as_sales_rep, harbor, shot, accessibility_faults
):
    product = Product.objects.get(sku="VLV-BF-080")
    offered = services.Offered(
        lines=[services.NewLine(product.pk, Decimal(24))],
        valid_until=NOW.date() + timedelta(days=9),
    )
    actor = Actor.job("test")
    quote = services.create_quote(customer_id=harbor.pk, offered=offered, at=NOW, actor=actor)
    services.send_quote(quote.pk, at=NOW, actor=actor)
    page.goto(f"/orders/quotes/{quote.number}/")
    stock = page.get_by_role("region", name="Stock")
    expect(stock).to_contain_text("Nothing is kept back")

    stock.get_by_role("button", name="Keep back").click()

    expect(stock).to_contain_text("Kept back until")
    shot("quote-stock")
    assert accessibility_faults() == []
    assert Reservation.objects.get().quantity == Decimal(24)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(stock).to_contain_text("Kept back until")
    shot("quote-stock-phone")
    page.goto(f"/fulfillment/quotes/{quote.pk}/stock/")
    shot("quote-stock-page")
    page.get_by_role("button", name="Let go").click()
    expect(page.get_by_role("region", name="Stock")).to_contain_text("Nothing is kept back")
    assert Reservation.objects.get().state == "withdrawn"
