"""Parts of what comes in whole units only, by the line of a shipment."""

from collections.abc import Iterable
from decimal import Decimal

from catalog.units import broken_pieces, is_part
from shipping.models import ShipmentLine


def broken_lines(wanted: Iterable[tuple[int, Decimal]]) -> dict[int, str]:
    """Return what to say of shipped lines whose product comes whole and of which a part is wanted.

    No statement is made when all quantities are whole.
    """
    parts = {key: quantity for key, quantity in wanted if is_part(quantity)}
    if not parts:
        return {}
    lines = ShipmentLine.objects.filter(pk__in=parts)
    products = dict(lines.values_list("pk", "order_line__product_id"))
    words = broken_pieces((product, parts[key]) for key, product in products.items())
    return {key: words[product] for key, product in products.items() if product in words}
