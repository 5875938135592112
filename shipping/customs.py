"""What a customs office asks of goods that leave their customs territory."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.signs import sign_of
from catalog.taxation import PART_OF, UNION
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO, round_money
from shipping.contents import Goods, OrderPart
from shipping.models import Shipment

# The most products that one message names.
MOST_NAMED = 5


class CustomsDataMissing(DomainError):
    """Products without what every customs office asks."""

    code = "customs_data_missing"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """So much of one product of an order; `value` is what it is sold for, excluding tax."""

    product: Product
    sign: str
    quantity: Decimal
    weight_kg: Decimal
    value: Decimal
    currency: str


def crosses_border(shipment: Shipment) -> bool:
    """Say whether the goods leave the customs territory that their house is in."""
    return _territory(shipment.warehouse.country) != _territory(shipment.ship_to.country)


def declared_of(parts: Sequence[OrderPart]) -> list[Declared]:
    """Return what goes along, a row for each product of an order and in the order of its lines.

    Raises:
        CustomsDataMissing: products without commodity code or country of origin; it names them.
    """
    rows = [_declared(goods) for part in parts for goods in _by_product(part)]
    missing = sorted({row.product.sku for row in rows if not _is_known(row.product)})
    if missing:
        named = ", ".join(missing[:MOST_NAMED]) + ("…" if len(missing) > MOST_NAMED else "")
        message = _("%(skus)s: enter the commodity code and the country of origin of the product.")
        raise CustomsDataMissing(message % {"skus": named})
    return rows


def _territory(country: str) -> str:
    whole = PART_OF.get(country, country)
    return "EU" if whole in UNION else whole


def _is_known(product: Product) -> bool:
    return bool(product.commodity_code and product.origin_country)


def _by_product(part: OrderPart) -> list[list[Goods]]:
    together: dict[int, list[Goods]] = defaultdict(list)
    for goods in sorted(part.goods, key=lambda one: one.line.position):
        together[goods.line.product_id].append(goods)
    return list(together.values())


def _declared(goods: Sequence[Goods]) -> Declared:
    line = goods[0].line
    quantity = sum((one.quantity for one in goods), ZERO)
    value = sum((one.quantity * one.line.unit_price for one in goods), ZERO)
    return Declared(
        product=line.product,
        sign=sign_of(line.unit, quantity),
        quantity=quantity,
        weight_kg=quantity * line.product.weight_kg,
        value=round_money(value, line.order.currency),
        currency=line.order.currency,
    )
