"""From facts that keep the rules to the rows of an order."""

from catalog.pricing import PricedAt
from o2c.kernel import rows
from o2c.kernel.money import ZERO, round_money
from orders.models import Order, OrderLine
from orders.rules import Facts, LineFacts
from orders.selectors import totals_of

REASON_LENGTH, PART_LENGTH = 200, 60
UNPRICED = PricedAt(amount=ZERO, source="")


def rows_of(facts: Facts) -> list[OrderLine]:
    """Make the lines, numbered from 1; every storable rule has been kept."""
    return [
        _row(line, position, facts.customer.currency)
        for position, line in enumerate(facts.lines, start=1)
    ]


def _row(line: LineFacts, position: int, currency: str) -> OrderLine:
    product, tax, price = line.product, line.tax, line.price or UNPRICED
    assert product is not None
    assert tax is not None
    row = rows.make(
        OrderLine,
        position=position,
        product_id=product.pk,
        sku=product.sku,
        description=product.name,
        unit=product.unit_id,
        unit_price=price.amount,
        price_source=price.source,
        list_price=price.list_amount,
        price_reason=line.reason[:REASON_LENGTH],
        customer_part=line.customer_part[:PART_LENGTH],
        net_amount=round_money(line.quantity * price.amount, currency),
        tax_category=tax.category,
        tax_rate=tax.rate,
        requested_on=line.requested_on,
        ordered=line.quantity,
        blanket_line_id=line.blanket_line_id,
    )
    row.product = product
    return row


def insert_lines(order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        line.order = order
    rows.insert(lines)
    order.held_lines = {line.pk: line for line in lines}


def set_totals(order: Order, lines: list[OrderLine]) -> None:
    sums = totals_of(lines, order.currency)
    order.net_amount = sums.net_amount
    order.tax_amount = sums.tax_amount
    order.gross_amount = sums.gross_amount
