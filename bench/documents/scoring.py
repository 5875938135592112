"""Compare what was read with what was meant, field by field."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.documents.truth import Order

HEAD = ("customer", "po_number", "requested_on", "currency")
LINE = ("sku", "quantity", "unit_price", "amount")


@dataclass(kw_only=True)
class Score:
    """Fields found right, found wrong (or invented), and missed."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def take(self, truth: Order, content: Mapping[str, Any]) -> bool:
        """Count the fields of one document; return whether all of it is right."""
        before = len(self.faults)
        meant = meaning_of(truth)
        days = {line.get("requested_on", "") for line in content.get("lines", [])}
        common = days.pop() if len(days) == 1 else ""
        read_head = {**content, "requested_on": content.get("requested_on", "") or common}
        for name in HEAD:
            self._compare(name, meant[name], read_head.get(name, ""))
        lines = content.get("lines", [])
        for place in range(max(len(lines), len(truth.lines))):
            read = lines[place] if place < len(lines) else {}
            line = meant["lines"][place] if place < len(truth.lines) else {}
            for name in LINE:
                self._compare(name, line.get(name, ""), read.get(name, ""))
        return len(self.faults) == before

    def _compare(self, name: str, meant: str, read: str) -> None:
        if _plain(meant) == _plain(read):
            self.right[name] += bool(meant)
            return
        self.faults.append(f"{name}: {meant!r} read as {read!r}")
        self.wrong[name] += bool(read)
        self.missed[name] += bool(meant)

    def f1(self, *names: str) -> float:
        """Return the harmonic mean of precision and recall over these fields."""
        chosen = names or (*HEAD, *LINE)
        right = sum(self.right[name] for name in chosen)
        others = sum(self.wrong[name] + self.missed[name] for name in chosen)
        return 2 * right / (2 * right + others) if right else 0.0


def meaning_of(truth: Order) -> dict[str, Any]:
    """Return the document as a perfect reader would write it down."""
    return {
        "customer": truth.buyer.number,
        "po_number": truth.po_number,
        "requested_on": truth.requested_on.isoformat(),
        "currency": truth.buyer.currency,
        "lines": [
            {
                "sku": line.item.sku,
                "quantity": str(line.quantity),
                "unit_price": str(line.item.price),
                "amount": str(line.amount + (truth.misprint if place == 0 else 0)),
            }
            for place, line in enumerate(truth.lines)
        ],
    }


def _plain(text: str) -> str | Decimal:
    bare = text.replace(".", "", 1)
    return Decimal(text) if bare.isdigit() and not text.startswith("0") else text
