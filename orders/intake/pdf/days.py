"""Dates of one document: one date that can be read in one way only settles all others."""

import re
from collections.abc import Iterable
from dataclasses import replace

from o2c.kernel.sheets.dates import MONTHS, Day, parse_day

IN_TEXT = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d./-])")
DAY_FIRST, MONTH_FIRST = "de", "en-us"


class Days:
    """Reads dates as this document writes them."""

    def __init__(self, texts: Iterable[str], *, language: str) -> None:
        self.language = language
        self.proven = _proven(texts)

    def read(self, text: str) -> Day | None:
        """Return the day; None: it is none. It is doubtful only where nothing settles it."""
        day = parse_day(text, locale=self.proven or self.language)
        return replace(day, is_doubtful=False) if day and self.proven else day


def _proven(texts: Iterable[str]) -> str:
    """Return the order of day and month that the texts prove, or nothing."""
    orders = set()
    for first, _mark, second in (found for text in texts for found in IN_TEXT.findall(text)):
        if int(first) > MONTHS:
            orders.add(DAY_FIRST)
        elif int(second) > MONTHS:
            orders.add(MONTH_FIRST)
    return orders.pop() if len(orders) == 1 else ""
