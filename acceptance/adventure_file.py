"""The purchase orders of a bicycle maker: one file of lines, taken as it stands."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from acceptance.retail_file import usual

Row = dict[str, str]
# What an order line's quantity and price hold.
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class AdventureFile:
    """`content` is the file of lines; `subtotals` what the headers say that each order costs."""

    content: bytes
    rows: list[Row]
    subtotals: dict[str, Decimal]
    names: dict[str, str]

    @cached_property
    def list_prices(self) -> dict[str, Decimal]:
        """Return each product's most usual price."""
        paid: dict[str, Counter[Decimal]] = defaultdict(Counter)
        for row in self.rows:
            paid[row["ProductID"]][Decimal(row["UnitPrice"])] += 1
        return {product: usual(prices) for product, prices in paid.items()}

    @cached_property
    def expected(self) -> dict[str, set[str]]:
        """Return by PO number the rules that must speak."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            said = found[row["PurchaseOrderID"]]
            if Decimal(row["UnitPrice"]) != self.list_prices[row["ProductID"]]:
                said.add("price_differs")
        return dict(found)


def read_adventure(folder: Path) -> AdventureFile:
    """Read the folder's lines, headers and product names."""
    path = folder / "Purchasing_PurchaseOrderDetail.csv"
    headers = _rows(folder / "Purchasing_PurchaseOrderHeader.csv")
    products = _rows(folder / "Production_Product.csv")
    return AdventureFile(
        content=path.read_bytes(),
        rows=_rows(path),
        subtotals={row["PurchaseOrderID"]: Decimal(row["SubTotal"]) for row in headers},
        names={row["ProductID"]: row["Name"] for row in products},
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
