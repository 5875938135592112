"""What is asked for when an order is changed, laid over its lines: pure, nothing is stored.

Each line is planned on its own: what has left or is being picked stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from orders.models import Order, OrderLine

PRICE_STEP = Decimal("0.0001")
PRICE_REASON_LENGTH = 200
HEADER = ("requested_on", "ship_to_id", "payment_terms_id", "customer_po")


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """What becomes of one line; without `line_id` a new one. What is None stays as it is.

    `quantity` is what is wanted in all, shipped goods included; 0 cancels what is left of it.
    """

    line_id: int | None = None
    product_id: int | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    requested_on: date | None = None
    price_reason: str = ""
    customer_part: str = ""


@dataclass(frozen=True, kw_only=True)
class AmendmentChanges:
    """All that is asked for at once; what is None stays as it is."""

    lines: Sequence[LineChange] = ()
    requested_on: date | None = None
    ship_to_id: int | None = None
    payment_terms_id: int | None = None
    customer_po: str | None = None

    def as_json(self) -> dict[str, Any]:
        head = {name: _plain(getattr(self, name)) for name in HEADER}
        lines = [{name: _plain(value) for name, value in vars(row).items()} for row in self.lines]
        return {**head, "lines": lines}

    def explained(self, reason: str) -> "AmendmentChanges":
        """Return the changes with this reason for each price that has none of its own."""
        lines = [
            replace(row, price_reason=reason[:PRICE_REASON_LENGTH])
            if row.unit_price is not None and not row.price_reason
            else row
            for row in self.lines
        ]
        return replace(self, lines=lines)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "AmendmentChanges":
        head = {name: stored[name] for name in HEADER}
        head["requested_on"] = _day(stored["requested_on"])
        return cls(lines=[_line_from(row) for row in stored["lines"]], **head)


@dataclass(kw_only=True)
class LinePlan:
    """One line of the changed order. `place` is that of its change; None: nobody asked for it."""

    line: OrderLine | None
    place: int | None
    product_id: int
    wanted: Decimal
    requested_on: date
    # None: a new line, priced by the price list.
    unit_price: Decimal | None
    price_reason: str = ""
    customer_part: str = ""

    @property
    def before(self) -> Decimal:
        return self.line.ordered - self.line.cancelled if self.line else ZERO

    @property
    def kept(self) -> Decimal:
        """What has left or is on a pick list: it stays on the line, at its price."""
        return max(self.line.picking, self.line.shipped) if self.line else ZERO

    @property
    def price_source(self) -> str:
        """Where a price that stays comes from; a new one is agreed with whoever asks."""
        return "" if self.line is None or self.is_new_price else self.line.price_source

    @property
    def is_new_price(self) -> bool:
        return self.line is not None and self.unit_price != self.line.unit_price


def plan_lines(
    order: Order, lines: Mapping[int, OrderLine], changes: AmendmentChanges
) -> list[LinePlan]:
    """Lay the changes over the order's lines; those that are wholly cancelled are left out.

    Raises:
        InvalidInput: a change names no line of the order, one twice, or nothing to add.
    """
    asked = _by_line(lines, changes.lines)
    plans = [
        _plan(order, line, *asked.get(line.pk, (None, LineChange())), changes=changes)
        for line in lines.values()
        if line.ordered > line.cancelled
    ]
    new = [(place, change) for place, change in enumerate(changes.lines) if change.line_id is None]
    return plans + [_new(order, place, change, changes=changes) for place, change in new]


def _by_line(
    lines: Mapping[int, OrderLine], changes: Iterable[LineChange]
) -> dict[int, tuple[int, LineChange]]:
    found: dict[int, tuple[int, LineChange]] = {}
    for place, change in enumerate(changes):
        if change.line_id is None:
            continue
        if change.line_id not in lines or change.line_id in found:
            raise InvalidInput(
                _("Name each line of the order once."), field=f"lines.{place}.position"
            )
        line = lines[change.line_id]
        if line.ordered == line.cancelled:
            raise InvalidInput(
                _("Line %(position)s is cancelled. Add a new line with what is wanted.")
                % {"position": line.position},
                field=f"lines.{place}.quantity",
            )
        if change.product_id not in {None, line.product_id}:
            raise InvalidInput(
                _("A line keeps its product: take it off, and add a line with the other one."),
                field=f"lines.{place}.sku",
            )
        found[change.line_id] = place, change
    return found


def _plan(
    order: Order,
    line: OrderLine,
    place: int | None,
    change: LineChange,
    *,
    changes: AmendmentChanges,
) -> LinePlan:
    wanted = line.ordered - line.cancelled
    if change.quantity is not None:
        wanted = _sane(change.quantity, place) or line.shipped
    follows = changes.requested_on if line.requested_on == order.requested_on else None
    return LinePlan(
        line=line,
        place=place,
        product_id=line.product_id,
        wanted=wanted,
        requested_on=change.requested_on or follows or line.requested_on,
        unit_price=line.unit_price if change.unit_price is None else _price(change.unit_price),
        price_reason=change.price_reason or line.price_reason,
        customer_part=change.customer_part or line.customer_part,
    )


def _new(order: Order, place: int, change: LineChange, *, changes: AmendmentChanges) -> LinePlan:
    if change.product_id is None:
        raise InvalidInput(_("Choose a product for the new line."), field=f"lines.{place}.sku")
    if change.quantity is None or not _sane(change.quantity, place):
        raise InvalidInput(_("Enter a quantity above zero."), field=f"lines.{place}.quantity")
    return LinePlan(
        line=None,
        place=place,
        product_id=change.product_id,
        wanted=change.quantity,
        requested_on=change.requested_on or changes.requested_on or order.requested_on,
        unit_price=None if change.unit_price is None else _price(change.unit_price),
        price_reason=change.price_reason,
        customer_part=change.customer_part,
    )


def _sane(quantity: Decimal, place: int | None) -> Decimal:
    if not quantity.is_finite() or quantity < 0:
        raise InvalidInput(_("Enter a quantity of zero or more."), field=f"lines.{place}.quantity")
    return quantity


def _price(price: Decimal) -> Decimal:
    """Return the price with the decimals that are kept; what is too large is refused later."""
    is_small = price.is_finite() and abs(price) < 1 / PRICE_STEP**3
    return price.quantize(PRICE_STEP) if is_small else price


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _line_from(stored: Mapping[str, Any]) -> LineChange:
    return LineChange(
        **{
            **stored,
            "quantity": _number(stored["quantity"]),
            "unit_price": _number(stored["unit_price"]),
            "requested_on": _day(stored["requested_on"]),
        }
    )
