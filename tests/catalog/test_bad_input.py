"""Whatever is sent to a form of the catalogue is answered in words: no fault, no half change."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import services
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import (
    NOW,
    CustomerFactory,
    CustomerPartNumberFactory,
    DiscountFactory,
    PriceListFactory,
    ProductFactory,
    TaxExemptionFactory,
    UnitFactory,
)

AREA = "/catalog/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(company, actor):
    customer = CustomerFactory.create()
    product = ProductFactory.create(sku="KV-080")
    CustomerPartNumberFactory.create(customer=customer, product=product)
    DiscountFactory.create(customer=customer, rate=Decimal("0.1"))
    TaxExemptionFactory.create(customer=customer)
    UnitFactory.create(code="CT", name="carton")
    services.set_pack_unit(
        product.pk, unit_id="CT", factor=Decimal(12), gtin="", at=NOW, actor=actor
    )
    client = signed_in()
    read = [
        upload(client, "products", "sku,name\nN-1,Valve\n"),
        upload(client, "prices", "sku,price\nKV-080,9\n", price_list=PriceListFactory.create().pk),
    ]

    forms = forms_below(client, AREA, *read, f"/catalog/part-numbers/?customer={customer.pk}")

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == sorted(UNREACHED)
    assert faults_at(client, AREA) == []


def upload(client, kind, text, **fields):
    """Have a file read; return the address of the page that shows it."""
    file = SimpleUploadedFile("file.csv", text.encode())
    return client.post(f"/catalog/import/{kind}/", {"file": file, **fields})["Location"]
