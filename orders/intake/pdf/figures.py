"""Numbers in cells: with units, currencies and thousands marks around them."""

import re
from decimal import ROUND_HALF_UP, Decimal

from o2c.kernel.sheets.numbers import parse_number
from orders.intake.pdf.words import CURRENCIES

FIGURE = r"[-+−]?(?:\d{1,3}(?:[  \u202f']\d{3})+(?:[.,]\d+)?|\d[\d.,]*\d|\d)-?"
ALONE = re.compile(rf"({FIGURE})")
# 6, 6 pcs, 6x, 1.00 kg
COUNTED = re.compile(rf"({FIGURE})\s*[x×]?\s*([^\W\d][\w.²³ /-]{{0,15}})?")
MARKS = re.compile(r"[€$£¥]|\bUS\b")
PERCENT = re.compile(rf"{FIGURE}\s*%")
HUNDRED = Decimal(100)


def money_text(text: str) -> str:
    """Return the one figure of a cell without its currency, or nothing when there is not one."""
    bare = MARKS.sub(" ", CURRENCIES.sub(" ", text)).strip()
    return bare if ALONE.fullmatch(bare) else ""


def counted(text: str) -> tuple[str, str]:
    """Return the figure of a quantity's cell and the unit behind it; nothing when it is neither."""
    found = COUNTED.fullmatch(text.strip())
    return (found[1], (found[2] or "").strip(" .")) if found else ("", "")


def number_of(text: str, *, mark: str, language: str) -> Decimal | None:
    """Return the number, or None when it is none or could be a thousand times another."""
    found = parse_number(text, mark=mark, locale=language) if text else None
    return None if found is None or found.is_doubtful else found.value


def comes_to(quantity: Decimal, price: Decimal, discount: Decimal, amount: Decimal) -> bool:
    """Say whether quantity × price, less the discount in percent, is the amount as printed."""
    exact = quantity * price * (1 - discount / HUNDRED)
    places = amount.as_tuple().exponent
    assert isinstance(places, int)
    return exact.quantize(Decimal(1).scaleb(min(places, 0)), ROUND_HALF_UP) == amount
