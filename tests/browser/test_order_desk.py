"""The desk around orders: findings, approvals, rules, and many orders at once."""

import io
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from orders import services
from orders.models import ApprovalRule, Order
from orders.services import NewLine
from tests.browser.conftest import SHOTS
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


@pytest.fixture
def rep(transactional_db, person):
    CompanyFactory.create()
    return person(roles.SALES_REP)


def enter(rep, quantity, *, place=False, **product):
    write = services.place_order if place else services.create_order
    return write(
        customer_id=CustomerFactory.create().pk,
        lines=[NewLine(ProductFactory.create(**product).pk, Decimal(quantity))],
        channel="rep",
        requested_on=date(2026, 11, 25),
        owner_id=rep.pk,
        at=NOW,
        actor=Actor.user(rep),
    )


def confirmed(rep):
    """Return an order that is released: the customer has credit."""
    order = enter(rep, 1)
    CreditAccountFactory.create(customer=order.customer, limit=Decimal(10_000))
    services.submit_order(order.pk, at=NOW, actor=Actor.user(rep))
    return order


def test_a_finding_is_waived_in_the_queue(page, sign_in, rep, shot, accessibility_faults):
    order = enter(rep, 7, sku="PMP-5", pack_multiple=Decimal(5))
    sign_in(rep)

    page.goto("/orders/findings/")
    expect(page.get_by_role("main")).to_contain_text("PMP-5 is sold in multiples of 5.")
    shot("findings")
    assert accessibility_faults() == []
    page.get_by_text("Waive", exact=True).first.click()
    page.get_by_label("Why may it pass?").fill("Broken pack")
    page.get_by_role("button", name="Waive").click()

    expect(page.get_by_role("main")).to_contain_text("Nothing is open")
    assert order.findings.get().reason == "Broken pack"


def test_an_order_is_approved_by_a_second_person(
    page, sign_in, rep, person, shot, accessibility_faults
):
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=500)
    order = enter(rep, 11, place=True)
    sign_in(person(roles.FINANCE_MANAGER))

    page.goto("/orders/approvals/")
    shot("approvals")
    assert accessibility_faults() == []
    page.get_by_role("button", name="Approve").click()

    expect(page.locator("#toasts")).to_contain_text("is approved and submitted")
    order.refresh_from_db()
    assert order.state != "draft"


def test_an_administrator_reads_and_sets_the_rules(
    page, sign_in, rep, person, shot, accessibility_faults
):
    sign_in(person(roles.ADMINISTRATOR))

    page.goto("/orders/rules/")
    shot("order-rules")
    assert accessibility_faults() == []
    page.get_by_label("More than").fill("500")
    page.get_by_label("Currency").fill("EUR")
    page.get_by_role("button", name="Add rule").click()

    expect(page.get_by_role("main")).to_contain_text("Order amount 500.00")
    assert ApprovalRule.objects.get().threshold == 500


def test_many_orders_are_chosen_by_keys_and_cancelled(
    page, sign_in, rep, shot, accessibility_faults
):
    orders = [enter(rep, 1) for _each in range(3)]
    sign_in(rep)

    page.goto("/orders/?view=drafts")
    page.locator("tbody tr").first.wait_for()
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-selected-count]")).to_have_text("3")
    shot("orders-chosen")
    assert accessibility_faults() == []
    page.locator(".bulk").get_by_text("Cancel orders").click()
    page.get_by_label("Why they are cancelled").select_option("duplicate")
    page.get_by_role("button", name="Cancel them").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 3 done")
    shot("orders-bulk")
    assert {order.state for order in Order.objects.filter(pk__in=[o.pk for o in orders])} == {
        "cancelled"
    }


def test_confirmations_of_many_orders_open_as_one_pdf_and_the_choice_stays(page, sign_in, rep):
    orders = [confirmed(rep) for _each in range(2)]
    waiting = enter(rep, 1)
    sign_in(rep)

    page.goto("/orders/?view=all")
    for order in orders:
        page.get_by_label(f"Select {order.number}").check()
    print_them = page.locator(".bulk").get_by_role("button", name="Confirmations as one PDF")
    with page.context.expect_event("page") as opened:
        print_them.click()
    opened.value.wait_for_url("**/orders/confirmations.pdf?*")
    shown = page.request.get(opened.value.url)

    assert len(PdfReader(io.BytesIO(shown.body())).pages) == 2

    page.get_by_label(f"Select {waiting.number}").check()
    expect(page.locator("[data-selected-count]")).to_have_text("3")
    with page.context.expect_event("page") as opened:
        print_them.click()

    told = opened.value
    expect(told.get_by_role("heading", level=1)).to_have_text("2 of 3 done")
    expect(told.get_by_role("main")).to_contain_text(f"{waiting.number} is not confirmed yet")
    told.screenshot(path=SHOTS / "orders-confirmations.png")


def test_a_filtered_list_is_saved_as_a_view(page, sign_in, rep, shot):
    enter(rep, 1)
    sign_in(rep)

    page.goto("/orders/?view=drafts&channel=rep")
    page.get_by_role("button", name="Save view").click()
    page.get_by_label("Name").fill("Ours")
    page.get_by_role("dialog").get_by_role("button", name="Save view").click()

    expect(page.get_by_role("link", name="Ours 1")).to_have_attribute("aria-current", "page")
    shot("orders-view")
