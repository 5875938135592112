"""What customers call our products: remembered, changed, forgotten."""

from decimal import Decimal

import pytest

from catalog import services
from catalog.models import CustomerPartNumber, Product
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from tests.factories import CustomerFactory, CustomerPartNumberFactory, ProductFactory


@pytest.fixture
def remember(now, actor):
    def run(customer, product, number="KC 4711", **more):
        return services.remember_part_number(
            customer.pk, number=number, product_id=product.pk, at=now, actor=actor, **more
        )

    return run


def test_is_remembered_once(db, remember):
    customer, product = CustomerFactory.create(), ProductFactory.create()

    first = remember(customer, product)
    again = remember(customer, product)

    assert first == again
    assert CustomerPartNumber.objects.get().product == product
    entries = AuditEntry.objects.filter(subject=first.label)
    assert [entry.objects_touched for entry in entries] == [
        [first.label, customer.label, product.label]
    ]


def test_the_last_to_say_it_is_right(db, remember):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    part = remember(customer, ProductFactory.create())

    remember(customer, product, "kc  4711", factor=Decimal(12))

    known = CustomerPartNumber.objects.get()
    assert (known.pk, known.product, known.number, known.factor) == (
        *(part.pk, product),
        *("kc 4711", 12),
    )


def test_two_customers_may_use_one_number(db, remember):
    customer, other = CustomerFactory.create(), CustomerFactory.create()

    remember(customer, ProductFactory.create())
    remember(other, ProductFactory.create())

    assert CustomerPartNumber.objects.count() == 2


@pytest.mark.parametrize(
    ("number", "more", "field"),
    [
        (" ", {}, "number"),
        ("9" * 61, {}, "number"),
        ("ﬃ" * 30, {}, "number"),
        ("1", {"factor": Decimal(0)}, "factor"),
        ("1", {"factor": Decimal("NaN")}, "factor"),
    ],
)
def test_refuses_what_cannot_be_right(db, remember, number, more, field):
    with pytest.raises(InvalidInput) as refused:
        remember(CustomerFactory.create(), ProductFactory.create(), number, **more)

    assert refused.value.field == field
    assert not CustomerPartNumber.objects.exists()


def test_refuses_an_unknown_product(db, remember):
    with pytest.raises(Product.DoesNotExist):
        remember(CustomerFactory.create(), Product(pk=999))


def test_is_forgotten(db, now, actor):
    part = CustomerPartNumberFactory.create()

    services.forget_part_number(part.pk, at=now, actor=actor)

    assert not CustomerPartNumber.objects.exists()
    entry = AuditEntry.objects.get(subject=part.label)
    assert entry.changes == {"number": [part.number, ""], "product": [part.product.sku, ""]}
