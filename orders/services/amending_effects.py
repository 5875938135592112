"""What a change of an order would do, told before it is made and kept with it."""

from collections.abc import Iterable
from typing import Any

from orders.amended_lines import Outcome
from orders.models import Order, OrderLine
from orders.selectors import open_gross, totals_of
from orders.services.locking import lines_of

HeadChanges = dict[str, tuple[Any, Any]]


def effects_of(order: Order, outcome: Outcome, head: HeadChanges) -> dict[str, Any]:
    """Return what would change, as JSON: amounts as text, in the order's currency.

    `open` amounts are what is still to be shipped, tax included: what credit counts;
    `wanted_after` is the first day on which some of that is wanted, empty if nothing is open.
    """
    lines = lines_of(order)
    after = {**lines, **{new.pk: new for _old, new in outcome.changed}}
    after |= {-place: line for place, line in enumerate(outcome.added, start=1)}
    sums = totals_of(after.values(), order.currency)
    return {
        "net_before": str(order.net_amount),
        "net_after": str(sums.net_amount),
        "gross_before": str(order.gross_amount),
        "gross_after": str(sums.gross_amount),
        "open_before": str(open_gross(order, lines)),
        "open_after": str(open_gross(order, after)),
        "wanted_after": _first_day(after.values()),
        "head": [
            {"field": name, "before": str(was), "after": str(will)}
            for name, (was, will) in head.items()
        ],
        "lines": [_line_effect(old, new) for old, new in outcome.changed]
        + [_line_effect(None, new) for new in outcome.added],
    }


def _first_day(lines: Iterable[OrderLine]) -> str:
    days = (line.requested_on for line in lines if line.open_quantity > 0)
    first = min(days, default=None)
    return first.isoformat() if first else ""


def _line_effect(old: OrderLine | None, new: OrderLine) -> dict[str, Any]:
    return {
        "line": new.pk,
        "position": new.position,
        "product": new.product_id,
        "sku": new.sku,
        "description": new.description,
        "split_from": new.split_from.position if new.split_from else None,
        "before": None if old is None else _told(old),
        "after": _told(new),
    }


def _told(line: OrderLine) -> dict[str, str]:
    return {
        "quantity": str(line.ordered - line.cancelled),
        "open": str(line.open_quantity),
        "unit_price": str(line.unit_price),
        "net_amount": str(line.net_amount),
        "requested_on": line.requested_on.isoformat(),
    }
