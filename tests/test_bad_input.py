"""Bad input for orders, catalogue, customers and portal, and for every address there is.

The later stages have tests of the same name of their own.
"""

import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection, transaction
from django.test import Client

from customers.models import CustomerUser
from o2c.kernel import roles
from o2c.kernel.errors import is_unwritable
from orders import services
from orders.models import Order
from orders.services import NewLine
from tests.bad_input import Form, faults_of, forms_below, opened, send, unreached
from tests.factories import (
    NOW,
    TODAY,
    ContactFactory,
    CreditAccountFactory,
    CustomerFactory,
    CustomerPartNumberFactory,
    ProductFactory,
    UserFactory,
)
from tests.invoicing import shipped
from tests.test_authorisation import EXAMPLES, ROUTES

pytestmark = pytest.mark.django_db
OURS = {
    "/orders/": ["new/", "intake/", "quotes/", "blankets/", "", "rules/", "partners/", "shops/"],
    "/catalog/": ["", "agreements/", "part-numbers/"],
    "/customers/": ["", "terms/"],
}
PORTAL = "/portal/"
PLACES = ["9" * 20, "%00", "x" * 3_000]
# What a form is shown for that this house has not, and where that is tested; by route.
UNREACHED = {
    "orders/<str:number>/again/": "a later state: test_actions",
    "orders/<str:number>/approve/": "a later state: test_actions",
    "orders/<str:number>/cancel/": "a later state: test_actions",
    "orders/<str:number>/lines/<int:line_id>/cancel/": "a later state: test_actions",
    "orders/<str:number>/refuse/": "a later state: test_actions",
    "orders/amendments/<str:number>/apply/": "a change that waits: test_change_page",
    "orders/amendments/<str:number>/approve/": "a change that waits: test_change_page",
    "orders/amendments/<str:number>/ask/": "a change that waits: test_change_page",
    "orders/amendments/<str:number>/refuse/": "a change that waits: test_change_page",
    "orders/amendments/<str:number>/withdraw/": "a change that waits: test_change_page",
    "orders/blankets/<str:number>/activate/": "a blanket order: test_blanket_pages",
    "orders/blankets/<str:number>/call-off/": "a blanket order: test_blanket_pages",
    "orders/blankets/<str:number>/edit/": "a blanket order: test_blanket_pages",
    "orders/blankets/<str:number>/end/": "a blanket order: test_blanket_pages",
    "orders/findings/<int:finding_id>/seen/": "an open finding: test_findings",
    "orders/findings/<int:finding_id>/waive/": "an open finding: test_findings",
    "orders/intake/learned/<int:correction_id>/revoke/": "something learned: test_learning",
    "orders/partners/<int:partner_id>/edit/": "a trading partner: tests/orders/edi",
    "orders/partners/messages/<int:message_id>/resend/": "a trading partner: tests/orders/edi",
    "orders/quotes/<str:number>/accept/": "a quote: test_quote_pages",
    "orders/quotes/<str:number>/edit/": "a quote: test_quote_pages",
    "orders/quotes/<str:number>/reject/": "a quote: test_quote_pages",
    "orders/quotes/<str:number>/revise/": "a quote: test_quote_pages",
    "orders/quotes/<str:number>/send/": "a quote: test_quote_pages",
    "orders/rules/approvals/<int:rule_id>/retire/": "an approval rule: test_approvals",
    "orders/shops/<str:public_id>/edit/": "a web shop: tests/orders/shop",
    "orders/shops/<str:public_id>/events/<int:event_id>/replay/": "a web shop: tests/orders/shop",
    "orders/shops/<str:public_id>/test/": "a web shop: tests/orders/shop",
    "orders/sources/<str:key>/try/": "a watched mailbox: tests/orders/intake",
    "orders/typed/": "sent by scripts while somebody types: test_entries",
    "orders/typed/<str:screen>/restore/": "sent by scripts while somebody types: test_entries",
    "orders/typed/discard/": "sent by scripts while somebody types: test_entries",
    "orders/views/<int:view_id>/remove/": "a saved view: test_bulk",
    "catalog/<int:product_id>/packs/<str:unit_id>/remove/": "a pack: tests/catalog",
    "catalog/agreements/discounts/<int:discount_id>/end/": "a discount: tests/catalog",
    "catalog/import/prices/<int:file_id>/<str:code>/": "a file that was read: tests/catalog",
    "catalog/import/products/<int:file_id>/": "a file that was read: tests/catalog",
    "customers/<str:number>/activities/<int:activity_id>/": "a note: test_relationship",
    "customers/<str:number>/activities/<int:activity_id>/<str:act>/": "a note: test_relationship",
    "customers/contacts/import/<slug:sha256>/": "a file that was read: tests/customers",
    "customers/import/<slug:sha256>/": "a file that was read: test_importing",
    "portal/credit/details/": "an application: test_portal_credit",
    "portal/credit/documents/": "an application: test_portal_credit",
    "portal/orders/<str:number>/edit/": "an order that is not placed yet: tests/orders/portal",
    "portal/quotes/<str:quote_id>/accept/": "a quote that was sent: tests/orders/portal",
    "portal/quotes/<str:quote_id>/reject/": "a quote that was sent: tests/orders/portal",
}
QUESTIONS = ["a\x00b", "9" * 5_000, "-1e999"]
QUERY = ("q", "after", "page", "sort", "state", "view", "customer", "owner", "days", "like")
QUERY += ("older", "newer", "rule", "severity", "order", "screen", "again", "product", "on")


