"""Quantities of packs in the product's own unit."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.units import UnknownUnit, broken_pieces, code_of, ensure_whole, in_base, packs_of
from o2c.kernel.errors import InvalidInput
from tests.factories import ProductFactory, ProductUnitFactory, UnitFactory


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("Stück", "C62"), ("EA", "C62"), ("pcs.", "C62"), ("C62", "C62"), ("h87", "C62")),
        *(("kg", "KGM"), ("Karton", "CT"), ("xct", "CT"), ("CT", "CT"), (" m² ", "MTK")),
        ("firkin", "FIRKIN"),
    ],
)
def test_knows_codes_and_what_people_write(text, code):
    assert code_of(text) == code


def test_counts_packs_in_the_products_own_unit(db):
    product = ProductUnitFactory.create().product

    with CaptureQueriesContext(connection) as captured:
        quantities = [in_base(product, Decimal("2.5"), unit) for unit in ("cartons", "XCT")]

    assert quantities == [30, 30]
    assert len(captured) == 2


@pytest.mark.parametrize("unit", ["", "C62", "EA", "pieces"])
def test_leaves_its_own_unit_as_it_is(db, unit):
    product = ProductFactory.create()

    assert in_base(product, Decimal("7.5"), unit, packs={}) == Decimal("7.5")


def test_refuses_a_unit_that_the_product_is_not_sold_in(db):
    product = ProductFactory.create(sku="VLV-1")

    with pytest.raises(UnknownUnit, match="We sell VLV-1 by “C62”, not by “pallet”"):
        in_base(product, Decimal(1), "pallet", packs={"CT": Decimal(12)})


def test_refuses_to_round(db):
    metre = UnitFactory.create(code="MTR", name="metre", is_divisible=True)
    product = ProductFactory.create(unit=metre)

    with pytest.raises(InvalidInput) as refused:
        in_base(product, Decimal("0.001"), "FOT", packs={"FOT": Decimal("0.305")})

    assert refused.value.field == "quantity"


def test_asks_once_for_the_packs_of_twenty_products(db):
    packs = [ProductUnitFactory.create() for _number in range(20)]

    with CaptureQueriesContext(connection) as captured:
        found = packs_of([pack.product_id for pack in packs])

    assert found == {pack.product_id: {"CT": Decimal(12)} for pack in packs}
    assert len(captured) == 1


@pytest.fixture
def goods(db):
    """A pump by the piece, and hose by the metre."""
    metre = UnitFactory.create(code="MTR", name="metre", is_divisible=True)
    return ProductFactory.create(sku="PUMP"), ProductFactory.create(sku="HOSE", unit=metre)


@pytest.mark.parametrize("quantity", ["0.5", "-0.5", "1.001", "999999999.999"])
def test_says_that_a_piece_is_not_broken(goods, quantity):
    pump, hose = goods

    words = broken_pieces([(pump.pk, Decimal(quantity)), (hose.pk, Decimal(quantity))])

    assert words == {pump.pk: "PUMP comes in whole units (piece): enter a whole number."}
    with pytest.raises(InvalidInput, match="enter a whole number") as refused:
        ensure_whole(pump.pk, Decimal(quantity), field="quantity")
    assert refused.value.field == "quantity"
    ensure_whole(hose.pk, Decimal(quantity), field="quantity")


@pytest.mark.parametrize("quantity", ["0", "3", "3.000", "-2", "NaN", "Infinity", "1E+999999"])
def test_asks_nothing_when_no_part_is_wanted(goods, quantity, django_assert_num_queries):
    pump, _hose = goods

    with django_assert_num_queries(0):
        assert broken_pieces([(pump.pk, Decimal(quantity))]) == {}


def test_asks_once_for_twenty_products(goods, django_assert_num_queries):
    with django_assert_num_queries(1):
        broken_pieces((product.pk + key, Decimal("0.5")) for key, product in enumerate(goods * 10))
