"""Numbers as people write them: `1,234.50`, `1.234,50`, `1 234,50`, and which of these is meant."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import UnknownLocaleError
from babel.numbers import NumberFormatError, parse_decimal

SPACES = re.compile(r"[\s\u00a0\u202f']")
# A currency sign or code before or after the number.
MONEY = re.compile(r"^(?:[€$£¥]|[A-Z]{3})?(.*?)(?:[€$£¥]|[A-Z]{3})?$", re.DOTALL)
PLAIN = re.compile(r"[+-]?\d+")
GROUPED = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})+")
BOTH = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+([.,])\d+")
ONE_MARK = re.compile(r"[+-]?\d*([.,])\d+")
# One mark and three digits: a thousand in one country, a thousandth in another.
DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
# More digits than any field of ours keeps; also keeps arithmetic away from absurd exponents.
MAX_LENGTH = 24


@dataclass(frozen=True, kw_only=True)
class Number:
    """`is_doubtful`: it could as well be a thousand times more or less."""

    value: Decimal
    is_doubtful: bool = False


def bare(text: str) -> str:
    """Return the number without spaces, currency, and with a trailing minus in front."""
    squeezed = SPACES.sub("", text).replace("\u2212", "-")
    match = MONEY.match(squeezed)
    number = match[1] if match else squeezed
    return "-" + number[:-1] if number.endswith("-") else number


def decimal_mark(texts: Iterable[str]) -> str:
    """Return the decimal mark that the texts prove, or nothing when they prove none or both."""
    return only_mark({proven_mark(text) for text in texts})


@lru_cache(maxsize=8192)
def proven_mark(text: str) -> str:
    """Return the decimal mark that a text proves by itself, or nothing."""
    return _proven_mark(bare(text))


def only_mark(proven: Collection[str]) -> str:
    """Return the one mark that several texts have proven, or nothing when they disagree."""
    marks = set(proven) - {""}
    return marks.pop() if len(marks) == 1 else ""


def parse_number(text: str, *, mark: str, locale: str) -> Number | None:
    """Read a number. `mark` is the decimal mark proven by the file; else `locale` decides.

    None: it is no number.
    """
    number = bare(text)
    if not number or len(number) > MAX_LENGTH:
        return None
    if DOUBTFUL.fullmatch(number) and not mark:
        value = _in_locale(number, locale)
        return None if value is None else Number(value=value, is_doubtful=True)
    return _undoubted(number, mark)


def _undoubted(number: str, mark: str) -> Number | None:
    if PLAIN.fullmatch(number):
        return Number(value=Decimal(number))
    own_mark = _proven_mark(number) or (mark if DOUBTFUL.fullmatch(number) else "")
    if own_mark:
        return Number(value=_with_mark(number, own_mark))
    if GROUPED.fullmatch(number):
        return Number(value=Decimal(number.replace(",", "").replace(".", "")))
    return None


def _proven_mark(number: str) -> str:
    """Return the decimal mark when this number alone leaves no doubt about it."""
    both = BOTH.fullmatch(number)
    if both:
        return both[2] if both[1] != both[2] else ""
    one = ONE_MARK.fullmatch(number)
    return one[1] if one and not DOUBTFUL.fullmatch(number) else ""


def _with_mark(number: str, mark: str) -> Decimal:
    other = "." if mark == "," else ","
    return Decimal(number.replace(other, "").replace(mark, "."))


def _in_locale(number: str, locale: str) -> Decimal | None:
    try:
        return parse_decimal(number, locale=locale.replace("-", "_"), strict=True)
    except (NumberFormatError, UnknownLocaleError, InvalidOperation, ValueError):
        try:
            return Decimal(number.replace(",", "."))
        except InvalidOperation:
            return None
