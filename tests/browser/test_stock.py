"""The keeper of the warehouse: what was announced comes, by lot, and one lot is recalled."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fulfillment.models import ExpectedReceipt, Lot, StockLevel
from o2c.kernel import roles
from tests.factories import LocationFactory, ProductFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine_o_clock")]


def test_announces_receives_moves_and_recalls(company, page, sign_in, person, shot):
    ProductFactory.create(sku="ORG-FKM-50", name="O-ring", tracking="lot", expires=True)
    for code in ("A-01-01", "B-02-02"):
        LocationFactory.create(code=code)
    sign_in(person(roles.WAREHOUSE))

    page.goto(reverse("fulfillment:stock"))
    page.get_by_role("link", name="Expected", exact=True).click()
    page.get_by_label("Purchase order", exact=True).fill("PO-77")
    page.get_by_label("SKU", exact=True).fill("org-fkm-50")
    page.get_by_label("Quantity", exact=True).fill("40")
    page.get_by_label("Expected on").fill("2026-12-04")
    page.get_by_role("button", name="Announce").click()
    page.get_by_role("link", name="PO-77").click()

    page.locator("[name=location]").fill("a-01-01")
    page.locator("[name=delivery_note]").fill("GR-9")
    page.get_by_role("button", name="Receive").click()
    expect(
        page.get_by_text("ORG-FKM-50 is kept by lot: enter or scan the lot.").first
    ).to_be_visible()
    shot("stock-lot-missing")
    page.locator("[name=lot]").fill("F-2611")
    page.locator("[name=expires_on]").fill("2027-06-01")
    page.get_by_role("button", name="Receive").click()
    expect(page.get_by_text("ORG-FKM-50 is received.")).to_be_visible()

    page.goto(reverse("fulfillment:stock"))
    page.get_by_role("link", name="ORG-FKM-50").click()
    page.locator("form[action$='/move/'] [name=quantity]").fill("15")
    page.locator("form[action$='/move/'] [name=location]").fill("B-02-02")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text("The goods are moved.")).to_be_visible()

    page.get_by_role("link", name="F-2611").click()
    page.locator("form[action$='/recall/'] [name=reason]").fill("Hardness out of range.")
    page.get_by_role("button", name="Recall").click()
    expect(page.get_by_text("Nothing of it is promised or picked.")).to_be_visible()
    shot("stock-lot-recalled")

    lot = Lot.objects.get()
    levels = StockLevel.objects.order_by("location__code").values_list("on_hand", flat=True)
    assert list(levels) == [Decimal(25), Decimal(15)]
    assert (lot.expires_on, lot.blocked_reason) == (date(2027, 6, 1), "Hardness out of range.")
    assert ExpectedReceipt.objects.get().state == "closed"
