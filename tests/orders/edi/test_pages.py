"""Pages about trading partners: administrators enter them, everybody of ours sees what was sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import files, roles
from o2c.kernel.outbox import deliver_due
from orders.intake.services import take_in
from orders.models import Order, PartnerMessage, TradingPartner
from tests.factories import NOW
from tests.orders.edi.conftest import sample
from tests.orders.factories import TradingPartnerFactory

ENTERED = {
    "customer": "C-17850",
    "kind": "edifact",
    "identifier": "4012345000009",
    "qualifier": "14",
    "our_identifier": "4098765000005",
    "our_qualifier": "14",
    "codes": "4012345000023, DE136695976",
    "transport": "folder",
    "address": "hollis",
    "wants_acknowledgement": "on",
    "is_active": "on",
}


@pytest.fixture
def administrator(browser_of, company):
    return browser_of(roles.ADMINISTRATOR)


@pytest.fixture
def message(partners, actor):
    """The 855 of an order that was taken in, not sent yet."""
    list(take_in("o.edi", sample("order.850.edi"), commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)
    return PartnerMessage.objects.get(kind="855")


def test_a_partner_is_entered(administrator, books):
    response = administrator.post("/orders/partners/new/", ENTERED)

    partner = TradingPartner.objects.get()
    assert response["Location"] == f"/orders/partners/{partner.pk}/"
    assert (partner.customer, partner.kind, partner.identifier) == (
        books,
        "edifact",
        "4012345000009",
    )
    assert partner.codes == ["4012345000023", "DE136695976"]
    assert (partner.transport, partner.address, partner.is_test) == ("folder", "hollis", False)
    assert len(partner.token) > 20


def test_a_form_that_is_sent_twice_enters_once(administrator, books):
    for _time in range(2):
        administrator.post("/orders/partners/new/", {**ENTERED, "form_token": "t1"})

    assert TradingPartner.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"customer": "C-99"}, "No customer has this number."),
        ({"kind": "x12", "identifier": "A" * 16}, "This format has room for 15 characters."),
        ({"identifier": "A*B"}, "Letters, digits, blanks and . _ : - only."),
        ({"address": "../etc"}, "Enter a folder"),
        ({"transport": "as2", "address": "http://example.com/as2"}, "begins with https://"),
        ({"transport": "as2", "address": "ftp://example.com"}, "begins with https://"),
        ({"codes": ",".join("1234567890123" for _ in range(21))}, "Name 20 codes at most"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(administrator, books, changes, message):
    response = administrator.post("/orders/partners/new/", {**ENTERED, **changes})

    assert response.status_code == 422
    assert message in response.content.decode().replace("&#x27;", "'")
    assert not TradingPartner.objects.exists()


def test_an_identifier_belongs_to_one_partner(administrator, partners):
    response = administrator.post("/orders/partners/new/", ENTERED)

    assert response.status_code == 422
    assert "Hollis Water has this identifier already." in response.content.decode()
    assert TradingPartner.objects.count() == 3


def test_a_partner_is_changed(administrator, partners):
    partner = partners["edifact"]

    response = administrator.post(
        f"/orders/partners/{partner.pk}/edit/", {**ENTERED, "is_test": "on", "codes": ""}
    )

    partner.refresh_from_db()
    assert response.status_code == 302
    assert (partner.is_test, partner.codes, partner.transport) == (True, [], "folder")


def test_the_partner_s_page_shows_what_was_sent(administrator, message):
    page = administrator.get(f"/orders/partners/{message.partner_id}/").content.decode()

    assert "855" in page
    assert message.control in page
    assert "Queued" in page


def test_the_order_s_panel_shows_what_the_partner_was_told(sales_rep, message):
    order = Order.objects.get()

    panel = sales_rep.get(f"/shipping/orders/{order.number}/messages/").content.decode()

    assert "Told the trading partner" in panel
    assert message.control in panel
    assert "hx-get" in sales_rep.get(f"/orders/{order.number}/").content.decode()


def test_a_message_is_sent_again_as_it_was(sales_rep, partners, actor, settings, tmp_path, message):
    settings.EDI_FOLDER = str(tmp_path)
    TradingPartner.objects.filter(pk=message.partner_id).update(transport="folder", address="h")
    before = files.read(message.file)

    response = sales_rep.post(f"/orders/partners/messages/{message.pk}/resend/")
    deliver_due(limit=100)

    message.refresh_from_db()
    assert response["Location"] == f"/orders/{message.order.number}/"
    assert (message.state, message.error) == ("sent", "")
    assert (tmp_path / "h/out" / message.file.name).read_bytes() == before


def test_a_sales_rep_may_not_manage_partners(sales_rep, partners):
    response = sales_rep.post("/orders/partners/new/", ENTERED)

    assert response.status_code == 403
    assert TradingPartner.objects.count() == 3


@pytest.mark.parametrize("page", ["/orders/partners/", "/orders/partners/{}/"])
def test_the_pages_cost_the_same_statements_with_1_row_and_with_20(
    administrator, books, page, django_assert_num_queries
):
    def fill(number):
        partner = TradingPartnerFactory.create(customer=books)
        for place in range(number):
            PartnerMessage.objects.create(
                partner=partner, kind="997", source=f"{partner.pk}:{place}", created_at=NOW
            )
        return page.format(partner.pk)

    first = fill(1)
    administrator.get(first)
    with CaptureQueriesContext(connection) as counted:
        administrator.get(first)
    TradingPartnerFactory.create_batch(19, customer=books)
    second = fill(20)

    with django_assert_num_queries(len(counted)):
        administrator.get(second)
