"""Customers, payment terms and files of customers, in a browser."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from customers.models import Activity, Customer, PaymentTerms
from o2c.kernel import roles
from tests.browser.sizes import assert_fits
from tests.factories import (
    AddressFactory,
    CompanyFactory,
    ContactFactory,
    CreditAccountFactory,
    CustomerFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)
EMAIL = "accounts.payable.department@harbor-pump-and-valve.example"


@pytest.fixture
def customer():
    """A customer whose words are long: mail address, label, name of a contact."""
    CompanyFactory.create()
    harbor = CustomerFactory.create(number="C-10001", name="Harbor Pump & Valve", email=EMAIL)
    AddressFactory.create(customer=harbor, label="Central receiving, gate 14, dock B")
    ContactFactory.create(customer=harbor, name="Wilhelmina Featherstonehaugh", email=EMAIL)
    CreditAccountFactory.create(customer=harbor)
    return harbor


@pytest.fixture
def office(page, sign_in, person, customer):
    sign_in(person(roles.ADMINISTRATOR, roles.SALES_REP))
    return page


@pytest.mark.parametrize(
    "address",
    [
        "/customers/",
        "/customers/C-10001/",
        "/customers/C-10001/edit/",
        "/customers/C-10001/addresses/new/",
        "/customers/C-10001/contacts/new/",
        "/customers/terms/",
        "/customers/terms/new/",
        "/customers/import/",
        "/customers/contacts/import/",
    ],
)
def test_can_be_read_on_a_desk_and_on_a_phone(office, accessibility_faults, address):
    office.goto(address)

    assert_fits(office)
    assert accessibility_faults() == []


def test_a_call_becomes_a_task_that_gets_done(office, customer, shot):
    office.goto("/customers/C-10001/")
    office.get_by_label("What", exact=True).select_option("task")
    office.get_by_label("Text", exact=True).fill("Ask for the gate code")
    office.get_by_label("Task due").fill("2099-06-01")
    office.get_by_role("button", name="Remember").click()
    office.get_by_role("button", name="Done: Ask for the gate code").wait_for()
    shot("customer")

    office.get_by_role("button", name="Done: Ask for the gate code").click()

    expect(office.get_by_text("Nothing is to be done.")).to_be_visible()
    assert Activity.objects.get().done_at is not None


def test_terms_show_what_they_mean_before_they_are_saved(office, shot, accessibility_faults):
    office.goto("/customers/terms/new/")
    office.get_by_label("Code", exact=True).fill("n60")
    office.get_by_label("Name", exact=True).fill("60 days net")
    office.locator("[name=net_days]").fill("60")
    office.locator("[name=discounts-0-percent]").fill("2")
    office.locator("[name=discounts-0-days]").fill("10")
    office.get_by_role("button", name="Show what it means").click()
    expect(office.locator("#preview")).to_contain_text("2.0 % off when paid by")
    shot("terms-new")
    assert accessibility_faults() == []

    office.get_by_role("button", name="Save").click()

    office.wait_for_url("**/customers/terms/")
    assert PaymentTerms.objects.get(code="N60").discount_rates == [Decimal("0.02")]


def test_a_file_is_looked_at_before_anything_is_written(
    office, tmp_path, shot, accessibility_faults
):
    path = tmp_path / "customers.csv"
    rows = ["Number;Name;VAT number;Payment terms", "K-17;Old Mill;;N30", "K-18;Mill;DE1;N30"]
    path.write_text("\n".join(rows))
    office.goto("/customers/import/")
    office.locator("[name=file]").set_input_files(path)
    office.get_by_role("button", name="Look at it").click()
    office.get_by_text("Old Mill").wait_for()
    expect(office.get_by_role("row", name="K-18")).to_contain_text("VAT number: ")
    shot("customers-import")
    assert_fits(office)
    assert accessibility_faults() == []
    assert not Customer.objects.filter(number="K-17").exists()

    office.get_by_role("button", name="Import what has no problems").click()

    expect(office.get_by_role("heading", name="What the file has done")).to_be_visible()
    assert Customer.objects.filter(number__startswith="K-").get().name == "Old Mill"
