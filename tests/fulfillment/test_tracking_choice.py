"""Whether a product is told apart by lots is chosen while none of it is in stock."""

from decimal import Decimal

import pytest

from catalog.models import Product
from catalog.services import ProductDetails, change_product
from fulfillment.models import StockLevel
from fulfillment.services import InStock
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from tests.factories import ProductFactory, StockLevelFactory


def details(product, **changes) -> ProductDetails:
    return ProductDetails(sku=product.sku, name=product.name, unit_id=product.unit_id, **changes)


def test_a_product_without_stock_is_tracked_by_lots_that_expire(company, now, actor):
    product = ProductFactory.create()
    StockLevelFactory.create(product=product, on_hand=Decimal(0))

    change_product(
        product.pk, details=details(product, tracking="lot", expires=True), at=now, actor=actor
    )

    product.refresh_from_db()
    assert (product.tracking, product.expires) == ("lot", True)


def test_what_is_in_stock_without_lots_is_not_tracked_by_them(company, now, actor):
    level = StockLevelFactory.create(on_hand=Decimal(3))
    before = AuditEntry.objects.count()

    with pytest.raises(InStock) as refused:
        change_product(
            level.product_id, details=details(level.product, tracking="lot"), at=now, actor=actor
        )

    assert str(refused.value) == (
        f"{level.product.sku} is in stock at {level.location.code}."
        " Count it to zero first, then choose the tracking."
    )
    assert refused.value.field == "tracking"
    assert Product.objects.get(pk=level.product_id).tracking == "none"
    assert StockLevel.objects.get(pk=level.pk).on_hand == 3
    assert AuditEntry.objects.count() == before


def test_what_is_not_tracked_has_no_lots_that_expire(company, now, actor):
    product = ProductFactory.create()

    with pytest.raises(InvalidInput) as refused:
        change_product(product.pk, details=details(product, expires=True), at=now, actor=actor)

    assert refused.value.field == "expires"
    assert Product.objects.get(pk=product.pk).expires is False
