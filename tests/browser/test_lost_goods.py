"""A parcel is lost: accounts receivable settles it, and the customer is credited."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from invoicing import services as invoicing
from o2c.kernel import clock, roles
from o2c.kernel.outbox import deliver_due
from shipping import services
from shipping.models import DeliveryCase
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lost(company, monkeypatch):
    """A case of 5 × 50.00 that are billed and lost."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=30))
    shipment = ship(customer_with_credit(name="Old Mill Packaging"), ("5", "50"))
    invoicing.bill_shipment(shipment.pk, at=NOW, actor=ACTOR)
    services.report_exception(
        shipment.pk, kind="lost", note="Not in any depot", at=NOW, actor=ACTOR
    )
    return DeliveryCase.objects.get()


def test_lost_goods_are_settled_and_credited(
    page, lost, sign_in, person, shot, accessibility_faults
):
    sign_in(person(roles.AR_CLERK))

    page.goto(reverse("shipping:case", args=[lost.pk]))
    page.get_by_role("link", name="Settle as lost").click()
    expect(page.get_by_text("297.50 EUR")).to_be_visible()
    shot("loss")
    faults = accessibility_faults()
    page.get_by_role("button", name="Settle as lost").click()
    expect(page.get_by_text("says what is credited")).to_be_visible()
    shot("case-lost")
    faults += accessibility_faults()
    deliver_due(limit=50)
    page.get_by_role("link", name="RMA-").click()
    expect(page.get_by_role("link", name="CM-00001")).to_be_visible()
    shot("return-lost")

    assert faults == []
