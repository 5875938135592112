"""How many decimals a currency has, for statements in SQL."""

from babel.core import get_global

# Two unless it is named.
FRACTIONS = sorted(get_global("currency_fractions").items())
UNUSUAL = [(code, digits) for code, (digits, *_) in FRACTIONS if len(code) == 3 and digits != 2]  # noqa: PLR2004
PLACES = " ".join(f"WHEN '{code}' THEN {digits}" for code, digits in UNUSUAL)
