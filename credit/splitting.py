"""How much of an order fits an amount: pure, nothing is stored."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine
from orders.selectors import gross_of

WHOLE = Decimal(1)


def fitting_quantities(
    order: Order, lines: Mapping[int, OrderLine], amount: Decimal
) -> dict[int, Decimal]:
    """Return `{line id: quantity}` of what fits an amount, tax included.

    From the first line on, as many whole units as fit; a line that fits in whole is taken in
    whole, broken units too.
    """
    taken = dict.fromkeys(lines, ZERO)
    for pk, line in sorted(lines.items(), key=lambda item: item[1].position):
        taken[pk] = _fitting(order, lines, taken, pk, line, amount)
    return taken


def _fitting(
    order: Order,
    lines: Mapping[int, OrderLine],
    taken: Mapping[int, Decimal],
    pk: int,
    line: OrderLine,
    amount: Decimal,
) -> Decimal:
    if gross_of(order, lines, {**taken, pk: line.open_quantity}) <= amount:
        return line.open_quantity
    left = amount - gross_of(order, lines, taken)
    price = line.unit_price * (1 + line.tax_rate)
    most = (left / price).quantize(WHOLE, ROUND_DOWN) if price else ZERO
    units = min(max(most, ZERO), line.open_quantity.quantize(WHOLE, ROUND_DOWN))
    # Rounding of the tax may cost a unit, never more.
    while units and gross_of(order, lines, {**taken, pk: units}) > amount:
        units -= 1
    return units
