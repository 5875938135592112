"""The pages about customers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer
from tests.factories import AddressFactory, ContactFactory, CustomerFactory, PaymentTermsFactory

HX = {"HTTP_HX_REQUEST": "true"}


def entered(**changes):
    return {
        "name": "Harbor Pump & Valve",
        "payment_terms": PaymentTermsFactory.create().pk,
        "language": "en",
        "time_zone": "Europe/Berlin",
        "billing_trigger": "shipment",
        "shortage_policy": "backorder",
        "accepts_backorders": "on",
        "tax_status": "taxable",
        "grace_days": "0",
        "is_active": "on",
        "street": "Quay Street 1",
        "city": "Hamburg",
        "country": "de",
        "currency": "eur",
        **changes,
    }


def number_of(customer):
    return Customer.objects.get(pk=customer.pk).number


def statements(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_finds_customers_by_words(sales_rep):
    CustomerFactory.create(name="Harbor Pump & Valve")
    CustomerFactory.create(name="Tamarack Paper Mills")

    page = sales_rep.get("/customers/?q=pump").content.decode()

    assert "Harbor Pump &amp; Valve" in page
    assert "Tamarack" not in page


def test_answers_the_search_alone_to_htmx(sales_rep):
    CustomerFactory.create(name="Harbor Pump & Valve")

    page = sales_rep.get("/customers/?q=pump", **HX).content.decode()

    assert "Harbor Pump" in page
    assert "<html" not in page


def test_lists_twenty_as_cheaply_as_one(sales_rep):
    CustomerFactory.create()
    one = statements(sales_rep, "/customers/")
    CustomerFactory.create_batch(19)

    assert statements(sales_rep, "/customers/") == one


def test_shows_one_customer_as_cheaply_with_twenty_addresses(sales_rep):
    customer = CustomerFactory.create()
    address = f"/customers/{number_of(customer)}/"
    ContactFactory.create(customer=customer)
    one = statements(sales_rep, address)
    AddressFactory.create_batch(19, customer=customer)
    ContactFactory.create_batch(19, customer=customer)

    assert statements(sales_rep, address) == one


def test_adds_a_customer(sales_rep):
    response = sales_rep.post("/customers/new/", entered())

    customer = Customer.objects.get()
    assert response.headers["Location"] == f"/customers/{customer.number}/"
    assert (customer.currency, customer.addresses.filter(country="DE").count()) == ("EUR", 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("country", "Germany"), ("country", "UK"), ("grace_days", "-1")],
)
def test_shows_what_is_wrong_at_its_field(sales_rep, field, value):
    response = sales_rep.post("/customers/new/", entered(**{field: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Customer.objects.exists()


def test_shows_a_refusal_of_the_rules_at_its_field(sales_rep):
    values = entered()
    del values["accepts_backorders"]

    response = sales_rep.post("/customers/new/", values)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["shortage_policy"]
    assert not Customer.objects.exists()


def test_changes_what_is_agreed(sales_rep):
    customer = CustomerFactory.create()

    sales_rep.post(f"/customers/{number_of(customer)}/edit/", entered(grace_days="5"))

    customer.refresh_from_db()
    assert (customer.name, customer.grace_days) == ("Harbor Pump & Valve", 5)


def test_adds_an_address_and_a_contact(sales_rep):
    customer = CustomerFactory.create()
    page = f"/customers/{number_of(customer)}/"

    sales_rep.post(
        f"{page}addresses/new/",
        {"kind": "ship_to", "street": "Foundry Lane 2", "city": "Bremen", "country": "DE"},
    )
    sales_rep.post(f"{page}contacts/new/", {"role": "buyer", "name": "Ellis Grant"})

    assert customer.addresses.filter(street="Foundry Lane 2", is_default=False).count() == 1
    assert Contact.objects.get(customer=customer).name == "Ellis Grant"


@pytest.mark.parametrize("form", ["new/", "{number}/edit/", "{number}/addresses/new/"])
def test_auditor_may_look_but_not_change(auditor, form):
    customer = CustomerFactory.create(name="Acme")
    number = number_of(customer)

    response = auditor.post(f"/customers/{form.format(number=number)}", entered())

    assert response.status_code == 403
    assert auditor.get(f"/customers/{number}/").status_code == 200
    assert list(Customer.objects.values_list("name", flat=True)) == ["Acme"]


def test_visitor_sees_no_customer(visitor):
    number = number_of(CustomerFactory.create())

    for page in ("", "new/", "options/", f"{number}/"):
        assert visitor.get(f"/customers/{page}").status_code == 403


def test_unknown_number_is_not_found(sales_rep):
    assert sales_rep.get("/customers/C-0/").status_code == 404


def test_offers_customers_to_a_field(sales_rep):
    customer = CustomerFactory.create(name="Harbor Pump & Valve")

    page = sales_rep.get("/customers/options/?customer_name=harb").content.decode()

    assert f'data-value="{customer.pk}" data-label="Harbor Pump &amp; Valve"' in page
