"""Goods come back, from the customer's announcement to the credit memo; a month is audited."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import CustomerUser
from fulfillment.models import Location, StockMove
from invoicing import services as invoicing
from invoicing.models import Invoice
from o2c.kernel import clock, roles
from o2c.kernel.outbox import deliver_due
from shipping import services
from shipping.models import Return, ShippingAudit
from shipping.services import Arrived, Coming, Verdict, auditing
from tests.factories import NOW, LocationFactory
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=30)


@pytest.fixture(autouse=True)
def a_day_later(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def arrived(company):
    """A shipment of 5 × 50.00 that has arrived and is billed."""
    shipment = ship(customer_with_credit(name="Old Mill Packaging"), ("5", "50"))
    services.deliver_shipment(shipment.pk, received_by="Jo", at=NOW, actor=ACTOR)
    invoicing.bill_shipment(shipment.pk, at=NOW, actor=ACTOR)
    return shipment


@pytest.fixture
def buyer(arrived, person):
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=arrived.customer)
    return user


@pytest.fixture
def look(shot, accessibility_faults):
    """Keep a picture of a page, and what is wrong with it for those who cannot see it."""

    def look(name):
        shot(name)
        look.faults += accessibility_faults()

    look.faults = []
    return look


def announce(page, line, look):
    page.goto(reverse("portal-returns:new"))
    page.fill(f"[name=quantity_{line.pk}]", "9")
    page.select_option(f"[name=reason_{line.pk}]", "damaged")
    page.get_by_role("button", name="Announce the return").click()
    expect(page.locator("td .err")).to_contain_text("Only 5 can come back")
    look("portal-return-refused")
    page.fill(f"[name=quantity_{line.pk}]", "2")
    page.get_by_role("button", name="Announce the return").click()
    expect(page.get_by_role("heading", name=re.compile("RMA-"))).to_be_visible()
    expect(page.get_by_role("link", name="Return slip")).to_be_visible()
    look("portal-returns")


def receive_and_inspect(page, row, shelf, look):
    page.goto(reverse("shipping:returns"))
    look("returns")
    page.get_by_role("link", name=row.number).click()
    expect(page.get_by_role("heading", name="What has come?")).to_be_visible()
    look("return-announced")
    page.get_by_role("button", name="It is here").click()
    expect(page.get_by_role("heading", name="What becomes of it?")).to_be_visible()
    back = row.lines.get().pk
    page.select_option(f"[name=disposition_{back}]", "restock")
    page.select_option(f"[name=place_{back}]", str(shelf.pk))
    look("return-received")
    page.get_by_role("button", name="Looked at").click()
    expect(page.get_by_role("heading", name=re.compile("Lines"))).to_be_visible()


def settle(page, row, look):
    page.goto(reverse("shipping:return", args=[row.number]))
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("What is accepted below is credited.")).to_be_visible()
    deliver_due(limit=50)
    page.goto(reverse("shipping:return", args=[row.number]))
    memo = page.get_by_role("link", name="CM-00001")
    expect(memo).to_be_visible()
    look("return-settled")
    memo.click()
    expect(page.get_by_role("heading", name="CM-00001")).to_be_visible()
    expect(page.get_by_role("heading", name="All of it is applied")).to_be_visible()
    look("credit-memo")


def test_goods_come_back_and_are_credited(page, arrived, buyer, sign_in, person, look):
    shelf = Location.objects.filter(warehouse=arrived.warehouse, kind="storage").first()
    sign_in(buyer)
    announce(page, arrived.lines.get(), look)
    row = Return.objects.get()

    sign_in(person(roles.WAREHOUSE))
    receive_and_inspect(page, row, shelf, look)
    sign_in(person(roles.AR_CLERK, roles.SHIPPING))
    settle(page, row, look)
    sign_in(buyer)
    page.goto(reverse("portal-returns:list"))
    expect(page.get_by_text("119.00 EUR in your favour")).to_be_visible()
    look("portal-return-credited")
    page.get_by_role("link", name="Credit memos", exact=True).click()
    expect(page.get_by_role("heading", name="Your credit memos")).to_be_visible()
    look("portal-credit-memos")

    assert Invoice.objects.get(kind="credit_memo").gross_amount == 119
    assert look.faults == []


@pytest.fixture
def stuck(arrived):
    """A return whose goods were to lie in a place that is used no more."""
    line = arrived.lines.get()
    goods = [Coming(shipment_line_id=line.pk, quantity=Decimal(2), reason="wrong")]
    row = services.announce_return(arrived.customer_id, goods=goods, at=NOW, actor=ACTOR)
    [back] = row.lines.all()
    came = [Arrived(line_id=back.pk, quantity=Decimal(2))]
    services.receive_return_goods(row.pk, goods=came, at=NOW, actor=ACTOR)
    place = LocationFactory.create(warehouse=row.warehouse, code="Z-9")
    verdict = Verdict(disposition="restock", accepted=Decimal(2), location_id=place.pk)
    services.inspect_return(row.pk, verdicts={back.pk: verdict}, at=NOW, actor=ACTOR)
    Location.objects.filter(pk=place.pk).update(is_active=False)
    deliver_due(limit=50)
    return row


def test_what_could_not_be_put_away_gets_another_place(page, stuck, sign_in, person, look):
    shelf = Location.objects.exclude(code="Z-9").get(warehouse=stuck.warehouse, kind="storage")
    sign_in(person(roles.WAREHOUSE))

    page.goto(reverse("shipping:returns"))
    page.get_by_role("link", name="Not put away 1").click()
    expect(page.get_by_role("link", name="Not put away 1")).to_have_attribute(
        "aria-current", "true"
    )
    look("returns-stuck")
    page.get_by_role("link", name=stuck.number).click()
    expect(page.get_by_role("heading", name="This could not be put away")).to_be_visible()
    expect(page.get_by_text("Z-9 is not used any more. Choose another place.")).to_be_visible()
    look("return-stuck")
    page.get_by_label("Place of").select_option(str(shelf.pk))
    page.get_by_role("button", name="Put it there").click()
    expect(page.get_by_role("heading", name="This could not be put away")).to_have_count(0)

    deliver_due(limit=50)
    assert StockMove.objects.get(kind="return").level.location == shelf
    assert look.faults == []


def test_a_month_is_checked_by_hand_and_signed(page, arrived, sign_in, person, look):
    auditing.audit_month(NOW.date().replace(day=1), at=LATER, actor=ACTOR)
    sign_in(person(roles.SHIPPING))

    page.goto(reverse("shipping:audits") + "?month=2026-11")
    look("audits")
    page.get_by_role("link", name="Charges", exact=True).click()
    expect(page.get_by_role("heading", name="Import carriers' charges")).to_be_visible()
    bill = f"Shipment;Amount;Currency\n{arrived.number};12.50;EUR\nNONE;3;EUR\n".encode()
    page.set_input_files(
        "[name=file]", {"name": "bill.csv", "mimeType": "text/csv", "buffer": bill}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("We have sent nothing under “NONE”.")).to_be_visible()
    look("charges-file")
    page.goto(reverse("shipping:shipment", args=[arrived.number]))
    expect(page.get_by_role("heading", name="The carrier's bill")).to_be_visible()
    look("shipment-charge")
    page.goto(reverse("shipping:audits") + "?month=2026-11")
    page.get_by_role("link", name=ShippingAudit.objects.get().carrier.name).click()
    expect(page.get_by_role("heading", name="Sign it off")).to_be_visible()
    page.fill("[name=conclusion]", "Good")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look("audit-refused")
    page.select_option("[name=finding]", "papers")
    page.fill("[name=note]", "The signed paper is missing")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("td .sub").get_by_text("The signed paper is missing")).to_be_visible()
    look("audit")
    page.fill("[name=conclusion]", "Good but for one paper")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator(".callout")).to_contain_text("Good but for one paper")
    look("audit-signed")

    audit = ShippingAudit.objects.get()
    assert (audit.state, audit.samples.get().finding) == ("signed", "papers")
    assert look.faults == []
