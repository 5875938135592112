"""A customer's system: a client whose every answer is held against the OpenAPI document."""

import json
import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from customers.authentication import PREFIX_LENGTH, SCOPES, hash_of, new_secret
from customers.models import ApiKey
from invoicing.services import bill_shipment
from o2c.kernel import clock
from o2c.kernel.system_keys import create_system_key
from tests.factories import (
    NOW,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    PriceFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.invoicing.shipped import ACTOR, ship


class Api:
    """Calls the API with a key; each answer must be as documented."""

    def __init__(self, secret: str, document: dict) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.document = document

    def get(self, path, data=None, **headers):
        sent = self.headers | headers
        response = self.client.get(f"/api/v1/{path}", data, headers=sent)
        self.check("get", response)
        return response

    def post(self, path, body, key="", **headers):
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        key = {} if key is None else {"Idempotency-Key": key or uuid.uuid4().hex}
        response = self.client.post(
            f"/api/v1/{path}",
            content,
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers | key | headers,
        )
        self.check("post", response)
        return response

    def check(self, method, response):
        """Hold an answer against the OpenAPI document."""
        path = response.request["PATH_INFO"]
        operation = next(
            item[method]
            for template, item in self.document["paths"].items()
            if method in item and re.fullmatch(_pattern(template), path)
        )
        documented = operation["responses"][str(response.status_code)]["content"]
        media_type = response.headers["Content-Type"]
        assert media_type in documented
        if media_type.endswith("json"):
            schema = documented[media_type]["schema"] | {"components": self.document["components"]}
            Draft202012Validator(schema).validate(response.json())


def _pattern(template):
    return re.sub(r"{\w+}", "[^/]+", template.replace("{sku}", ".+"))


def ship_and_bill(customer, *lines, **fields):
    """Place an order of (quantity, price) lines, dispatch it, and issue its invoice."""
    shipment = ship(customer, *lines, **fields)
    [invoice] = bill_shipment(shipment.pk, at=NOW, actor=ACTOR)
    return shipment, invoice


@pytest.fixture(scope="session")
def document():
    return SchemaGenerator(api_version="v1").get_schema(request=None, public=True)


@pytest.fixture
def at_noon():
    """Let the API's clock stand still."""
    with clock.travel(NOW):
        yield NOW


@pytest.fixture
def key_of(db):
    """Make a customer's API key; return its secret."""

    def make(customer, *scopes, **values):
        secret = new_secret()
        ApiKey.objects.create(
            customer=customer,
            name="ERP",
            prefix=secret[:PREFIX_LENGTH],
            secret_hash=hash_of(secret),
            scopes=list(scopes),
            created_at=NOW - timedelta(days=30),
            **values,
        )
        return secret

    return make


@pytest.fixture
def customer(db):
    """Hollis Water, with credit for 10,000.00 EUR and a valve in stock."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-17850", name="Hollis Water")
    CreditAccountFactory.create(customer=customer)
    return customer


@pytest.fixture
def stranger(db):
    """Another customer, with credit too."""
    customer = CustomerFactory.create(number="C-20001", name="Rival Water")
    CreditAccountFactory.create(customer=customer)
    return customer


@pytest.fixture
def valve(customer):
    """KV-080 at 50.00 EUR, 100 in stock."""
    product = ProductFactory.create(sku="KV-080", name="Valve DN80")
    StockLevelFactory.create(product=product)
    return product


@pytest.fixture
def pump(customer):
    """PX-210 at 12.5025 EUR, 100 in stock."""
    product = ProductFactory.create(sku="PX-210", name="Pump", price=None)
    PriceFactory.create(product=product, amount=Decimal("12.5025"))
    StockLevelFactory.create(product=product)
    return product


@pytest.fixture
def api(customer, key_of, document, at_noon):
    """The system of Hollis Water, with every scope."""
    return Api(key_of(customer, *SCOPES), document)


@pytest.fixture
def strangers_api(stranger, key_of, document, at_noon):
    """The system of Rival Water, with every scope."""
    return Api(key_of(stranger, *SCOPES), document)


@pytest.fixture
def system(db, document, at_noon):
    """A system of our own house, allowed what is named."""

    def make(*scopes):
        _key, secret = create_system_key(
            name="Purchasing", scopes=list(scopes), at=NOW, actor=ACTOR
        )
        return Api(secret, document)

    return make
