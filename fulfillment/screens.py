"""An open entry screen as it asks about stock: its lines, under which name it keeps goods back,
and what it has been told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from fulfillment import seen
from fulfillment.answers import Asked
from fulfillment.board import name_of
from fulfillment.quantities import is_quantity
from fulfillment.selectors import HORIZON
from o2c.kernel.forms import DateField
from o2c.kernel.standing import session_of
from orders.sheet import DAY, Row, read_sheet

ORDER_DAY = DateField()
# More lines than a person reads at a glance: those behind them are shown in their rows only.
MOST_WATCHED = 50


@dataclass(frozen=True)
class Screen:
    """What one request of a screen says."""

    rows: list[Row]
    holders: list[str]
    session_key: str
    seen_text: str
    day_text: str

    @cached_property
    def name(self) -> str:
        """What differs when the lines do."""
        rows = [(row.sku, row.quantity_text, row.date_text) for row in self.rows]
        return name_of([self.holders, self.day_text, rows])

    @cached_property
    def seen(self) -> seen.Seen | None:
        """What we have told this screen."""
        return seen.read(self.seen_text, self.session_key)

    def lines(self, *, at: datetime) -> list[Asked]:
        """Return the rows as what is asked of stock at an instant."""
        return [
            Asked(
                row.sku,
                quantity_typed(row.quantity_text),
                day_typed(row.date_text, self.day_text, at=at),
            )
            for row in self.rows
        ]


def screen_of(request: HttpRequest) -> Screen:
    rows = read_sheet(request.POST).rows[:MOST_WATCHED]
    return Screen(
        [row for row in rows if row.sku and row.quantity_text],
        holders_of(request.POST.get("token", "")),
        session_of(request),
        request.POST.get("seen", ""),
        request.POST.get("requested_on", ""),
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


def day_asked(asked: Mapping[str, str], *, at: datetime) -> date | None:
    """Return for which day a row is asked: `day`, its own, or else `requested_on`, its order's."""
    return day_typed(asked.get("day", ""), asked.get("requested_on", ""), at=at)


def day_typed(own: str, of_order: str, *, at: datetime) -> date | None:
    """Return the day that was typed for a row, or else for its order; None: neither can be one,
    or it is past. The fields themselves say what is wrong with what was typed.
    """
    return _day(DAY, own, at=at) or _day(ORDER_DAY, of_order, at=at)


def _day(shape: forms.DateField, text: str, *, at: datetime) -> date | None:
    try:
        day = shape.to_python(text.strip())
    except ValidationError:
        return None
    return day if day and at.date() <= day <= at.date() + HORIZON else None
