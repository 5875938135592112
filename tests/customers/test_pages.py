"""The pages about customers."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer
from o2c.kernel import roles
from o2c.kernel.models import AuditEntry
from o2c.kernel.ui.figures import percent
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
        "consolidation": "by_hand",
        "freight_terms": "borne",
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


def test_finds_customers_by_vat_number_and_by_mail(sales_rep):
    CustomerFactory.create(name="Harbor Pump & Valve", vat_number="DE136695976")
    mill = CustomerFactory.create(name="Tamarack Paper Mills")
    ContactFactory.create(customer=mill, email="rosa@mills.example")

    by_vat = sales_rep.get("/customers/?q=de+136+695+976").content.decode()
    by_mail = sales_rep.get("/customers/?q=Rosa@mills.example").content.decode()

    assert ("Harbor Pump" in by_vat, "Tamarack" in by_vat) == (True, False)
    assert ("Harbor Pump" in by_mail, "Tamarack" in by_mail) == (False, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vat_number", "DE136695977"),
        ("eori", "??"),
        ("gln", "123"),
        ("parent", "C-0"),
        ("postal_code", "2045"),
    ],
)
def test_shows_a_number_that_cannot_exist_at_its_field(sales_rep, field, value):
    response = sales_rep.post("/customers/new/", entered(**{field: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Customer.objects.exists()


def test_shows_who_changed_a_customer_meanwhile(sales_rep, browser_of, company):
    customer = CustomerFactory.create()
    address = f"/customers/{number_of(customer)}/edit/"
    seen = sales_rep.get(address).context["form"].initial["seen"]
    browser_of("credit_manager").post(address, entered(grace_days="9", seen=seen))

    response = sales_rep.post(address, entered(name="Mine", seen=seen))

    customer.refresh_from_db()
    assert response.status_code == 409
    assert "has changed it" in response.content.decode()
    assert (customer.name, customer.grace_days) == ("Harbor Pump & Valve", 9)


def test_works_addresses_and_contacts_by_their_buttons(sales_rep):
    customer = CustomerFactory.create()
    page = f"/customers/{number_of(customer)}/"
    old = customer.addresses.get(kind="ship_to")
    new = AddressFactory.create(customer=customer, label="Dock 9")
    contact = ContactFactory.create(customer=customer)

    refused = sales_rep.post(f"{page}addresses/{old.pk}/stop/")
    sales_rep.post(f"{page}addresses/{new.pk}/usual/")
    sales_rep.post(f"{page}addresses/{old.pk}/stop/")
    sales_rep.post(f"{page}contacts/{contact.pk}/stop/")

    assert refused.status_code == 409
    assert "usual address" in refused.content.decode()
    for row in (old, new, contact):
        row.refresh_from_db()
    assert (old.is_active, new.is_default, contact.is_active) == (False, True, False)


def test_changes_an_address_and_a_contact_on_screen(sales_rep):
    customer = CustomerFactory.create()
    page = f"/customers/{number_of(customer)}/"
    address = customer.addresses.get(kind="ship_to")
    contact = ContactFactory.create(customer=customer)
    place = {"street": "New Street 1", "city": "Bremen", "country": "DE", "code": "WE-7"}

    first = sales_rep.post(f"{page}addresses/{address.pk}/", place)
    wrong = sales_rep.post(f"{page}addresses/{address.pk}/", {**place, "gln": "1"})
    second = sales_rep.post(f"{page}contacts/{contact.pk}/", {"role": "buyer", "name": "Ida"})

    address.refresh_from_db()
    contact.refresh_from_db()
    assert (first.status_code, wrong.status_code, second.status_code) == (302, 422, 302)
    assert list(wrong.context["form"].errors) == ["gln"]
    assert (address.code, address.gln, contact.name, contact.role) == ("WE-7", "", "Ida", "buyer")


def test_an_address_is_changed_at_its_own_customer_only(sales_rep):
    mine, other = CustomerFactory.create_batch(2)
    address = other.addresses.get(kind="ship_to")

    response = sales_rep.get(f"/customers/{number_of(mine)}/addresses/{address.pk}/")

    assert response.status_code == 404


def test_notes_a_call_once_and_gives_a_task_that_is_done_on_the_page(sales_rep):
    customer = CustomerFactory.create()
    page = f"/customers/{number_of(customer)}/"
    me = sales_rep.session["_auth_user_id"]
    task = {"kind": "task", "text": "Send samples", "due_on": "2026-11-20", "assignee": me}
    form = sales_rep.get(page).context["form"]
    call = {"kind": "call", "text": "Wants samples", "token": str(form["token"].value())}

    for _ in range(2):
        sales_rep.post(f"{page}activities/new/", call)
    sales_rep.post(f"{page}activities/new/", {**task, "token": "two"})

    [made] = customer.activities.filter(kind="task")
    assert customer.activities.filter(kind="call").count() == 1
    assert "Send samples" in sales_rep.get(page).content.decode()
    sales_rep.post(f"{page}activities/{made.pk}/done/")
    made.refresh_from_db()
    assert made.done_at is not None


def test_shows_what_is_missing_of_a_task(sales_rep):
    customer = CustomerFactory.create()

    response = sales_rep.post(
        f"/customers/{number_of(customer)}/activities/new/",
        {"kind": "task", "text": "Send samples", "token": "x"},
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["due_on"]
    assert not customer.activities.exists()


def test_moves_a_task(sales_rep, person):
    customer = CustomerFactory.create()
    page = f"/customers/{number_of(customer)}/"
    me = sales_rep.session["_auth_user_id"]
    task = {"kind": "task", "text": "Call", "due_on": "2026-11-20", "assignee": me, "token": "x"}
    sales_rep.post(f"{page}activities/new/", task)
    made = customer.activities.get()

    sales_rep.post(f"{page}activities/{made.pk}/", {**task, "due_on": "2026-12-01"})

    made.refresh_from_db()
    assert str(made.due_on) == "2026-12-01"


def test_auditor_notes_nothing(auditor):
    customer = CustomerFactory.create()

    response = auditor.post(
        f"/customers/{number_of(customer)}/activities/new/", {"kind": "note", "text": "a"}
    )

    assert response.status_code == 403
    assert not customer.activities.exists()


def test_a_price_tolerance_is_set_by_who_may_and_kept_by_who_may_not(browser_of, sales_rep):
    administrator = browser_of(roles.ADMINISTRATOR)
    customer = CustomerFactory.create()
    here = f"/customers/{number_of(customer)}/edit/"

    set_to = administrator.post(here, entered(price_tolerance_rate="2.5"))
    shown = administrator.get(here).context["form"]["price_tolerance_rate"].value()
    sales_rep.post(here, entered(name="Kestrel", price_tolerance_rate="50"))

    assert (set_to.status_code, shown) == (302, "2.5")
    assert "price_tolerance_rate" not in sales_rep.get(here).context["form"].fields
    customer.refresh_from_db()
    assert (customer.name, customer.price_tolerance_rate) == ("Kestrel", Decimal("0.025"))
    entry = AuditEntry.objects.filter(subject=customer.label).earliest("pk")
    assert entry.changes["price_tolerance_rate"] == [None, "0.025"]
    page = sales_rep.get(f"/customers/{number_of(customer)}/").content.decode()
    assert f"<dt>Price tolerance</dt><dd>{percent(Decimal('0.025'))}</dd>" in page


@pytest.mark.parametrize("wrong", ["100", "-1", "NaN", "2.5555", "much"])
def test_refuses_a_price_tolerance_that_cannot_be(browser_of, wrong):
    customer = CustomerFactory.create()
    here = f"/customers/{number_of(customer)}/edit/"

    refused = browser_of(roles.ADMINISTRATOR).post(here, entered(price_tolerance_rate=wrong))

    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"price_tolerance_rate"}
    customer.refresh_from_db()
    assert customer.price_tolerance_rate is None


def test_an_empty_price_tolerance_is_the_houses_again(browser_of):
    customer = CustomerFactory.create(price_tolerance_rate=Decimal("0.1"))

    browser_of(roles.ADMINISTRATOR).post(f"/customers/{number_of(customer)}/edit/", entered())

    customer.refresh_from_db()
    assert customer.price_tolerance_rate is None


def test_the_database_holds_no_price_tolerance_of_all(db):
    with (
        pytest.raises(IntegrityError, match="customers_customer_price_tolerance_is_fraction"),
        transaction.atomic(),
    ):
        CustomerFactory.create(price_tolerance_rate=Decimal(1))


def test_says_how_goods_are_delivered(sales_rep):
    said = {"ships_complete": "on", "priority": "2", "incoterm": "FCA"}

    answer = sales_rep.post("/customers/new/", entered(**said), follow=True)

    customer = Customer.objects.get()
    assert (customer.ships_complete, customer.priority, customer.incoterm) == (True, 2, "FCA")
    page = answer.content.decode()
    assert "only complete · priority 2 · FCA, free carrier" in " ".join(page.split())


def test_says_who_pays_the_freight(sales_rep):
    answer = sales_rep.post("/customers/new/", entered(freight_terms="charged"), follow=True)

    assert Customer.objects.get().freight_terms == "charged"
    assert "freight charged as the tariff says" in answer.content.decode()


def test_who_says_nothing_of_the_freight_does_not_pay_it(sales_rep):
    answer = sales_rep.post("/customers/new/", entered(), follow=True)

    assert Customer.objects.get().freight_terms == "borne"
    assert "freight charged" not in answer.content.decode()


def test_who_says_nothing_of_a_priority_has_the_usual_one(sales_rep):
    sales_rep.post("/customers/new/", entered())

    assert Customer.objects.get().priority == 5
