"""An open entry screen as it asks about stock: its lines, under which name it keeps goods back,
and what it has been told.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django.http import HttpRequest

from fulfillment import seen
from fulfillment.board import name_of
from fulfillment.quantities import is_quantity
from o2c.kernel.standing import session_of
from orders.sheet import Row, read_sheet

# More lines than a person reads at a glance: those behind them are shown in their rows only.
MOST_WATCHED = 50


@dataclass(frozen=True)
class Screen:
    """What one request of a screen says."""

    rows: list[Row]
    holders: list[str]
    session_key: str
    seen_text: str

    @cached_property
    def name(self) -> str:
        """What differs when the lines do."""
        return name_of([self.holders, [(row.sku, row.quantity_text) for row in self.rows]])

    @cached_property
    def seen(self) -> seen.Seen | None:
        """What we have told this screen."""
        return seen.read(self.seen_text, self.session_key)

    @property
    def lines(self) -> list[tuple[str, Decimal]]:
        return [(row.sku, quantity_typed(row.quantity_text)) for row in self.rows]


def screen_of(request: HttpRequest) -> Screen:
    rows = read_sheet(request.POST).rows[:MOST_WATCHED]
    return Screen(
        [row for row in rows if row.sku and row.quantity_text],
        holders_of(request.POST.get("token", "")),
        session_of(request),
        request.POST.get("seen", ""),
    )


def holders_of(token: str) -> list[str]:
    """Return under which name goods are kept back for a screen."""
    return [f"entry:{token}"[:60]] if token else []


def quantity_typed(text: str) -> Decimal:
    """Return what was typed as a quantity; one when it is none."""
    return quantity_in(text) or Decimal(1)


def quantity_in(text: str) -> Decimal | None:
    """Return what was typed as a quantity; None: it cannot be one."""
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        return None
    return quantity if is_quantity(quantity) else None
