"""A confirmed order is changed, looked back on, and cancelled in part, at a desk and on a phone."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from orders import services
from orders.models import ApprovalRule, Order
from orders.services import NewLine
from tests.browser.sizes import assert_fits
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]
expect.set_options(timeout=15_000)
# Colours are those of the theme when it has been painted.
TWO_FRAMES = "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"


@pytest.fixture
def order(person, sign_in) -> Order:
    """A released order of 12 valves and 4 seals; its rep is signed in."""
    CompanyFactory.create()
    customer = CustomerFactory.create(name="Harbor Pump & Valve")
    CreditAccountFactory.create(customer=customer)
    products = [
        ProductFactory.create(sku="VLV-BF-080", name="Butterfly valve DN80, wafer, EPDM seat"),
        ProductFactory.create(sku="SEL-MEC-038", name="Mechanical seal 38 mm"),
    ]
    for product in products:
        StockLevelFactory.create(product=product)
    rep = person(roles.SALES_REP)
    sign_in(rep)
    return services.place_order(
        customer_id=customer.pk,
        lines=[NewLine(products[0].pk, Decimal(12)), NewLine(products[1].pk, Decimal(4))],
        channel="rep",
        requested_on=date(2026, 11, 25),
        customer_po="4500-1",
        owner_id=rep.pk,
        at=NOW,
        actor=Actor.user(rep),
    )


@pytest.fixture
def looks_right(page, shot, accessibility_faults):
    """Give a function that holds a page against both widths and both themes."""

    def looks_right(name):
        # A page that glides in complains when it is resized on the way: this one is just there.
        page.reload()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(TWO_FRAMES)
            assert accessibility_faults() == [], scheme
            shot(f"{name}-{scheme}")
        assert_fits(page)
        shot(f"{name}-phone-dark")
        assert accessibility_faults() == []
        page.emulate_media(color_scheme="light")
        shot(f"{name}-phone")
        page.set_viewport_size({"width": 1440, "height": 900})

    return looks_right


def test_a_change_is_entered_seen_made_and_compared(page, order, looks_right):
    page.goto(f"/orders/{order.number}/")
    looks_right("order")
    page.get_by_role("link", name="Change order").click()
    looks_right("order-change")
    page.get_by_role("textbox", name="VLV-BF-080").first.fill("8")
    page.get_by_label("Why").or_(page.get_by_label("Reason")).first.fill("Fewer bays")
    page.get_by_role("button", name="See what it does").click()

    expect(page.get_by_role("heading", name="What changes")).to_be_visible()
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)
    looks_right("amendment")
    page.get_by_role("button", name="Make the change").click()

    expect(page.locator("#toasts")).to_contain_text(f"{order.number} is changed.")
    page.get_by_role("link", name="What was agreed on before").click()
    expect(page.get_by_role("row", name="Line 1, VLV-BF-080").first).to_contain_text("12")
    looks_right("revisions")
    assert order.lines.get(sku="VLV-BF-080").ordered == 8


def test_a_part_is_cancelled_on_its_page(page, order, looks_right):
    page.goto(f"/orders/{order.number}/")
    page.get_by_role("link", name="Cancel").click()

    expect(page.get_by_role("heading", name="What can be cancelled now")).to_be_visible()
    looks_right("cancellation")
    page.get_by_label("Cancel of VLV-BF-080, 12 at most").fill("13")
    page.get_by_role("button", name="Cancel these").click()
    expect(page.get_by_role("alert")).to_contain_text("12 can still be cancelled")
    page.get_by_label("Cancel of VLV-BF-080, 12 at most").fill("5")
    page.get_by_label("Cancel of SEL-MEC-038, 4 at most").fill("0")
    page.get_by_label("Reason").select_option("error")
    page.get_by_role("button", name="Cancel these").click()

    expect(page.locator("#toasts")).to_contain_text("Cancelled, as was asked")
    assert list(order.lines.order_by("position").values_list("cancelled", flat=True)) == [5, 0]


def test_a_change_over_a_threshold_is_asked_for_and_decided_by_a_second_person(
    page, order, looks_right, sign_in, person
):
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=1000)
    page.goto(f"/orders/{order.number}/change/")
    page.get_by_role("textbox", name="VLV-BF-080").first.fill("40")
    page.get_by_label("Why").or_(page.get_by_label("Reason")).first.fill("Two more bays")
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_role("button", name="Ask for approval")).to_be_visible()
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)
    looks_right("amendment-needs-approval")

    page.get_by_role("button", name="Ask for approval").click()

    expect(page.get_by_role("main")).to_contain_text("Waits for a second person")
    sign_in(person(roles.CREDIT_MANAGER))
    page.goto("/orders/approvals/")
    expect(page.get_by_role("region", name="Changes of orders")).to_contain_text("Two more bays")
    looks_right("approvals-of-changes")
    page.get_by_role("link", name=f"{order.number}-A1").click()
    expect(page.locator("[hx-trigger=load]")).to_have_count(0)
    looks_right("amendment-asked")
    page.get_by_role("button", name="Approve").click()

    expect(page.locator("#toasts")).to_contain_text("is approved and made")
    page.goto(f"/orders/{order.number}/")
    expect(page.get_by_role("link", name=f"{order.number}-A1")).to_be_visible()
    assert order.lines.get(sku="VLV-BF-080").ordered == 40
