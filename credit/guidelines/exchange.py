"""Tables of guidelines as files: JSON as they are kept, CSV with one rule a row."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from credit.guidelines.reading import conditions_of
from o2c.kernel.requests import number_of
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.delimited import decode
from o2c.kernel.sheets.tables import Row, read_table
from o2c.kernel.sheets.writing import FORMULA

COLUMNS = {
    "name": ("rule", "name"),
    "when": ("when", "conditions"),
    "then": ("then", "outcome"),
    "limit": ("limit",),
    "valid_days": ("valid_days", "days"),
    "reason": ("reason",),
}
LARGEST_FILE = 1024 * 1024
MANY = ("in", "not_in")


def rows_of(rules: Sequence[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield the rules as rows of text, in the order of COLUMNS."""
    for rule in rules:
        conditions = (_as_text(*parts) for parts in conditions_of(rule.get("when", {})))
        rest = (str(rule.get(name, "")) for name in ("then", "limit", "valid_days", "reason"))
        yield [rule["name"], "; ".join(conditions), *rest]


def _as_text(fact: str, comparison: str, value: Any) -> str:
    values = " ".join(value) if isinstance(value, list) else str(value)
    return f"{fact} {comparison} {values}"


def read_file(content: bytes, name: str) -> Any:
    """Return the table that a JSON or CSV file holds, not yet read as rules.

    Raises:
        Unreadable: it is too large, damaged, or holds no table.
    """
    if len(content) > LARGEST_FILE:
        raise Unreadable("too_large", _("The file is larger than 1 MB: no table of guidelines is."))
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _from_json(content)
    table = read_table(
        content, name, columns=COLUMNS, needed=("name", "then", "reason"), numbers=()
    )
    return [_rule(row) for row in table.rows]


def _from_json(content: bytes) -> Any:
    try:
        found = json.loads(decode(content)[0])
    except json.JSONDecodeError as problem:
        where = {"line": problem.lineno, "column": problem.colno}
        text = _("The file is no JSON: look at line %(line)s, column %(column)s.")
        raise Unreadable("broken_json", text % where) from None
    except RecursionError:
        raise Unreadable("broken_json", _("The file is nested too deeply.")) from None
    return found.get("rules") if isinstance(found, dict) else found


def _rule(row: Row) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "name": _unmarked(row.text("name")),
        "when": [_parts(part) for part in row.text("when").split(";") if part.strip()],
        "then": row.text("then").lower(),
        "reason": _unmarked(row.text("reason")),
    }
    if rule["then"] == "approve":
        days = row.text("valid_days")
        rule["limit"] = row.text("limit")
        number = number_of(days)
        rule["valid_days"] = days if number is None else number
    return rule


def _parts(text: str) -> list[Any]:
    fact, *rest = text.split()
    comparison, values = (rest[0], rest[1:]) if rest else (None, [])
    return [fact, comparison, values if comparison in MANY else " ".join(values)]


def _unmarked(text: str) -> str:
    """Take away the mark that tells spreadsheets that a text is no formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text
