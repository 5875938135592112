"""A customer's credit from the first order to a hold and its end, each step by its own person."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from collection import services as collection
from credit.models import CreditDocument
from customers.models import Customer, CustomerUser
from o2c.kernel import clock, outbox, roles
from o2c.kernel.actors import Actor
from o2c.kernel.models import User
from orders.models import Order
from receivables.models import OpenItem
from tests.browser.test_cycle import PASSWORD, arrive, pick_and_pack, ship, trade

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["arrive", "trade"]


@pytest.fixture
def buyer(trade, page):
    """Give a function that signs the customer's buyer in."""
    user = User.objects.create_user("buyer@alder.example", PASSWORD, first_name="buyer")
    user.groups.set([Group.objects.get(name=roles.CUSTOMER_USER)])
    CustomerUser.objects.create(user=user, customer=Customer.objects.get())

    def come():
        page.context.clear_cookies()
        page.goto("/portal/")
        page.get_by_label("Email").fill("buyer@alder.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/portal/")

    return come


def test_credit_from_the_first_order_to_a_hold_and_its_end(
    trade, page, arrive, buyer, shot, monkeypatch
):
    arrive("rep")
    first = enter(page, 600)
    expect(page.get_by_text("In review").first).to_be_visible()

    arrive("analyst")
    decide(page, "Ask for documents", reason="Your annual accounts, please.")
    buyer()
    send_papers(page)
    shot("story-portal-credit")
    arrive("analyst")
    decide(page, "Approve with limit", reason="The accounts are sound.", limit="60,000.00")
    outbox.deliver_due(limit=50)

    arrive("rep")
    enter(page, 100)
    expect(page.get_by_text("Released").or_(page.get_by_text("Allocated")).first).to_be_visible()
    fulfil(page, arrive, first)

    wait_until_overdue(monkeypatch)
    arrive("rep")
    third = enter(page, 10)
    expect(page.locator(".pill", has_text="Credit hold").first).to_be_visible()
    shot("story-held")
    buyer()
    page.goto(f"/portal/orders/{third}/")
    expect(page.get_by_text("35,700.00").first).to_be_visible()
    shot("story-portal-held")

    arrive("clerk")
    pay(page)
    outbox.deliver_due(limit=50)
    assert Order.objects.get(number=third).state == Order.State.RELEASED


def enter(page, quantity):
    page.goto("/orders/new/")
    page.get_by_label("Customer", exact=True).press_sequentially("alder")
    page.get_by_role("option", name="Alder Creek").click()
    page.get_by_label("SKU, line 1").press_sequentially("vlv")
    page.locator("#line-0-sku-list [role=option]").first.click()
    page.get_by_label("Quantity, line 1").fill(str(quantity))
    page.get_by_label("Quantity, line 1").press("Enter")
    page.get_by_label("Deliver on").fill(str(clock.now().date() + timedelta(days=7)))
    gross = quantity * Decimal("59.50")
    expect(page.locator("#totals dd.big")).to_have_text(f"{gross:,.2f}")
    page.get_by_role("button", name="Submit order").click()
    page.wait_for_url("**/orders/SO-*/")
    return page.url.rstrip("/").rpartition("/")[2]


def decide(page, decision, *, reason, limit=""):
    page.goto("/credit/")
    page.get_by_role("radio", name=decision).check()
    if limit:
        page.locator("[name=limit]").fill(limit)
    page.get_by_role("textbox", name="Reason").fill(reason)
    page.get_by_role("button", name="Send decision").click()
    expect(page.locator(".toast").first).to_be_visible()


def send_papers(page):
    page.goto("/portal/credit/")
    expect(page.get_by_text("Your annual accounts, please.")).to_be_visible()
    paper = {"name": "accounts.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 accounts"}
    page.get_by_label("Files").set_input_files([paper])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("accounts.pdf").first).to_be_visible()
    assert CreditDocument.objects.get().name == "accounts.pdf"


def fulfil(page, arrive, number):
    arrive("picker")
    pick_and_pack(page, number)
    arrive("shipper")
    ship(page)
    outbox.deliver_due(limit=50)


def wait_until_overdue(monkeypatch):
    """Let the morning after the due date come, with the run of its night."""
    due_on = OpenItem.objects.get().due_on
    morning = datetime.combine(due_on + timedelta(days=1), time(9), tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: morning)
    job = Actor.job("collection.hold_overdue")
    collection.hold_overdue(morning.date(), at=morning, actor=job)


def pay(page):
    page.goto("/collections/receipts/new/")
    page.get_by_role("combobox", name="Payer").press_sequentially("Alder")
    page.locator("#payers [role=option]").first.click()
    page.get_by_label("Amount").fill("35,700.00")
    page.get_by_label("Reference").fill("SEPA 4711")
    page.get_by_label("Payer's text").fill("INV-00001")
    page.get_by_label("Payer's text").blur()
    expect(page.get_by_label("Use INV-00001")).to_be_checked()
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_role("table", name="Applications of this receipt")).to_be_visible()
