"""Whatever is sent to a page or a form is answered in words: never a fault, never half a change.

Pages are found as people find them, by following links; every form on them is sent with hostile
values, in one field after the other and in all at once. Each sending is undone again.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from customers.models import CustomerUser
from o2c.kernel import roles
from o2c.kernel.errors import is_unwritable
from o2c.kernel.models import AuditEntry
from orders import services
from orders.models import Order
from orders.services import NewLine
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
    "/catalog/": [""],
    "/customers/": [""],
    "/credit/": ["", "accounts/", "policy/", "guidelines/", "guidelines/import/"],
    "/fulfillment/": ["", "stock/", "shortages/", "scan/"],
    "/shipping/": [""],
    "/invoices/": [""],
    "/receivables/": ["", "reviews/", "disputes/"],
    "/collections/": ["", "receipts/", "receipts/new/", "dunning/"],
}
PORTAL = "/portal/"
HOSTILE = ["a\x00b", "x" * 10_000, "-1e999", "9" * 5_000, "2026-02-30"]
PLACES = ["9" * 20, "%00", "x" * 3_000]
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
    for form in forms_of(client, "/orders/quotes/new/", "/orders/blankets/new/"):
        client.post(form.action, form.filled_in(house))
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


class Filled:
    """A form of a page: where it is sent, and what it sends when nothing is changed."""

    def __init__(self, form, address):
        self.action = urlsplit(form.get("action") or address).path or address
        self.is_get = form.get("method", "get").lower() == "get"
        self.values = dict(form.form_values())
        buttons = form.xpath(".//button[@name]")
        self.buttons = {one.get("name"): one.get("value", "") for one in buttons[-1:]}
        self.names = [name for name in self.values if name not in ("csrfmiddlewaretoken", "token")]

    @property
    def kind(self):
        names = {re.sub(r"\d+", "0", name) for name in self.names}
        return (route_of(self.action), self.is_get, frozenset(names))

    def filled_in(self, customer):
        """Return it as somebody would fill it in who offers 5 of KV-080."""
        return self.values | {
            "customer": str(customer.pk),
            "do": "save",
            "valid_from": "2026-11-18",
            "valid_until": "2027-01-31",
            "lines-count": "1",
            "lines-0-sku": "KV-080",
            "lines-0-quantity": "5",
        }

    def spoiled(self, values):
        """Yield what is sent: each field spoiled alone, in turns, and all of them together."""
        for value in values:
            yield self.values | self.buttons | dict.fromkeys(self.names, value)
        turns = cycle(values)
        yield self.values | self.buttons | {name: next(turns) for name in self.names}


@dataclass
class Hostile:
    """An address that nobody meant, opened or posted to."""

    action: str
    is_get: bool = True


def strange(path, example):
    """Return the address of a route with this in place of each key or number."""
    return "/" + "/".join(example if part in EXAMPLES else part for part in path.split("/"))


def route_of(path):
    try:
        return resolve(path).route
    except Resolver404:
        return path


def forms_of(client, *addresses):
    """Return the forms of these pages, one of each kind, without those of the frame."""
    found = {}
    for address in addresses:
        response = client.get(address)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code != 200 or not is_page or not response.content.strip():
            continue
        for form in html.fromstring(response.content.decode()).xpath("//form"):
            filled = Filled(form, address)
            if not filled.action.startswith("/account/"):
                found.setdefault(filled.kind, filled)
    return list(found.values())


def pages_from(client, starts, within):
    """Follow links from these pages; return the first two addresses found of every route."""
    waiting, seen, of_route = list(starts), set(starts), {}
    while waiting:
        address = waiting.pop(0)
        route = route_of(urlsplit(address).path)
        if len(of_route.setdefault(route, [])) == 2:
            continue
        of_route[route].append(address)
        response = client.get(address)
        assert response.status_code < 500
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|hx-get)="([^"#]+)', response.content.decode()):
            path = link.replace("&amp;", "&")
            if path.startswith(within) and path not in seen:
                seen.add(path)
                waiting.append(path)
    return [address for addresses in of_route.values() for address in addresses]


def send(client, form, data):
    """Send a form and undo what came of it; return the fault, or nothing."""
    told = f"{'GET' if form.is_get else 'POST'} {form.action} {shown(data)}"
    try:
        with transaction.atomic():
            before = AuditEntry.objects.count()
            method = client.get if form.is_get else client.post
            response = method(form.action, data)
            after = AuditEntry.objects.count()
            transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001  each fault is listed with what was sent
        return f"{told}: {type(error).__name__} {str(error)[:200]}"
    if response.status_code >= 500:
        return f"{told}: {response.status_code}"
    if response.status_code >= 400 and after != before:
        return f"{told}: refused with {response.status_code}, but something was changed"
    return ""


def shown(data):
    return {name: str(value)[:30] for name, value in data.items() if name != "csrfmiddlewaretoken"}


def faults_of(client, starts, within):
    forms = forms_of(client, *pages_from(client, starts, within))
    sent = [(form, data) for form in forms for data in form.spoiled(HOSTILE)]
    return len(forms), [fault for form, data in sent if (fault := send(client, form, data))]


@pytest.mark.parametrize("area", OURS)
def test_every_form_of_ours_answers_bad_input_in_words(area, staff):
    starts = [area + page for page in OURS[area]]

    forms, faults = faults_of(staff, starts, area)

    assert faults == []
    assert forms >= len(starts)


def test_every_form_of_the_portal_answers_bad_input_in_words(buyer):
    forms, faults = faults_of(buyer, ["/portal/", "/portal/orders/"], PORTAL)

    assert faults == []
    assert forms > 4


@pytest.mark.parametrize("example", PLACES, ids=lambda text: text[:20])
def test_every_address_answers_what_is_not_there(staff, buyer, example):
    sent = [
        send(buyer if path.startswith("portal/") else staff, Hostile(address, is_get), {})
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
        send(buyer if path.startswith("portal/") else staff, Hostile(f"/{path}?{query}"), {})
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
