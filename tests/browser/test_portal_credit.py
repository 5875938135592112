"""A customer over the limit orders in the portal, sees what to pay, and the order goes on."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from credit import services as credit
from credit.models import CreditAccount
from o2c.kernel.actors import Actor
from orders.models import Order
from tests.browser.test_portal_ordering import order_valves, portal  # noqa: F401
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


def owe(customer_id, amount, source):
    amounts = {"open_item": Decimal(amount)}
    credit.record_exposure(customer_id, source=source, amounts=amounts, at=NOW)


def test_held_order_says_what_to_pay_and_goes_on_by_itself(portal, shot, accessibility_faults):  # noqa: F811
    page = portal
    customer_id = CreditAccount.objects.get().pk
    owe(customer_id, "9500.00", "test:1")
    order_valves(page)

    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("status").first).to_contain_text("over your credit limit")
    expect(page.get_by_role("region", name="To pay")).to_contain_text("214.00")
    shot("portal-held-order")
    assert accessibility_faults() == []

    page.get_by_role("link", name="Your credit").click()

    expect(page.get_by_role("heading", name="Your credit")).to_be_visible()
    expect(page.get_by_role("region", name="Orders that wait")).to_contain_text("4500-1")
    shot("portal-credit")
    assert accessibility_faults() == []

    owe(customer_id, "-500.00", "test:2")
    credit.recheck_waiting(customer_id, at=NOW, actor=Actor.job("tests.pay"))
    page.get_by_role("link", name=Order.objects.get().number).click()

    expect(page.get_by_role("status").first).to_contain_text("Your order is confirmed.")
