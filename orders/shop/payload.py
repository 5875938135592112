"""Reading a shop's JSON, of which nothing is certain: wrong types read as nothing there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.findings import Finding, Unreadable, warn
from orders.intake.json_orders import parse

Payload = Mapping[str, Any]
NOTHING: Payload = {}
MAX_DIGITS = 24


def order_in(content: bytes) -> Payload:
    """Return the order of a webhook's body.

    Raises:
        Unreadable: it is no JSON object with a key and lines.
    """
    data = parse(content)
    if not isinstance(data, dict) or not text_of(data, "id"):
        raise Unreadable("wrong_shape", _("This is no order of a web shop: it has no `id`."))
    return data


def text_of(data: Payload, *path: str) -> str:
    """Return a text or a number as text, nothing where there is none."""
    value: Any = data
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, Decimal):
        return f"{value:f}"
    return clean(value) if isinstance(value, str) else ""


def number_of(data: Payload, *path: str) -> Decimal | None:
    """Return a number that is written as a number or as text; None: it is none."""
    text = text_of(data, *path)
    if not text or len(text) > MAX_DIGITS:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount_of(data: Payload, *path: str) -> Decimal:
    """Return an amount; what is not there counts nothing."""
    return number_of(data, *path) or Decimal(0)


def rows_of(data: Payload, name: str) -> list[Payload]:
    """Return the objects of a list; what is no object is left out."""
    rows = data.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def moment_of(text: str) -> datetime | None:
    """Read an ISO moment; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:  # at the end of the calendar, and in a zone beyond it
        return None


def charges(rows: list[Payload], names: tuple[str, str], currency: str) -> list[Finding]:
    """Say of each charge that is no goods that it is not on the order."""
    name, amount = names
    message = _("The shop charges %(amount)s %(currency)s for “%(name)s”: it is not on the order.")
    return [
        warn(
            "charge_line",
            "lines",
            message
            % {
                "amount": f"{amount_of(row, amount):.2f}",
                "currency": currency,
                "name": text_of(row, name)[:60] or _("a charge"),
            },
        )
        for row in rows
        if amount_of(row, amount)
    ]
