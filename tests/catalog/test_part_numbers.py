"""What customers call our products: remembered, changed, forgotten."""

from decimal import Decimal

import pytest

from catalog import services
from catalog.models import CustomerPartNumber, Product
from catalog.services import parts as saying
from o2c.kernel.errors import InvalidInput
from o2c.kernel.lost_updates import ChangedMeanwhile, mark_of
from o2c.kernel.models import AuditEntry
from tests.factories import (
    CustomerFactory,
    CustomerPartNumberFactory,
    ProductFactory,
    UnitFactory,
)
from tests.race import meanwhile, without_locks


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
        ("1", {"factor": Decimal("0.0001")}, "factor"),
        ("1", {"factor": Decimal("1000000000")}, "factor"),
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


@pytest.fixture
def change(now, actor):
    def run(part, *, seen="", **said):
        known = {"number": part.number, "product_id": part.product_id}
        meaning = services.Meaning(**(known | said))
        return services.change_part_number(part.pk, meaning=meaning, seen=seen, at=now, actor=actor)

    return run


def test_is_put_right_and_both_products_remember_it(db, change):
    part, carton = CustomerPartNumberFactory.create(number="KC 1"), UnitFactory.create(code="CT")
    product = ProductFactory.create()

    change(part, number="KC 2", product_id=product.pk, unit_id=carton.pk, factor=Decimal(12))

    known = CustomerPartNumber.objects.get()
    assert (known.number, known.folded_number, known.product, known.unit, known.factor) == (
        *("KC 2", "kc 2", product, carton),
        12,
    )
    entry = AuditEntry.objects.get(subject=part.label, action="change")
    assert entry.objects_touched == [
        *(part.label, part.customer.label),
        *(part.product.label, product.label),
    ]


def test_is_not_given_the_name_of_another(db, change):
    part = CustomerPartNumberFactory.create(number="KC 1")
    CustomerPartNumberFactory.create(number="KC 2", customer=part.customer)

    with pytest.raises(InvalidInput) as refused:
        change(part, number="kc 2")

    part.refresh_from_db()
    assert (refused.value.field, part.number) == ("number", "KC 1")


def test_is_not_written_over_what_somebody_else_has_changed(db, change):
    part = CustomerPartNumberFactory.create()
    seen = mark_of(CustomerPartNumber.objects.get())
    change(part, description="Theirs", seen=seen)

    with pytest.raises(ChangedMeanwhile):
        change(part, description="Mine", seen=seen)

    assert CustomerPartNumber.objects.get().description == "Theirs"


@pytest.fixture
def both_change(transactional_db, change, monkeypatch):
    """One changes a number that two have looked at, the other does too between check and write."""
    part = CustomerPartNumberFactory.create()
    seen = mark_of(CustomerPartNumber.objects.get())
    once_checked = (saying, "_columns_of")
    names = ("One", "Two")
    works = [lambda name=name: change(part, description=name, seen=seen) for name in names]
    return lambda: meanwhile(monkeypatch, once_checked, *works)


def kinds(results):
    return [type(result).__name__ for result in results]


def test_the_second_of_two_who_change_it_is_told(both_change):
    assert kinds(both_change()) == ["CustomerPartNumber", "ChangedMeanwhile"]
    assert CustomerPartNumber.objects.get().description == "One"


def test_nobody_is_told_without_the_lock(both_change, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert kinds(both_change()) == ["CustomerPartNumber", "CustomerPartNumber"]
