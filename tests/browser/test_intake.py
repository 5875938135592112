"""A doubtful order document, from upload to order, in a browser …"""

from decimal import Decimal

import pytest

from o2c.kernel import roles
from orders.models import Order
from tests.factories import (
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)

FILE = (
    "PO number: 4500-88107,,,\n"
    "SKU,Description,Qty,Price\n"
    "KV-O80,Butterfly valve DN80,6,50.00\n"
    "PX-210,Pump,2,1.250\n"
    "POST,Postage,1,18.00\n"
)


@pytest.fixture
def rep(person, sign_in, page):
    """A sales rep who is signed in, with goods and a customer to sell them to."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-10001", name="Harbor Pump & Valve")
    CreditAccountFactory.create(customer=customer)
    for sku, price in (("KV-080", "50.0000"), ("PX-210", "1.2500")):
        product = ProductFactory.create(sku=sku, price__amount=Decimal(price))
        StockLevelFactory.create(product=product)
    sign_in(person(roles.SALES_REP))
    return page


def test_is_corrected_beside_the_document_and_placed(rep, tmp_path, shot, accessibility_faults):
    path = tmp_path / "order.csv"
    path.write_text(FILE)
    rep.goto("/orders/intake/upload/")
    rep.get_by_label("Files", exact=True).set_input_files(path)
    rep.locator("#id_customer").fill("C-10001")
    rep.get_by_role("button", name="Take in").click()
    assert accessibility_faults() == []

    rep.get_by_role("link", name="order.csv").click()
    assert rep.get_by_label("SKU, line 1").get_attribute("aria-invalid") == "true"
    assert rep.get_by_label("SKU, line 2").get_attribute("aria-invalid") is None
    assert accessibility_faults() == []
    shot("intake-review")

    rep.get_by_label("SKU, line 1").fill("KV-080")
    rep.get_by_label("Delete, line 3").check()
    rep.get_by_role("button", name="Place order").click()
    rep.get_by_text("0 documents wait for a person").wait_for()

    order = Order.objects.get()
    assert (order.customer_po, order.net_amount) == ("4500-88107", Decimal("302.500"))
    assert accessibility_faults() == []
    shot("intake-list")
