"""Whoever brings a table reads and writes it, for what it was brought: nobody else."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.models import Price, Product
from customers.models import Contact, Customer
from fulfillment.models import ExpectedReceipt
from o2c.kernel import roles
from tests.factories import (
    CustomerFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    UnitFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db

# What is brought where, and what it writes.
TABLES = {
    "/catalog/import/products/": ("sku,name\nN-1,Valve\n", Product),
    "/catalog/import/prices/": ("sku,price\nKV-1,12.5\n", Price),
    "/fulfillment/stock/expected/import/": (
        "reference;sku;quantity;expected on\nPO-1;KV-1;5;2026-12-04\n",
        ExpectedReceipt,
    ),
    "/customers/import/": ("Number;Name;Terms\nK-17;Pump;NET30\n", Customer),
    "/customers/contacts/import/": (
        "Customer;Contact;Contact e-mail\nC-1;Ellis;ellis@x.example\n",
        Contact,
    ),
}


@pytest.fixture
def importer(company, person):
    """Give a function that signs in somebody new who may import everything."""

    def importer():
        user = person(roles.ADMINISTRATOR)
        user.user_permissions.set(Permission.objects.all())
        client = Client()
        client.force_login(user)
        return client

    return importer


@pytest.fixture
def prices(company):
    UnitFactory.create()
    PaymentTermsFactory.create(code="NET30")
    CustomerFactory.create(number="C-1")
    ProductFactory.create(sku="KV-1", price=None)
    WarehouseFactory.create()
    return PriceListFactory.create()


def second_step(client, address, prices):
    """Bring the table of an import; return the address at which it is written."""
    content, _model = TABLES[address]
    file = SimpleUploadedFile("table.csv", content.encode())
    response = client.post(address, {"file": file, "price_list": prices.pk})
    if response.status_code == 302:
        return response.url
    return f"{address}{response.context['file'].seal}/"


@pytest.mark.parametrize("address", TABLES)
def test_is_written_by_who_brought_it_and_by_nobody_else(importer, prices, address):
    model = TABLES[address][1]
    mine, other = importer(), importer()
    target = second_step(mine, address, prices)
    before = model.objects.count()

    refused = other.post(target, {"form_token": "two"})
    looked = other.get(target)
    after_refusal = model.objects.count()
    mine.post(target, {"form_token": "one"})

    assert refused.status_code == 404
    assert looked.status_code in {404, 405}
    assert after_refusal == before
    assert model.objects.count() == before + 1


@pytest.mark.parametrize("address", TABLES)
def test_is_written_only_as_what_it_was_brought(importer, prices, address):
    mine = importer()
    seal = second_step(mine, address, prices).removeprefix(address).split("/")[0]
    everything = [(each, each.objects.count()) for _text, each in TABLES.values()]

    for elsewhere in set(TABLES) - {address}:
        suffix = f"{prices.code}/" if "prices" in elsewhere else ""
        target = f"{elsewhere}{seal}/{suffix}"
        assert mine.post(target, {"form_token": "one"}).status_code == 404

    assert [(each, each.objects.count()) for each, _count in everything] == everything


def test_prices_are_written_into_the_list_that_they_were_brought_for(importer, prices):
    mine = importer()
    other = PriceListFactory.create(code="OTHER")
    target = second_step(mine, "/catalog/import/prices/", prices)

    refused = mine.post(target.replace(f"/{prices.code}/", f"/{other.code}/"))

    assert refused.status_code == 404
    assert not Price.objects.exists()


@pytest.mark.parametrize("seal", ["1", "17", "not-a-seal", "WzFd.c2VhbA", "." * 300])
@pytest.mark.parametrize("address", TABLES)
def test_a_seal_that_is_none_opens_nothing(importer, prices, address, seal):
    mine = importer()
    suffix = f"{prices.code}/" if "prices" in address else ""
    second_step(mine, address, prices)
    model = TABLES[address][1]
    before = model.objects.count()

    assert mine.post(f"{address}{seal}/{suffix}", {"form_token": "one"}).status_code == 404
    assert model.objects.count() == before


def test_each_finds_the_same_content_under_their_own_name_for_it(importer, prices):
    content = TABLES["/customers/import/"][0].encode()

    names = [
        importer()
        .post("/customers/import/", {"file": SimpleUploadedFile(name, content)})
        .context["file"]
        .name
        for name in ("mine.csv", "yours.csv")
    ]

    assert names == ["mine.csv", "yours.csv"]
