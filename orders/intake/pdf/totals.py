"""What the document says that all lines come to, and what it adds to that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.intake.columns import fold
from orders.intake.pdf.figures import ALONE, MARKS, PERCENT, number_of
from orders.intake.pdf.pages import Row, Segment, joined
from orders.intake.pdf.words import CURRENCIES, TOTAL_MEANING

FIGURE_AT_END = re.compile(rf"(.*?)\s*{ALONE.pattern}$")
LETTERS = re.compile(r"[^a-z]")
SHORTEST_PREFIX = 3


@dataclass(frozen=True, kw_only=True)
class Sum:
    """`kind`: total, tax or charge."""

    kind: str
    amount: Decimal
    place: Segment


def kind_of(label: str) -> str:
    """Return what a label in front of an amount says, or nothing."""
    bare = LETTERS.sub("", fold(PERCENT.sub(" ", CURRENCIES.sub(" ", label))))
    if bare in TOTAL_MEANING:
        return TOTAL_MEANING[bare]
    known = [word for word in TOTAL_MEANING if len(word) >= SHORTEST_PREFIX]
    fitting = [word for word in known if bare.startswith(word)]
    return TOTAL_MEANING[max(fitting, key=len)] if fitting else ""


def is_total(row: Row) -> bool:
    """Say whether a row is about all lines together."""
    return any(kind for kind, _figure, _place in _labelled(row))


def figures_of(rows: Sequence[Row]) -> list[str]:
    """Return the figures of the totals as they are written."""
    return [figure for row in rows for _kind, figure, _place in _labelled(row)]


def sums_of(rows: Sequence[Row], *, mark: str, language: str) -> list[Sum]:
    """Return all labelled sums of the rows."""
    sums = []
    for row in rows:
        for kind, figure, place in _labelled(row):
            amount = number_of(figure, mark=mark, language=language)
            if amount is not None:
                sums.append(Sum(kind=kind, amount=amount, place=place))
    return sums


def printed_total(sums: Sequence[Sum], lines: Decimal) -> Sum | None:
    """Return the printed sum that proves the lines: itself their total, or that plus the tax.

    None: something is printed that the lines do not explain, such as freight.
    """
    totals = [found for found in sums if found.kind == "total"]
    if not totals:
        return None
    taxes = {found.amount for found in sums if found.kind == "tax"}
    explained = {lines, *(lines + tax for tax in taxes), lines + sum(taxes, Decimal(0))}
    grand = max(totals, key=lambda found: found.amount)
    if grand.amount not in explained:
        return None
    exact = [found for found in totals if found.amount == lines]
    return exact[0] if exact else grand


def _labelled(row: Row) -> list[tuple[str, str, Segment]]:
    """Return (kind, figure, place) of each label with an amount in a row."""
    found: list[tuple[str, str, Segment]] = []
    label: list[Segment] = []
    for segment in row:
        bare = MARKS.sub(" ", CURRENCIES.sub(" ", segment.text)).strip()
        end = FIGURE_AT_END.fullmatch(bare)
        if end is None:
            label.append(segment)
            continue
        words = " ".join([part.text for part in label] + [end[1]])
        kind = kind_of(words)
        if not words.strip() and found:  # `Tax 15 % on 112.90 … 16.94`: the last figure counts
            found[-1] = (found[-1][0], end[2], joined([found[-1][2], segment]))
        if kind:
            found.append((kind, end[2], joined([*label, segment])))
        label = []
    return found
