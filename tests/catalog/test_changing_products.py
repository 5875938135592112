"""Products: changed by one person at a time, discontinued, packed in larger units."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from catalog import services
from catalog.models import Product, ProductUnit
from catalog.services import ChangedMeanwhile, ProductDetails
from catalog.services import products as changing
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from tests.factories import ProductFactory, ProductUnitFactory, UnitFactory
from tests.race import meanwhile, without_locks

GTIN = "4006381333931"


@pytest.fixture
def details(db):
    return ProductDetails(sku="VLV-1", name="Valve", unit_id=UnitFactory.create().pk)


@pytest.fixture
def valve(details, now, actor):
    return services.create_product(details=details, at=now, actor=actor)


def change(product, details, now, actor, revision=None):
    return services.change_product(
        product.pk, details=details, revision=revision, at=now, actor=actor
    )


def test_is_changed_with_its_search_words(valve, details, now, actor):
    changed = change(valve, replace(details, name="Ball valve", gtin=GTIN), now, actor, 0)

    assert (changed.name, changed.folded_text, changed.revision) == (
        *("Ball valve", f"vlv-1 ball valve {GTIN}"),
        1,
    )


def test_refuses_to_overwrite_what_somebody_else_has_changed(valve, details, now, actor):
    change(valve, replace(details, name="Theirs"), now, actor, 0)

    with pytest.raises(ChangedMeanwhile):
        change(valve, replace(details, name="Mine"), now, actor, 0)

    assert Product.objects.get().name == "Theirs"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sku": "TAKEN"}, "sku"),
        ({"sku": " VLV"}, "sku"),
        ({"name": " "}, "name"),
        ({"unit_id": "XXX"}, "unit"),
        ({"gtin": "4006381333930"}, "gtin"),
        ({"gtin": GTIN}, "gtin"),
        ({"gtin": "96385074"}, "gtin"),
        ({"pack_multiple": Decimal(0)}, "pack_multiple"),
        ({"minimum_quantity": Decimal("NaN")}, "minimum_quantity"),
        ({"weight_kg": Decimal(-1)}, "weight_kg"),
        ({"tax_category": "K"}, "tax_category"),
        ({"successor_id": 0}, "successor"),
    ],
)
def test_refuses_what_cannot_be_right(valve, details, now, actor, wrong, field):
    taken = ProductFactory.create(sku="TAKEN", gtin=GTIN)
    ProductUnitFactory.create(product=taken, gtin="96385074")

    with pytest.raises(InvalidInput) as refused:
        change(valve, replace(details, **wrong), now, actor)

    assert refused.value.field == field
    assert Product.objects.get(pk=valve.pk).revision == 0


def test_is_discontinued_in_favour_of_another(valve, now, actor):
    other = ProductFactory.create()

    services.discontinue_product(valve.pk, successor_id=other.pk, at=now, actor=actor)

    product = Product.objects.get(pk=valve.pk)
    assert (product.status, product.successor) == ("discontinued", other)


def test_is_never_replaced_by_itself_or_something_discontinued(valve, now, actor):
    gone = ProductFactory.create(status="discontinued")

    for successor_id in (valve.pk, gone.pk, 0):
        with pytest.raises(InvalidInput):
            services.discontinue_product(valve.pk, successor_id=successor_id, at=now, actor=actor)

    assert Product.objects.get(pk=valve.pk).status == "active"


def test_pack_units_are_set_changed_and_removed(valve, now, actor):
    UnitFactory.create(code="CT", name="carton")

    for factor in (12, 12, 24):
        services.set_pack_unit(
            valve.pk, unit_id="CT", factor=Decimal(factor), gtin=GTIN, at=now, actor=actor
        )
    pack = ProductUnit.objects.get()
    services.remove_pack_unit(valve.pk, unit_id="CT", at=now, actor=actor)

    assert (pack.factor, pack.gtin) == (24, GTIN)
    assert not ProductUnit.objects.exists()
    entries = AuditEntry.objects.filter(action="change").order_by("pk")
    assert [entry.changes["unit CT"] for entry in entries] == [
        ["", f"12 {GTIN}"],
        [f"12 {GTIN}", f"24 {GTIN}"],
        [f"24 {GTIN}", ""],
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"factor": Decimal(0)}, "factor"),
        ({"unit_id": "C62"}, "unit"),
        ({"gtin": "1"}, "gtin"),
        ({"gtin": GTIN}, "gtin"),
    ],
)
def test_refuses_a_pack_that_cannot_be_right(valve, now, actor, wrong, field):
    UnitFactory.create(code="CT", name="carton")
    ProductFactory.create(gtin=GTIN)
    right = {"unit_id": "CT", "factor": Decimal(12), "gtin": ""}

    with pytest.raises(InvalidInput) as refused:
        services.set_pack_unit(valve.pk, **(right | wrong), at=now, actor=actor)

    assert refused.value.field == field
    assert not ProductUnit.objects.exists()


@pytest.fixture
def race(transactional_db, monkeypatch, now, actor):
    """Let somebody else save a revision between one's check and write; return what both got."""
    details = ProductDetails(sku="VLV-1", name="Valve", unit_id=UnitFactory.create().pk)
    product = services.create_product(details=details, at=now, actor=actor)
    works = [
        partial(change, product, replace(details, name=name), now, actor, 0)
        for name in ("Mine", "Theirs")
    ]
    return lambda: meanwhile(monkeypatch, (changing, "_check"), *works)


def test_of_two_at_once_one_is_told(race):
    results = race()

    assert [type(result).__name__ for result in results] == ["Product", "ChangedMeanwhile"]
    assert Product.objects.get().name == "Mine"


def test_without_the_lock_one_change_would_be_lost(race, monkeypatch):
    without_locks(monkeypatch)

    results = race()

    assert [type(result).__name__ for result in results] == ["Product", "Product"]
    assert Product.objects.get().name == "Mine"
