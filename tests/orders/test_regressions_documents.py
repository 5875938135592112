"""What users of other systems complain about, and must not happen here: documents and doors.

2 amending an order that has documents breaks their links, or means cancelling all of them;
4 the credit limit only warns, and is dodged by the API, a copy or an import.
"""

import json
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from credit.models import CreditAccount
from customers.authentication import PREFIX_LENGTH, SCOPES, hash_of, new_secret
from customers.models import ApiKey
from fulfillment import services as fulfillment
from invoicing import services as invoicing
from o2c.kernel import roles
from o2c.kernel.clock import travel
from o2c.kernel.invariants import check_all
from orders import services
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order
from orders.services import AmendmentChanges, LineChange
from receivables.models import OpenItem
from tests.factories import (
    NOW,
    TODAY,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.invoicing import shipped

WHO = {"at": NOW, "actor": shipped.ACTOR}


@pytest.fixture
def buyer(company):
    """May owe 1,000.00 EUR."""
    customer = CustomerFactory.create(number="C-REG")
    CreditAccountFactory.create(customer=customer, limit=Decimal(1000))
    return customer


@pytest.fixture
def valve(db):
    product = ProductFactory.create(sku="VLV-1")
    StockLevelFactory.create(product=product)
    return product


def test_regression_2_amending_after_part_shipment_and_invoice_keeps_every_link(
    browser_of, buyer, valve
):
    """Taken in from a file, shipped and billed in part, then changed in quantity and price."""
    level = valve.stock_levels.get()
    fulfillment.adjust(level.pk, quantity=Decimal(-94), reason="Broken", **WHO)
    content = b"Customer,PO Number,SKU,Quantity\nC-REG,4711,VLV-1,10\n"
    list(take_in("order.csv", content, commit=True, **WHO))
    order = Order.objects.get()
    shipped.ready()
    shipment = shipped.leave(shipped.pack(order))
    [invoice] = invoicing.bill_shipment(shipment.pk, **WHO)
    said = (invoice.number, invoice.content_hash, invoice.gross_amount)
    line = order.lines.get()

    change = LineChange(line_id=line.pk, quantity=Decimal(12), unit_price=Decimal(40))
    services.amend_order(
        order.pk, changes=AmendmentChanges(lines=[change]), reason="A better price", **WHO
    )

    invoice.refresh_from_db()
    page = browser_of(roles.SALES_REP, roles.AUDITOR).get(f"/orders/{order.number}/")
    text = page.content.decode()
    assert said == (invoice.number, invoice.content_hash, invoice.gross_amount)
    assert invoice.lines.get().order_line == shipment.lines.get().order_line == line
    assert IntakeDocument.objects.get().order == order
    assert all(
        name in text
        for name in (invoice.number, shipment.number, f"{order.number}-A1", "order.csv")
    )
    rest = order.lines.get(position=2)
    assert (rest.ordered, rest.unit_price, rest.split_from) == (6, 40, line)
    owed = Decimal("357.00") + Decimal("285.60")  # 6 × 50 billed, 6 × 40 to come, with 19 %
    assert CreditAccount.objects.get().exposure == owed
    assert check_all() == []


def test_regression_2_the_rest_goes_its_way_to_the_end_after_the_change(buyer, valve):
    """What was split off is picked, shipped and billed at its price; the order is whole."""
    level = valve.stock_levels.get()
    fulfillment.adjust(level.pk, quantity=Decimal(-94), reason="Broken", **WHO)
    order = services.place_order(
        customer_id=buyer.pk,
        lines=[services.NewLine(valve.pk, Decimal(10))],
        channel="rep",
        requested_on=TODAY,
        **WHO,
    )
    shipped.ready()
    first = shipped.leave(shipped.pack(order))
    invoicing.bill_shipment(first.pk, **WHO)
    change = LineChange(line_id=order.lines.get().pk, unit_price=Decimal(40))
    services.amend_order(
        order.pk, changes=AmendmentChanges(lines=[change]), reason="A better price", **WHO
    )
    fulfillment.receive_stock(
        location_id=level.location_id,
        product_id=valve.pk,
        quantity=Decimal(4),
        source="receipt:2",
        **WHO,
    )

    second = shipped.leave(shipped.pack(order))
    invoicing.bill_shipment(second.pk, **WHO)

    order = Order.objects.get(pk=order.pk)
    billed = order.invoices.order_by("pk").values_list("net_amount", flat=True)
    assert (order.state, list(billed)) == ("invoiced", [Decimal(300), Decimal(160)])
    assert order.net_amount == sum(billed)
    assert sum(item.amount for item in OpenItem.objects.all()) == order.gross_amount
    assert check_all() == []


@pytest.fixture
def through(browser_of, buyer, valve):
    """Try to buy 1,190.00 EUR for a limit of 1,000.00, through each door."""

    def screen():
        browser_of(roles.SALES_REP).post(
            "/orders/new/",
            {
                "token": str(uuid4()),
                "customer": buyer.pk,
                "customer_name": buyer.name,
                "requested_on": "2030-11-25",
                "do": "submit",
                "lines-count": "1",
                "lines-0-sku": valve.sku,
                "lines-0-quantity": "20",
            },
        )

    def api():
        secret = new_secret()
        ApiKey.objects.create(
            customer=buyer,
            name="ERP",
            prefix=secret[:PREFIX_LENGTH],
            secret_hash=hash_of(secret),
            scopes=list(SCOPES),
            created_at=NOW,
        )
        Client().post(
            "/api/v1/orders",
            json.dumps({"lines": [{"sku": valve.sku, "quantity": "20"}]}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "1"},
        )

    def copy():
        small = services.place_order(
            customer_id=buyer.pk,
            lines=[services.NewLine(valve.pk, Decimal(20))],
            channel="rep",
            requested_on=TODAY,
            **WHO,
        )
        services.cancel_order(small.pk, reason="customer", **WHO)
        again = services.order_again(small.pk, requested_on=TODAY, owner_id=None, **WHO)
        services.submit_order(again.pk, **WHO)

    def file():
        content = b"Customer,PO Number,SKU,Quantity\nC-REG,4711,VLV-1,20\n"
        list(take_in("order.csv", content, commit=True, **WHO))

    def amendment():
        small = services.place_order(
            customer_id=buyer.pk,
            lines=[services.NewLine(valve.pk, Decimal(1))],
            channel="rep",
            requested_on=TODAY,
            **WHO,
        )
        more = LineChange(line_id=small.lines.get().pk, quantity=Decimal(20))
        changes = AmendmentChanges(lines=[more])
        services.amend_order(small.pk, changes=changes, reason="More", **WHO)

    return {"screen": screen, "api": api, "copy": copy, "file": file, "amendment": amendment}


@pytest.mark.parametrize("door", ["screen", "api", "copy", "file", "amendment"])
def test_regression_4_the_limit_is_a_hard_block_through_every_door(through, door):
    """The server refuses in the same words, whoever asks; nothing is claimed or owed."""
    with travel(NOW):
        through[door]()

    order = Order.objects.latest("pk")
    assert order.state == "on_hold"
    assert order.hold_reason.replace("\N{NO-BREAK SPACE}", " ") == (
        "190.00 EUR over the credit limit: 0.00 EUR owed and this order of 1,190.00 EUR against"
        " 1,000.00 EUR. It goes on as soon as payments or a higher limit make room for it."
    )
    assert CreditAccount.objects.get().exposure == 0
    assert not order.lines.exclude(allocated=0).exists()
    assert check_all() == []
