"""Web shops, trading partners and a customer's quotes, in a browser."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from customers.models import CustomerUser
from o2c.kernel import clock, roles
from o2c.kernel.outbox import deliver_due
from orders import services
from orders.intake.services import take_in
from orders.models import Order, TradingPartner, WebShop
from orders.services import NewLine, Offered
from tests.browser.sizes import assert_fits
from tests.factories import NOW
from tests.orders.edi.conftest import books, partners, sample
from tests.orders.shop.conftest import connect, send
from tests.orders.shop.payloads import shopify_order

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)
__all__ = ["books", "connect", "partners", "send"]


@pytest.fixture
def administrator(page, sign_in, person, books):
    sign_in(person(roles.ADMINISTRATOR, roles.SALES_REP))
    return page


def test_a_web_shop_is_connected_and_its_messages_are_followed(
    administrator, connect, send, shot, accessibility_faults
):
    page = administrator
    page.goto("/orders/shops/")
    page.get_by_role("link", name="Connect a web shop").first.click()
    page.get_by_label("Name", exact=True).fill("Hollis Shop")
    page.get_by_label("Address", exact=True).fill("https://hollis-water-and-valves.example")
    page.get_by_label("Currency", exact=True).fill("EUR")
    page.get_by_label("Signing secret", exact=True).fill("hush-hush")
    page.locator("[name=buyers]").fill("jo@hollis.example = C-17850")
    assert_fits(page)
    assert accessibility_faults() == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No message yet")).to_be_visible()
    send(WebShop.objects.get(), shopify_order())

    page.reload()
    expect(page.get_by_role("button", name="Take in again")).to_be_visible()
    shot("shop")
    assert_fits(page)
    assert accessibility_faults() == []
    page.goto("/orders/shops/")
    expect(page.get_by_role("row", name="Hollis Shop")).to_contain_text("Shopify")
    assert_fits(page)
    assert accessibility_faults() == []
    assert Order.objects.get().channel == "shop"


def test_a_trading_partner_is_entered(administrator, shot, accessibility_faults):
    page = administrator
    page.goto("/orders/partners/")
    page.get_by_role("link", name="New trading partner").first.click()
    page.get_by_label("Customer number", exact=True).fill("C-17850")
    page.get_by_label("Format", exact=True).select_option("edifact")
    page.get_by_label("Their identifier", exact=True).fill("4012345000009")
    page.get_by_label("Our identifier", exact=True).fill("4098765000005")
    shot("partner-new")
    assert_fits(page)
    assert accessibility_faults() == []

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Hollis Water")).to_be_visible()
    assert TradingPartner.objects.get().identifier == "4012345000009"


def test_what_a_trading_partner_was_told_stands_on_both_pages(
    administrator, partners, actor, shot, accessibility_faults
):
    list(take_in("o.edi", sample("order.850.edi"), commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)
    page = administrator
    page.goto("/orders/partners/")
    assert_fits(page)
    assert accessibility_faults() == []
    page.goto(f"/orders/partners/{partners['x12'].pk}/")
    expect(page.get_by_role("row", name="855")).to_contain_text("Queued")
    shot("partner")
    assert_fits(page)
    assert accessibility_faults() == []

    page.goto(f"/orders/{Order.objects.get().number}/")

    expect(page.get_by_role("region", name="Told the trading partner")).to_contain_text("855")
    assert_fits(page)
    assert accessibility_faults() == []


def test_a_customer_takes_a_part_of_a_quote(
    page, sign_in, person, books, actor, monkeypatch, shot, accessibility_faults
):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    valve = Product.objects.get(sku="85123A")
    offered = Offered(
        lines=[NewLine(valve.pk, Decimal(10), unit_price=Decimal(45))],
        valid_until=date(2026, 12, 18),
        allows_part=True,
    )
    draft = services.create_quote(customer_id=books.pk, offered=offered, at=NOW, actor=actor)
    services.send_quote(draft.pk, at=NOW, actor=actor)
    buyer = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=buyer, customer=books)
    sign_in(buyer)
    page.goto("/portal/quotes/")
    assert_fits(page)
    assert accessibility_faults() == []
    page.get_by_role("link", name="QU-").click()
    shot("portal-quote")
    assert_fits(page)
    assert accessibility_faults() == []

    page.get_by_label("85123A").fill("4")
    page.get_by_role("button", name="Accept and order").click()

    page.wait_for_url("**/portal/orders/SO-*/")
    assert Order.objects.get().lines.get().ordered == Decimal(4)
