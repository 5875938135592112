"""Figures as people read them: true minus, grouped by locale, aligned by tabular numerals."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale

Number = Decimal | int | float
# A text, or one that is translated when it is shown.
Text = str | Promise
NOTHING = "—"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def locale() -> Locale:
    """Return the reader's locale."""
    return _locale_of(get_language() or "en")


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(to_locale(language))


@cache
def _marks_of(language: str) -> tuple[str, str]:
    """Return what separates thousands, and what separates decimals."""
    marks = _locale_of(language).number_symbols["latn"]
    return marks["group"], marks["decimal"]


@lru_cache(maxsize=256)
def _places_of(currency: str) -> int:
    return get_currency_precision(currency) if currency else 2


def figure(value: Number, *, places: int) -> str:
    """Write a number with exactly `places` decimals, rounded half up."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    group, decimal = _marks_of(get_language() or "en")
    whole_part, _point, decimals = f"{abs(exact):,.{places}f}".partition(".")
    text = whole_part.replace(",", group) + (decimal + decimals if places else "")
    return f"{MINUS}{text}" if exact < 0 else text


def money(value: Number | None, currency: str = "") -> str:
    """Write an amount with its currency's decimals (two when none is named), without the code."""
    if value is None:
        return NOTHING
    return figure(value, places=_places_of(currency))


def money_in(value: Number | None, currency: str) -> str:
    """Write an amount followed by its currency: `1,234.50 USD`."""
    return NOTHING if value is None else f"{money(value, currency)}{NO_BREAK}{currency}"


def price(value: Number | None, currency: str = "") -> str:
    """Write a unit price with its currency's decimals, and with more where it has more."""
    if value is None:
        return NOTHING
    least = _places_of(currency)
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return figure(value, places=max(least, -int(exponent)))


def whole(value: Number | None) -> str:
    """Write an amount or a count without decimals, as KPIs do."""
    return NOTHING if value is None else figure(value, places=0)


def quantity(value: Number | None) -> str:
    """Write a quantity without trailing zeros: `2.500` is `2.5`, `3.000` is `3`."""
    if value is None:
        return NOTHING
    digits = Decimal(str(value)).normalize().as_tuple().exponent
    return figure(value, places=max(0, -int(digits)))


def percent(fraction: Number | None, places: int = 1) -> str:
    """Write a fraction as a percentage: `0.186` is `18.6 %`; none at all is `0 %`."""
    if fraction is None:
        return NOTHING
    exact = Decimal(str(fraction)) * 100
    return f"{figure(exact, places=places if exact else 0)}{NO_BREAK}%"
