"""What a customer's system reads about payment in advance: its own, and nobody else's."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from credit.models import CreditAccount
from invoicing import services
from invoicing.models import ProForma
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR, place

EUR = {"currency": "EUR"}


@pytest.fixture
def asked(customer):
    """A pro forma of 154.70 EUR for an order that waits."""
    return ask(customer)


@pytest.fixture
def theirs(stranger):
    return ask(stranger)


def ask(customer):
    CreditAccount.objects.filter(customer=customer).update(limit=Decimal(10))
    order = place(customer, ("2", "50.00"), ("3", "10.00"))
    assert order.state == "on_hold"
    return services.ask_for_prepayment(order.pk, at=NOW, actor=ACTOR)


def test_shows_what_to_pay_in_advance_and_where_to(api, asked):
    shown = api.get(f"pro-formas/{asked.public_id}").json()

    lines = asked.order.lines.order_by("position")
    assert shown == {
        "id": asked.public_id,
        "number": asked.number,
        "state": "issued",
        "order": asked.order.public_id,
        "issued_on": "2026-11-18",
        "valid_until": "2026-12-02",
        "net": {"amount": "130.00"} | EUR,
        "tax": {"amount": "24.70"} | EUR,
        "gross": {"amount": "154.70"} | EUR,
        "amount": {"amount": "154.70"} | EUR,
        "customer_po": "",
        "bill_to": "Hollis Water\nDock 4\nQuay Street 1\n20095 Hamburg\nDE",
        "ship_to": "Hollis Water\nDock 4\nQuay Street 1\n20095 Hamburg\nDE",
        "pay_to": {
            "name": "Kestrel Flow Supply",
            "bank_name": "Merrimack Valley Trust",
            "bank_account": "DE02120300000000202051",
            "reference": asked.number,
        },
        "lines": [
            {
                "position": 1,
                "sku": lines[0].sku,
                "description": lines[0].description,
                "quantity": "2",
                "unit": "C62",
                "unit_price": {"amount": "50.00"} | EUR,
                "net": {"amount": "100.00"} | EUR,
                "tax_category": "S",
                "tax_rate": "0.19",
            },
            {
                "position": 2,
                "sku": lines[1].sku,
                "description": lines[1].description,
                "quantity": "3",
                "unit": "C62",
                "unit_price": {"amount": "10.00"} | EUR,
                "net": {"amount": "30.00"} | EUR,
                "tax_category": "S",
                "tax_rate": "0.19",
            },
        ],
        "taxes": [
            {
                "category": "S",
                "rate": "0.19",
                "base": {"amount": "130.00"} | EUR,
                "tax": {"amount": "24.70"} | EUR,
            }
        ],
    }
    [listed] = api.get("pro-formas").json()["results"]
    assert listed == {name: shown[name] for name in listed}


def test_finds_those_of_an_order_and_of_a_state(api, customer, asked):
    other = ask(customer)

    of_order = api.get(f"pro-formas?order={other.order.public_id}").json()["results"]
    paid = api.get("pro-formas?state=paid").json()["results"]
    unknown = api.get("pro-formas?state=nonsense")

    assert [row["number"] for row in of_order] == [other.number]
    assert (paid, unknown.status_code) == ([], 400)


def test_the_order_names_its_pro_forma(api, asked):
    problem = api.get(f"orders/{asked.order.public_id}").json()["credit_hold"]

    assert problem["in_advance"] == {
        "number": asked.number,
        "amount": "154.70",
        "valid_until": "2026-12-02",
    }
    assert f"naming {asked.number}, and the order goes on" in problem["detail"]


def test_sends_the_same_pdf_every_time(api, asked):
    path = f"pro-formas/{asked.public_id}/pdf"

    first, again = api.get(path), api.get(path)

    text = PdfReader(io.BytesIO(first.content)).pages[0].extract_text()
    assert first.content == again.content
    assert asked.number in text
    assert first.headers["Content-Disposition"] == f'attachment; filename="{asked.number}.pdf"'


def test_another_customers_do_not_exist(api, strangers_api, theirs):
    paths = [f"pro-formas/{theirs.public_id}", f"pro-formas/{theirs.public_id}/pdf"]

    answers = [api.get(path).status_code for path in paths]
    listed = api.get("pro-formas").json()["results"]
    of_order = api.get(f"pro-formas?order={theirs.order.public_id}").json()["results"]

    assert (answers, listed, of_order) == ([404, 404], [], [])
    assert [strangers_api.get(path).status_code for path in paths] == [200, 200]


def test_asks_as_many_questions_for_twenty_as_for_one(api, customer, asked):
    def statements():
        with CaptureQueriesContext(connection) as caught:
            assert api.get("pro-formas").status_code == 200
        return len(caught)

    statements()  # the key notes that it was used today
    one = statements()
    for _number in range(19):
        ask(customer)

    assert (statements(), ProForma.objects.count()) == (one, 20)
