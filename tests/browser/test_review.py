"""A doubtful PDF beside its order, in a browser …"""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from orders.intake.services import take_in
from orders.intake.watching import note_open
from orders.models import IntakeDocument, Order
from tests.factories import (
    AddressFactory,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
)
from tests.orders.intake.papers import paper


def take(lines, po_number):
    content = paper(lines, po_number=po_number)
    actor = Actor.importer("tests")
    return list(take_in(f"{po_number}.pdf", content, commit=True, at=clock.now(), actor=actor))


@pytest.fixture
def rep(person, sign_in, page):
    """A sales rep, and two documents that wait: the first has one unknown part number."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-17850", name="Hollis Water")
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000000))
    AddressFactory.create(customer=customer, kind="ship_to", street="1 Mill Lane", is_default=False)
    for sku, price in (("85123A", "50.0000"), ("71053", "2.5500")):
        product = ProductFactory.create(sku=sku, price__amount=Decimal(price))
        StockLevelFactory.create(product=product)
    take([("HW-VALVE80", 6, "50.00"), ("71053", 20, "2.55")], "PO-1")
    take([("85123A", 2, "51.00")], "PO-2")
    sign_in(person(roles.SALES_REP))
    return page


def test_shows_the_place_of_each_field_and_remembers_a_correction(rep, shot, accessibility_faults):
    rep.goto("/orders/intake/?state=in_review&sort=oldest")
    assert accessibility_faults() == []
    shot("intake-queue")
    rep.get_by_role("link", name="PO-1.pdf").click()
    rep.locator("figure.sheet img").evaluate("image => image.decode()")
    doubtful = rep.locator("rect.doubt[data-mark='lines.0.sku']")
    assert doubtful.count() == 1
    assert accessibility_faults() == []

    rep.keyboard.press("d")
    field = rep.get_by_label("SKU, line 1")
    assert field.evaluate("field => field === document.activeElement")
    assert "on" in doubtful.get_attribute("class").split()
    shot("intake-review-pdf")
    rep.locator("rect[data-mark='lines.1.quantity']").dispatch_event("click")
    quantity = rep.get_by_label("Quantity, line 2")
    assert quantity.evaluate("field => field === document.activeElement")

    field.fill("85123A")
    rep.get_by_role("button", name="Place order").click()
    rep.get_by_role("heading", name="PO-2").wait_for()

    order = Order.objects.get()
    assert (order.customer_po, order.net_amount) == ("PO-1", Decimal("351.000"))
    (result,) = take([("HW-VALVE80", 1, "50.00")], "PO-3")
    assert (str(result.status), result.findings) == ("accepted", [])
    assert IntakeDocument.objects.filter(state="in_review").count() == 1


def test_a_second_editor_is_announced(rep, shot, accessibility_faults):
    document = IntakeDocument.objects.get(file__name="PO-1.pdf")
    colleague = UserFactory.create(first_name="Ines", last_name="Calder")
    note_open(colleague.pk, document=document, at=clock.now())

    rep.goto(f"/orders/intake/{document.pk}/")

    expect(rep.get_by_role("status").first).to_contain_text("Ines Calder has this document open")
    shot("intake-second-editor")
    assert accessibility_faults() == []
