"""What GS1 writes on labels: element strings as scanners type them, check digits, SSCCs.

Source: GS1 General Specifications, sections 3 (application identifiers) and 7.9 (check digits).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError, InvalidInput

# FNC1, as scanners type it, ends a field whose length varies.
SEPARATOR = "\x1d"
# What a scanner may type first: "this is GS1 data" of GS1-128, DataMatrix and QR code.
SYMBOLOGIES = ("]C1", "]d2", "]Q3")
FIXED = {"00": 18, "01": 14, "17": 6}
VARIABLE = {"10": 20, "21": 20, "37": 8}
# Dates of making, packing and best before; the variant: printed on many labels, not asked for here.
PASSED_OVER = {"11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "20": 2}
IN_BRACKETS = re.compile(r"\((\d{2,4})\)([^(]*)")
SSCC_DIGITS = 18
SHORTEST_PREFIX, LONGEST_PREFIX = 7, 10


class BadBarcode(InvalidInput):
    """A code that is GS1 data, but damaged, or of a kind that is not read here."""

    code = "bad_barcode"


class NoPrefix(DomainError):
    """Without a GS1 company prefix nobody can be given a number that is unique in the world."""

    code = "no_gs1_prefix"


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a scanned code says; `text` is what was scanned when it is not GS1 data."""

    text: str = ""
    sscc: str = ""
    gtin: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    count: int | None = None


def read_label(scanned: str) -> Label:
    """Read what a scanner typed, or a person: an element string, or any other code as it stands.

    Raises:
        BadBarcode: it is GS1 data, but a check digit, a day or a field of it cannot be.
    """
    text = scanned.strip(" \t\r\n")
    for symbology in SYMBOLOGIES:
        if text.startswith(symbology):
            return _label_of(_fields(text[len(symbology) :]))
    if text.startswith("("):
        return _label_of(_fields_in_brackets(text))
    if SEPARATOR in text or _looks_like_elements(text):
        return _label_of(_fields(text))
    return Label(text=text)


def check_digit(digits: str) -> int:
    """Return the last digit of a GTIN, SSCC or GLN: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return -total % 10


def is_checked(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others."""
    return digits.isascii() and digits.isdigit() and int(digits[-1]) == check_digit(digits[:-1])


def make_sscc(prefix: str, serial: int) -> str:
    """Return the 18 digits of a package: extension digit, company prefix, serial, check digit.

    When the serial outgrows its digits it goes on in the extension digit.

    Raises:
        NoPrefix: `prefix` is not 7 to 10 digits.
    """
    is_prefix = prefix.isascii() and prefix.isdigit()
    if not is_prefix or not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX:
        raise NoPrefix(
            _("Packages get no SSCC: our company has no GS1 company prefix of 7 to 10 digits.")
        )
    room = 10 ** (SSCC_DIGITS - 2 - len(prefix))
    extension, reference = divmod(serial, room)
    digits = f"{extension % 10}{prefix}{reference:0{SSCC_DIGITS - 2 - len(prefix)}}"
    return f"{digits}{check_digit(digits)}"


def gtins_like(gtin: str) -> set[str]:
    """Return the ways in which a GTIN is written: with and without leading zeros."""
    digits = gtin.lstrip("0")
    return {digits.zfill(length) for length in (8, 12, 13, 14) if len(digits) <= length} | {gtin}


def _looks_like_elements(text: str) -> bool:
    """Say whether digits without any mark begin with an SSCC or a GTIN-14 that checks."""
    if text.startswith("00"):
        number = text[2:]
        return len(number) == FIXED["00"] and is_checked(number)
    number = text[2:][: FIXED["01"]]
    return text.startswith("01") and len(number) == FIXED["01"] and is_checked(number)


def _fields(text: str) -> dict[str, str]:
    fields = {}
    rest = text.lstrip(SEPARATOR)
    while rest:
        identifier, rest = rest[:2], rest[2:]
        if identifier in VARIABLE:
            value, _mark, rest = rest.partition(SEPARATOR)
        else:
            length = _length_of(identifier)
            value, rest = rest[:length], rest[length:].removeprefix(SEPARATOR)
        fields[identifier] = value
    return fields


def _fields_in_brackets(text: str) -> dict[str, str]:
    """Read `(01)04006381333931(10)A7`, as it is printed under the bars."""
    found = IN_BRACKETS.findall(text)
    if "".join(f"({identifier}){value}" for identifier, value in found) != text:
        raise BadBarcode(_("This is not a whole barcode. Scan it again."), field="code")
    return {identifier: value.strip() for identifier, value in found}


def _length_of(identifier: str) -> int:
    length = FIXED.get(identifier) or PASSED_OVER.get(identifier)
    if length is None:
        message = _("The barcode has a field (%(name)s) that is not read here. Scan another.")
        raise BadBarcode(message % {"name": identifier}, field="code")
    return length


def _label_of(fields: dict[str, str]) -> Label:
    for identifier, value in fields.items():
        _check(identifier, value)
    return Label(
        sscc=fields.get("00", ""),
        gtin=fields.get("01", ""),
        lot=fields.get("10", ""),
        serial=fields.get("21", ""),
        expires_on=_day(fields["17"]) if "17" in fields else None,
        count=int(fields["37"]) if "37" in fields else None,
    )


def _check(identifier: str, value: str) -> None:
    if identifier in VARIABLE:
        is_right = 0 < len(value) <= VARIABLE[identifier]
        is_right = is_right and (identifier != "37" or (value.isascii() and value.isdigit()))
    else:
        length = _length_of(identifier)
        is_right = len(value) == length and value.isascii() and value.isdigit()
    if not is_right:
        message = _("Field (%(name)s) of the barcode is cut off or damaged. Scan it again.")
        raise BadBarcode(message % {"name": identifier}, field="code")
    if identifier in {"00", "01"} and not is_checked(value):
        message = _("The check digit of %(number)s is wrong. Scan it again.")
        raise BadBarcode(message % {"number": value}, field="code")


def _day(digits: str) -> date:
    """Read YYMMDD; a day of 00 is the last of its month."""
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        message = _("The barcode says %(digits)s as the day of expiry: there is no such day.")
        raise BadBarcode(message % {"digits": digits}, field="code") from None