@pytest.fixture
def house(company):
    """A customer with an order that is released, a draft, a part number, a contact, a file."""
    customer = CustomerFactory.create(name="Harbor Pump")
    CreditAccountFactory.create(customer=customer, limit=Decimal(100_000))
    ContactFactory.create(customer=customer)
    shipped.place(customer, ("10", "50"), in_stock="20")
    product = ProductFactory.create(sku="KV-080")
    CustomerPartNumberFactory.create(customer=customer, product=product)
    services.create_order(
        customer_id=customer.pk,
        lines=[NewLine(product.pk, Decimal(2))],
        channel="rep",
        requested_on=TODAY,
        at=NOW,
        actor=shipped.ACTOR,
    )
    return customer


@pytest.fixture
def staff(house):
    """The browser of somebody with every role of ours, and a document in review, and offers."""
    user = UserFactory.create()
    user.groups.set(Group.objects.exclude(name=roles.CUSTOMER_USER))
    client = Client()
    client.force_login(user)
    file = SimpleUploadedFile("po.csv", b"SKU,Quantity\nNO-SUCH,1\n")
    client.post("/orders/intake/upload/", {"documents": file, "customer": house.number})
    for address in ("/orders/quotes/new/", "/orders/blankets/new/"):
        for form in opened(client, address).xpath("//main//form"):
            client.post(form.get("action") or address, dict(form.form_values()) | offered(house))
    return client


@pytest.fixture
def buyer(house):
    """The browser of somebody at the customer."""
    user = UserFactory.create()
    user.groups.set(Group.objects.filter(name=roles.CUSTOMER_USER))
    CustomerUser.objects.create(user=user, customer=house)
    client = Client()
    client.force_login(user)
    return client


def offered(customer):
    """Return what somebody fills in who offers 5 of KV-080."""
    return {
        "customer": str(customer.pk),
        "do": "save",
        "valid_from": "2026-11-18",
        "valid_until": "2027-01-31",
        "lines-count": "1",
        "lines-0-sku": "KV-080",
        "lines-0-quantity": "5",
    }


def strange(path, example):
    """Return the address of a route with this in place of each key or number."""
    return "/" + "/".join(example if part in EXAMPLES else part for part in path.split("/"))


@pytest.mark.parametrize("area", OURS)
def test_every_form_of_ours_answers_bad_input_in_words(area, staff):
    starts = [area + page for page in OURS[area]]
    if area == "/orders/":
        starts += [f"/orders/{order.number}/" for order in Order.objects.order_by("pk")]

    forms = forms_below(staff, area, *starts)

    assert faults_of(staff, forms) == []
    assert unreached(forms, area) == [route for route in UNREACHED if route.startswith(area[1:])]


def test_every_form_of_the_portal_answers_bad_input_in_words(buyer):
    forms = forms_below(buyer, PORTAL, "/portal/orders/", "/portal/quotes/", "/portal/credit/")

    assert faults_of(buyer, forms) == []
    assert unreached(forms, PORTAL) == [r for r in UNREACHED if r.startswith(PORTAL[1:])]


@pytest.mark.parametrize("example", PLACES, ids=lambda text: text[:20])
def test_every_address_answers_what_is_not_there(staff, buyer, example):
    sent = [
        send(buyer if path.startswith("portal/") else staff, Form(address, is_get), {})
        for path, _view in ROUTES
        if (address := strange(path, example)) != f"/{path}"
        for is_get in (True, False)
    ]

    assert len(sent) > 100
    assert [fault for fault in sent if fault] == []


@pytest.mark.parametrize("value", QUESTIONS, ids=lambda text: text[:20])
def test_every_list_answers_bad_questions(staff, buyer, value):
    query = urlencode(dict.fromkeys(QUERY, value))

    sent = [
        send(
            buyer if path.startswith("portal/") else staff,
            Form(f"/{path}?{query}", is_get=True),
            {},
        )
        for path, _view in ROUTES
        if strange(path, "") == f"/{path}"
    ]

    assert len(sent) > 50
    assert [fault for fault in sent if fault] == []


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
    answer = staff.get(address.format(order=Order.objects.first()) + number)

    assert answer.status_code == 200


def test_a_nul_written_as_json_is_known_as_text_that_no_row_can_hold():
    with pytest.raises(DataError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [json.dumps("a\x00b")])

    assert is_unwritable(refusal.value)
