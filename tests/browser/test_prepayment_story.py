"""A declined order is paid in advance: asked for, seen in the portal, paid, delivered, settled."""

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from collection.models import Receipt
from invoicing.models import ProForma
from o2c.kernel import outbox
from orders.models import Order
from tests.browser.test_credit_story import buyer, decide, enter, fulfil
from tests.browser.test_cycle import arrive, trade

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["arrive", "buyer", "trade"]


def test_a_declined_order_goes_on_when_it_is_paid_in_advance(
    trade, page, arrive, buyer, shot, accessibility_faults
):
    arrive("rep")
    number = enter(page, 600)
    arrive("analyst")
    page.goto("/credit/")
    expect(page.get_by_role("region", name="Payment in advance")).to_be_visible()
    shot("prepayment-queue")
    decide(page, "Decline", reason="No references.")

    asked = ask(page, number, shot, accessibility_faults)
    outbox.deliver_due(limit=50)
    assert [one for one in mail.outbox if asked in one.subject and one.attachments]

    buyer()
    read_in_portal(page, number, asked, shot, accessibility_faults)

    arrive("clerk")
    pay(page, number, asked, shot)
    assert Order.objects.get().state == Order.State.RELEASED
    assert ProForma.objects.get().state == ProForma.State.PAID

    fulfil(page, arrive, number)
    outbox.deliver_due(limit=50)

    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.reserved) == (Receipt.State.APPLIED, 0)
    arrive("clerk")
    page.goto(f"/orders/{number}/")
    expect(page.locator(".pill", has_text="Closed").first).to_be_visible()
    expect(page.get_by_role("link", name=f"Pro forma {asked}", exact=True)).to_be_visible()
    shot("prepayment-closed")
    call_command("check_books")


def ask(page, number, shot, accessibility_faults):
    page.goto(f"/orders/{number}/")
    page.get_by_role("link", name="Ask for payment in advance").click()
    expect(page.get_by_role("heading", name="Ask for payment in advance")).to_be_visible()
    expect(page.get_by_text("35,700.00").first).to_be_visible()
    shot("prepayment-ask")
    assert accessibility_faults() == []
    page.get_by_role("button", name="Issue pro forma").click()
    expect(page.get_by_text("Waits for payment")).to_be_visible()
    asked = page.get_by_role("heading", level=1).inner_text()
    shot("prepayment-pro-forma")
    assert accessibility_faults() == []
    page.get_by_role("link", name="Pro forma invoices").first.click()
    expect(page.get_by_role("link", name=asked)).to_be_visible()
    shot("prepayment-list")
    assert accessibility_faults() == []
    page.goto(f"/orders/{number}/")
    expect(page.get_by_role("link", name=f"Pro forma {asked}", exact=True)).to_be_visible()
    shot("prepayment-order")
    return asked


def read_in_portal(page, number, asked, shot, accessibility_faults):
    page.goto("/portal/credit/")
    expect(page.get_by_role("region", name="Pay in advance")).to_contain_text("35,700.00")
    shot("prepayment-portal-credit")
    assert accessibility_faults() == []
    page.get_by_role("region", name="Pay in advance").get_by_role("link", name=number).click()
    panel = page.get_by_role("region", name="Pay in advance")
    expect(panel).to_contain_text(asked)
    shot("prepayment-portal-order")
    assert accessibility_faults() == []
    address = panel.get_by_role("link", name="Pro forma invoice (PDF)").get_attribute("href")
    document = page.request.get(address)
    assert document.body().startswith(b"%PDF-")


def pay(page, number, asked, shot):
    page.goto("/collections/receipts/new/")
    page.get_by_role("combobox", name="Payer").press_sequentially("Alder")
    page.locator("#payers [role=option]").first.click()
    page.get_by_label("Amount").fill("35,700.00")
    page.get_by_label("Reference").fill("SEPA 4711")
    page.get_by_label("Payer's text").fill(f"Advance {asked}")
    page.get_by_label("Payer's text").blur()
    expect(page.locator("#balance")).to_contain_text(f"Kept for {number}")
    shot("prepayment-receipt")
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_role("region", name="Payment in advance")).to_contain_text(
        f"is kept for {number}"
    )
    shot("prepayment-kept")
