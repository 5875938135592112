"""Thirty-six layouts: how a purchase order looks on paper, apart from what it says.

The first twelve were looked at while the reader was written; the others were not.
"""

from dataclasses import dataclass

SEEN = 12
BOLD, TWO_ROWS = 3, 4
LANGUAGES = ("en", "de", "fr", "es", "nl", "en-us")
TABLES = ("ruled", "rows", "bare", "frame", "zebra", "columns")
HEADS = ("beside", "below", "grid", "colon", "title")
FONTS = ("DejaVu Sans", "DejaVu Serif", "Liberation Sans", "DejaVu Sans Mono")
COLUMNS = (
    ("position", "sku", "name", "quantity", "unit", "price", "amount"),
    ("sku", "name", "quantity", "price", "amount"),
    ("position", "quantity", "unit", "sku", "name", "price", "amount"),
    ("position", "own", "sku", "name", "quantity", "price", "amount"),
    ("name", "sku", "unit", "quantity", "price", "amount"),
    ("position", "named", "quantity", "unit", "price", "amount"),
    ("quantity", "name", "sku", "price", "amount"),
    ("position", "sku", "name", "wanted", "quantity", "price", "amount"),
    ("position", "sku", "name", "counted", "price", "amount"),
)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What makes one layout differ from another."""

    number: int
    language: str
    table: str
    head: str
    columns: tuple[str, ...]
    font: str
    size: float
    variant: int
    is_bold_twice: bool
    is_two_row_header: bool
    has_currency_in_cells: bool
    totals: str
    most_lines: int
    align: str
    account: bool


def layouts() -> list[Layout]:
    """Return all layouts; each differs from every other in several of its features."""
    return [_layout(number) for number in range(36)]


def _layout(number: int) -> Layout:
    return Layout(
        number=number,
        language=LANGUAGES[number % 6],
        table=TABLES[(number * 5 + number // 6) % 6],
        head=HEADS[(number * 3 + number // 5) % 5],
        columns=COLUMNS[(number * 7 + number // 9) % 9],
        font=FONTS[(number + number // 4) % 4],
        size=(8, 9, 10, 7.5)[(number // 3) % 4],
        variant=number * 7 // 3,
        is_bold_twice=number % 7 == BOLD,
        is_two_row_header=number % 5 == TWO_ROWS,
        has_currency_in_cells=number % 4 == 1,
        totals=("net, tax, total", "total", "net, tax, total", "net")[(number // 2) % 4],
        most_lines=(6, 12, 45, 8)[(number // 2 + number) % 4],
        align=("right", "right", "left", "center")[(number * 3 // 2) % 4],
        account=number % 3 == 0,
    )
