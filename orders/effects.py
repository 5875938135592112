"""What an amendment does and what revisions differ in, read from what was kept, for people."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from customers.models import Address, PaymentTerms
from o2c.kernel.ui import dates, figures
from orders.models import Amendment
from orders.revisions import NAMES, Difference

Row = dict[str, Any]


def effect_rows(amendment: Amendment) -> list[Row]:
    """Return each line that changes: `before` (None: a new line) and `after`, as values."""
    return [
        {**line, "before": _typed(line["before"]), "after": _typed(line["after"])}
        for line in amendment.effects.get("lines", [])
    ]


def head_rows(amendment: Amendment) -> list[Row]:
    """Return what changes of the order's head, each with its name."""
    rows: list[Row] = amendment.effects.get("head", [])
    return [{**row, "name": NAMES[row["field"]]} for row in rows]


def difference_rows(found: Iterable[Difference]) -> list[Row]:
    """Return differences of two revisions as text; two statements at most."""
    told = list(found)
    places = _named(Address, told, "ship_to")
    terms = _named(PaymentTerms, told, "payment_terms")
    return [
        {
            "position": row.position,
            "sku": row.sku,
            "field": NAMES[row.field],
            "before": _text(row.field, row.before, {**places, **terms}),
            "after": _text(row.field, row.after, {**places, **terms}),
        }
        for row in told
    ]


def _typed(told: dict[str, str] | None) -> Row | None:
    if told is None:
        return None
    values: Row = {name: Decimal(text) for name, text in told.items() if name != "requested_on"}
    return {**values, "requested_on": date.fromisoformat(told["requested_on"])}


def _named(
    model: type[Address] | type[PaymentTerms], found: Iterable[Difference], field: str
) -> dict[tuple[str, int], str]:
    keys = {key for row in found if row.field == field for key in (row.before, row.after)}
    if not keys:
        return {}
    return {(field, row.pk): str(row) for row in model._default_manager.filter(pk__in=keys)}


def _text(field: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    if value is None or value == "":
        return figures.NOTHING
    if (field, value) in names:
        return names[field, value]
    if field == "quantity":
        return figures.quantity(Decimal(value))
    if field == "unit_price":
        return figures.price(Decimal(value))
    if field == "requested_on":
        return str(dates.day(date.fromisoformat(value)))
    return str(value)
