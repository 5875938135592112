"""Bad input for what several stages share: the portal, and pages outside every stage's area.

Each stage has a test of the same name for its own area.
"""

import json
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction
from django.test import Client

from credit import services as credit
from customers.models import CustomerUser
from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import is_unwritable
from orders import services
from orders.models import Order
from orders.services import NewLine, Offered
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import NOW, TODAY, CustomerFactory, ProductFactory
from tests.invoicing import shipped

pytestmark = pytest.mark.django_db
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


@pytest.fixture
def staff(company):
    return signed_in()


@pytest.fixture
def portal(company, person):
    """The browser of somebody at a customer with an order, a basket, a quote, an application."""
    customer = shipped.customer_with_credit()
    shipped.ship(customer, ("1", "70.00"))
    shipped.place(customer, ("10", "50"), in_stock="20")
    offered = Offered(
        lines=[NewLine(ProductFactory.create(sku="KV-080").pk, Decimal(5))],
        valid_until=TODAY.replace(day=30),
        allows_part=True,
    )
    quote = services.create_quote(
        customer_id=customer.pk, offered=offered, at=NOW, actor=shipped.ACTOR
    )
    services.send_quote(quote.pk, at=NOW, actor=shipped.ACTOR)
    return browser_at(customer, person)


@pytest.fixture
def applicant(company, person):
    """The browser of somebody at a customer without credit, who was asked for papers."""
    customer = CustomerFactory.create()
    shipped.place(customer, ("1000", "50"))
    application = customer.credit_applications.get()
    credit.ask_for_documents(application.pk, documents="Accounts", at=NOW, actor=Actor.job("test"))
    return browser_at(customer, person)


def browser_at(customer, person):
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)
    client = Client()
    client.force_login(user)
    return client


def test_every_form_of_the_portal_answers_bad_input_in_words(portal, applicant):
    basket = {"token": "t-1", "do": "keep", "customer_po": "4500-1", "requested_on": "2099-06-01"}
    basket |= {"lines-count": "1", "lines-0-sku": "KV-080", "lines-0-quantity": "6"}
    portal.post("/portal/orders/new/", basket)
    [kept] = Order.objects.filter(state="draft")
    starts = [f"/portal/orders/{kept.number}/edit/", "/portal/orders/", "/portal/quotes/"]
    with clock.travel(NOW):
        forms = forms_below(portal, "/portal/", *starts, "/portal/credit/")
        applying = forms_below(applicant, "/portal/credit/", "/portal/credit/")

        assert faults_of(portal, forms) + faults_of(applicant, applying) == []
        assert unreached([*forms, *applying], "/portal/") == sorted(UNREACHED)
        assert faults_at(portal, "/portal/") == []


def test_pages_outside_every_area_answer_bad_input_in_words(staff):
    forms = forms_below(staff, "/", "/process/", "/dashboard/", "/search/")

    assert faults_of(staff, forms) == []
    assert unreached(forms, "/") == []
    assert faults_at(staff, "/") == []


@pytest.mark.parametrize("number", ["9" * 5_000, "\u00b2", "-1"])
@pytest.mark.parametrize(
    ("address", "name", "status"),
    [
        ("/orders/new/", "customer", 422),
        ("/fulfillment/release/", "ids", 302),
        ("/collections/dunning/send/", "notice", 422),
        ("/collections/receipts/new/", "customer", 422),
    ],
)
def test_a_number_that_no_row_can_have_names_nothing(staff, address, name, status, number):
    answer = staff.post(address, {name: number})

    assert answer.status_code == status


@pytest.mark.parametrize("number", ["9" * 5_000, "\u00b2"])
@pytest.mark.parametrize(
    "address",
    [
        "/invoices/?after=",
        "/catalog/prices/check/?customer=",
        "/orders/{order}/trail/?before=",
        "/collections/receipts/new/?amount=5&customer=",
    ],
)
def test_a_list_after_a_number_that_no_row_can_have_is_shown(staff, address, number):
    shipped.place(CustomerFactory.create(), ("1", "50"))

    answer = staff.get(address.format(order=Order.objects.get()) + number)

    assert answer.status_code == 200


def test_a_nul_written_as_json_is_known_as_text_that_no_row_can_hold():
    with pytest.raises(DataError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [json.dumps("a\x00b")])

    assert is_unwritable(refusal.value)
