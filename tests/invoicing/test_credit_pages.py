"""Where credit memos are seen: beside return, invoice and order, in the portal and by REST."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import CustomerUser
from customers.services import create_api_key
from invoicing import pdf, services
from o2c.kernel import roles
from tests.factories import UserFactory
from tests.invoicing.coming_back import send_back
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(invoice, shipment):
    """A settled return of 1 × 50.00."""
    return send_back(shipment, "1")


@pytest.fixture
def memo(row, now, actor):
    """CM-00001 over 59.50 EUR."""
    [memo] = services.credit_return(row.pk, at=now, actor=actor)
    return memo


def browser_of(customer):
    user = UserFactory.create()
    user.groups.set(Group.objects.filter(name=roles.CUSTOMER_USER))
    CustomerUser.objects.create(user=user, customer=customer)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def buyer(customer):
    return browser_of(customer)


def text_of(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_invoice_names_its_credit_memos(clerk, memo, invoice):
    page = text_of(clerk.get(f"/invoices/{invoice.number}/"))

    assert "/invoices/CM-00001/" in page
    assert "−59.50 EUR" in page


def test_the_memo_names_invoice_return_and_reason(clerk, memo, row):
    page = text_of(clerk.get("/invoices/CM-00001/"))

    for text in ("/invoices/INV-00001/", row.number, "Goods returned", "Credit memo", "59.50"):
        assert text in page


def test_the_list_shows_memos_alone_when_asked(clerk, memo):
    page = text_of(clerk.get("/invoices/?kind=credit_memo"))

    assert "CM-00001" in page
    assert ">INV-00001<" not in page


def test_the_return_shows_what_it_led_to(clerk, memo, row):
    page = text_of(clerk.get(f"/invoices/of-return/{row.number}/"))

    assert "CM-00001" in page
    assert "INV-00001" in page
    beside = text_of(clerk.get(f"/shipping/returns/{row.number}/"))
    assert f'hx-get="/invoices/of-return/{row.number}/"' in beside


def test_the_return_says_what_is_never_billed(clerk, company, now, actor):
    customer = customer_with_credit(name="Port Supply", billing_trigger="delivery")
    row = send_back(ship(customer, ("2", "50.00")), "2")
    services.credit_return(row.pk, at=now, actor=actor)

    staff = text_of(clerk.get(f"/invoices/of-return/{row.number}/"))
    theirs = text_of(browser_of(customer).get(f"/portal/credit-memos/of-return/{row.number}/"))

    assert "was not billed yet, and never will be" in staff
    assert "came back before we billed it: you do not pay for it." in theirs


def test_the_order_links_return_and_memo(clerk, memo, row):
    page = text_of(clerk.get(f"/orders/{memo.order.number}/"))

    for text in ("Credit memo CM-00001", f"Return {row.number}", "Invoice INV-00001"):
        assert text in page


def test_the_document_says_which_invoice_it_lowers(memo):
    page = pdf.html(memo)

    for text in ("CM-00001", "INV-00001", "In your favour, EUR", "goods returned"):
        assert text in page
    assert "Pay by bank transfer" not in page
    assert "Goods stay our property" not in page


def test_it_is_mailed_once(memo, customer, now, actor):
    delivery = services.queue_delivery(memo.pk, at=now, actor=actor)
    services.send_invoice(delivery.pk, at=now, actor=actor)
    services.send_invoice(delivery.pk, at=now, actor=actor)

    [sent] = [one for one in mail.outbox if one.subject == "Credit memo CM-00001"]
    assert sent.to == [customer.email]
    assert "lowers our invoice INV-00001" in sent.body
    assert "59.50 EUR" in sent.body.replace("\N{NO-BREAK SPACE}", " ")
    assert sent.attachments[0][0] == "CM-00001.pdf"


def test_customers_see_their_own(buyer, memo, row):
    listed = text_of(buyer.get("/portal/credit-memos/"))
    panel = text_of(buyer.get(f"/portal/credit-memos/of-return/{row.number}/"))
    document = buyer.get("/portal/credit-memos/CM-00001/")

    assert "CM-00001" in listed
    assert "59.50 EUR in your favour, for invoice INV-00001" in panel
    assert document.content.startswith(b"%PDF")


def test_customers_see_nobody_elses(memo, row):
    stranger = browser_of(customer_with_credit(name="Other House"))

    assert "CM-00001" not in text_of(stranger.get("/portal/credit-memos/"))
    assert stranger.get("/portal/credit-memos/CM-00001/").status_code == 404
    assert stranger.get(f"/portal/credit-memos/of-return/{row.number}/").status_code == 404


def test_an_invoice_is_no_memo_in_the_portal(buyer, invoice):
    assert buyer.get("/portal/credit-memos/INV-00001/").status_code == 404


def test_rest_tells_what_it_lowers(memo, invoice, customer, actor, now):
    _key, secret = create_api_key(
        customer.pk, name="ERP", scopes=["invoices:read"], at=now, actor=actor
    )
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}

    listed = Client().get("/api/v1/invoices?kind=credit_memo", **bearer).json()
    one = Client().get(f"/api/v1/invoices/{memo.public_id}", **bearer).json()
    of_it = Client().get(f"/api/v1/invoices?original={invoice.public_id}", **bearer).json()

    [summary] = listed["results"]
    assert (summary["number"], summary["kind"], summary["reason"]) == (
        "CM-00001",
        "credit_memo",
        "return",
    )
    assert summary["original"] == invoice.public_id
    assert summary["gross"] == {"amount": "59.50", "currency": "EUR"}
    assert (one["instalments"], one["lines"][0]["quantity"]) == ([], "1")
    assert [row["id"] for row in of_it["results"]] == [memo.public_id]


@pytest.mark.parametrize("place", ["list", "panel", "return", "invoice"])
def test_pages_take_as_many_statements_for_twenty_memos_as_for_one(
    place, clerk, buyer, customer, now, actor
):
    shipment = ship(customer, ("20", "50.00"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    row = send_back(shipment, "1")
    services.credit_return(row.pk, at=now, actor=actor)
    asked = {
        "list": lambda: buyer.get("/portal/credit-memos/"),
        "panel": lambda: buyer.get(f"/portal/credit-memos/of-return/{row.number}/"),
        "return": lambda: clerk.get(f"/invoices/of-return/{row.number}/"),
        "invoice": lambda: clerk.get(f"/invoices/{invoice.number}/"),
    }[place]

    asked()
    with CaptureQueriesContext(connection) as one:
        asked()
    line = invoice.lines.get()
    for number in range(19):
        services.credit_invoice(
            invoice.pk,
            quantities={line.pk: Decimal(1)},
            reason="return",
            source=f"test:{number}",
            at=now,
            actor=actor,
        )
    with CaptureQueriesContext(connection) as twenty:
        asked()

    assert len(one) == len(twenty)
