"""One order from entry to paid, by hand, each step by the person whose work it is."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from o2c.kernel import outbox, roles
from o2c.kernel.models import User
from orders.models import Order
from tests.factories import (
    CarrierFactory,
    CompanyFactory,
    ContactFactory,
    CustomerFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct-horse-battery"
PEOPLE = {
    "rep": roles.SALES_REP,
    "analyst": roles.CREDIT_ANALYST,
    "picker": roles.WAREHOUSE,
    "shipper": roles.SHIPPING,
    "clerk": roles.AR_CLERK,
}


@pytest.fixture
def trade(db):
    """A company, its people, a first-time customer and something to sell."""
    CompanyFactory.create()
    for name, role in PEOPLE.items():
        user = User.objects.create_user(f"{name}@kestrelflow.example", PASSWORD, first_name=name)
        user.groups.set([Group.objects.get(name=role)])
    customer = CustomerFactory.create(name="Alder Creek", folded_name="alder creek", email="")
    ContactFactory.create(customer=customer)
    product = ProductFactory.create(sku="VLV-BF-080", folded_text="vlv-bf-080 butterfly valve")
    StockLevelFactory.create(product=product, on_hand=Decimal(1000))
    carrier, house = CarrierFactory.create(), WarehouseFactory.create()
    for weekday in range(7):
        PickupScheduleFactory.create(
            carrier=carrier, warehouse=house, weekday=weekday, cut_off=time(23, 59)
        )


@pytest.fixture
def arrive(page):
    """Sign somebody in by the sign-in page, after whoever was there before."""

    def arrive(name):
        page.context.clear_cookies()
        page.goto("/")
        page.get_by_label("Email").fill(f"{name}@kestrelflow.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()

    page.set_default_timeout(10_000)
    return arrive


def test_an_order_goes_from_entry_to_paid(trade, page, arrive, shot):
    arrive("rep")
    number = enter(page)
    expect(page.get_by_text("In review").first).to_be_visible()

    arrive("analyst")
    approve(page)

    arrive("picker")
    pick_and_pack(page, number)

    arrive("shipper")
    ship(page)
    outbox.deliver_due(limit=50)

    arrive("clerk")
    post_payment(page)

    page.goto(f"/orders/{number}/")
    expect(page.locator(".pill", has_text="Closed").first).to_be_visible()
    shot("cycle-closed")
    outbox.deliver_due(limit=50)
    order = Order.objects.get()
    assert (order.state, order.gross_amount) == ("closed", Decimal("35700.000"))
    assert [m.subject for m in mail.outbox if "INV-00001" in m.subject]
    call_command("check_books")


def enter(page):
    page.get_by_role("link", name="New order").first.click()
    page.get_by_label("Customer", exact=True).press_sequentially("alder")
    page.get_by_role("option", name="Alder Creek").click()
    page.get_by_label("SKU, line 1").press_sequentially("vlv")
    page.locator("#line-0-sku-list [role=option]").first.click()
    page.get_by_label("Quantity, line 1").fill("600")
    page.get_by_label("Quantity, line 1").press("Enter")
    page.get_by_label("Deliver on").fill(str(timezone.localdate() + timedelta(days=7)))
    expect(page.locator("#totals dd.big")).to_have_text("35,700.00")
    page.get_by_role("button", name="Submit order").click()
    page.wait_for_url("**/orders/SO-*/")
    return page.url.rstrip("/").rpartition("/")[2]


def approve(page):
    page.get_by_role("link", name="Credit queue").first.click()
    page.get_by_role("radio", name="Approve with limit").check()
    page.locator("[name=limit]").fill("50,000.00")
    page.get_by_role("textbox", name="Reason").fill("Trade references are good.")
    page.get_by_role("button", name="Send decision").click()
    expect(page.get_by_text("is decided.")).to_be_visible()


def pick_and_pack(page, number):
    page.goto(f"/orders/{number}/")
    page.get_by_role("button", name="Release to picking").click()
    page.get_by_role("link", name="Pick & ship").first.click()
    page.get_by_role("link", name="PL-").first.click()
    page.get_by_role("button", name="Start picking").click()
    page.locator("#scan").fill("VLV-BF-080")
    page.locator("#scan").press("Enter")
    expect(page.get_by_text("VLV-BF-080: 1 of 600")).to_be_visible()
    page.locator("[name^=picked_]").fill("600")
    page.get_by_role("button", name="Finish picking").click()
    page.locator("[name=weight_1]").fill("900")
    page.get_by_role("button", name="Close packages").click()
    expect(page.locator("#h-shipment")).to_be_visible()


def ship(page):
    page.goto("/shipping/")
    page.get_by_role("link", name="SH-").first.click()
    page.get_by_role("button", name="Make the label").click()
    page.get_by_role("button", name="Dispatch").click()
    page.get_by_label("Received by").fill("Goods in, M. Teague")
    page.get_by_role("button", name="Record the delivery").click()
    expect(page.locator(".pill", has_text="Delivered").first).to_be_visible()


def post_payment(page):
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
