"""JSON: one order, a list of orders, or {"orders": [...]} (docs/intake.md)."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from o2c.kernel.sheets import Row
from o2c.kernel.sheets.shapes import clean
from orders.intake.columns import columns_of, fold, meaning_of
from orders.intake.findings import Finding, Unreadable, block, warn
from orders.intake.tables import Table, check_count

LINES = {"lines", "items", "orderlines", "lineitems"}
# Longer digits are no quantity and no price; reading them would only cost time.
MAX_DIGITS = 30


def read_json(content: bytes) -> list[Table]:
    """Read orders.

    Raises:
        Unreadable: it is no JSON, not of our shape, or means two things at once.
    """
    orders = orders_in(parse(content))
    if not orders:
        raise Unreadable("no_lines", _("The file has no orders."))
    tables = [table_of_order(order) for order in orders]
    check_count(sum(len(table.rows) for table in tables))
    return tables


def parse(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
            parse_int=_number,
        )
    except UnicodeDecodeError:
        raise Unreadable("encoding", _("JSON must be UTF-8.")) from None
    except RecursionError:
        raise Unreadable("too_deep", _("The JSON is nested too deeply.")) from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            "broken_json",
            _("Line %(line)s cannot be read: %(error)s")
            % {"line": error.lineno, "error": error.msg},
        ) from None


def orders_in(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, dict) and isinstance(data.get("orders"), list):
        data = data["orders"]
    orders = data if isinstance(data, list) else [data]
    if not all(isinstance(order, dict) for order in orders):
        raise Unreadable("wrong_shape", _("An order must be a JSON object with `lines`."))
    return orders


def table_of_order(order: dict[str, Any]) -> Table:
    """Turn an order's members into facts, and its lines into rows."""
    facts: dict[str, str] = {}
    notes: list[Finding] = []
    lines: list[dict[str, Any]] = []
    for name, value in order.items():
        field = meaning_of(name)
        if fold(name) in LINES:
            lines = _lines(value)
        elif field:
            facts[field] = _text(value, field, notes)
        else:
            message = _("`%(name)s` is not known and was passed over.")
            notes.append(warn("unknown_field", clean(name), message % {"name": clean(name)}))
    header = list(dict.fromkeys(name for line in lines for name in line))
    rows: list[Row] = [
        (
            position + 1,
            [_text(line.get(name), f"lines.{position}.{name}", notes) for name in header],
        )
        for position, line in enumerate(lines)
    ]
    shown = [clean(name) for name in header]
    columns = columns_of(header)
    return Table(header=shown, columns=columns, rows=rows, facts=facts, notes=notes, mark=".")


def _lines(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
        raise Unreadable("wrong_shape", _("`lines` must be a list of JSON objects."))
    return value


def _text(value: Any, field: str, notes: list[Finding]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    message = _("A text or a number is expected here.")
    notes.append(block("wrong_type", clean(field), message))
    return ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("duplicate_key", _("An object has the same key twice."))
    return found


def _constant(name: str) -> NoReturn:
    raise Unreadable("not_a_number", _("%(name)s is no number.") % {"name": name})


def _number(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= MAX_DIGITS else Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        raise Unreadable("number_too_big", _("A number has more digits than any amount has."))
    return number
