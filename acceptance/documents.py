"""Invoices of other people as PDF: none of them is an order, and their lines are read right."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from acceptance.house import IMPORT, House, instant
from acceptance.report import Report
from o2c.kernel import clock
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order

FOLDER = "documents/invoice_pdf"
TITLE = "documents: invoices as PDF, with what others read in them"
HOUR = 12
# Lines of which the answer beside the file gives no price of their own.
PRICES = ("price_unit", "price")


def run(home: House, folder: Path) -> Report:
    """Take each file in and compare it with the answer beside it."""
    report = Report(TITLE)
    files = sorted((folder / FOLDER).glob("*.pdf"))
    report.check(bool(files), f"there are no files in {folder / FOLDER}")
    rows = [_row(path, report) for path in files]
    if rows:
        report.table(("file", "status", "findings", "lines read", "lines right"), rows)
    return report


def _row(path: Path, report: Report) -> tuple[str, str, str, int, int]:
    placed = Order.objects.count()
    at = instant(clock.now().date(), HOUR)
    (result,) = take_in(path.name, path.read_bytes(), commit=True, at=at, actor=IMPORT)
    rules = {finding.rule for finding in result.findings}
    report.check("not_an_order" in rules, f"{path.name} is an invoice: {sorted(rules)}")
    report.check(result.status in ("review", "rejected"), f"{path.name}: {result.status}")
    report.check(Order.objects.count() == placed, f"{path.name} became an order")
    assert result.document_id is not None  # it was to be kept
    content = IntakeDocument.objects.get(pk=result.document_id).content
    wanted = answer_of(path.with_suffix(".json"))
    found = [_read(line) for line in content["lines"]]
    right = sum(line in found for line in wanted)
    report.check(right == len(wanted), f"{path.name}: {found} is not {wanted}")
    return path.name, str(result.status), ", ".join(sorted(rules)), len(found), right


def answer_of(path: Path) -> list[tuple[str, Decimal, Decimal | None]]:
    """Return (first words, quantity, unit price) of each line that the answer tells of."""
    (answer,) = json.loads(path.read_text(encoding="utf-8"))
    lines = [line for line in answer["lines"] if "qty" in line]
    return [
        (_words(line.get("name") or line.get("desc", "")), Decimal(str(line["qty"])), _price(line))
        for line in lines
    ]


def _price(line: dict[str, Any]) -> Decimal | None:
    """Return a unit price less its discount, as an order would have it."""
    named = next((line[name] for name in PRICES if name in line), None)
    if named is None:
        return None
    discount = Decimal(str(line.get("discount", 0)))
    return Decimal(str(named)) * (100 - discount) / 100


def _read(line: dict[str, Any]) -> tuple[str, Decimal, Decimal | None]:
    text = line["description"].replace(f"[{line['sku']}]", "").replace(f"*{line['sku']}*", "")
    price = Decimal(line["unit_price"]) if line["unit_price"] else None
    return _words(text), Decimal(line["quantity"]), price


def _words(text: str) -> str:
    """Return the first words of a name: the answers differ in where they break the lines."""
    return " ".join(text.split()[:2]).casefold()
