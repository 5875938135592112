"""Who a customer is in law: numbers brought to one form and checked by their check digits.

Nothing here asks a register: a number that passes could have been given out, no more.
"""

import re
from typing import Any

from django.utils.translation import gettext as _
from stdnum import ean, get_cc_module
from stdnum.eu import vat as eu_vat

from o2c.kernel.errors import InvalidInput

# Northern Ireland trades goods under the rules of the Union; Greece writes EL in VAT numbers.
UNION = {code.upper() for code in eu_vat.MEMBER_STATES} | {"EL", "XI"}
EORI = re.compile(r"[A-Z]{2}[A-Z0-9]{1,15}")
# Where EORI numbers are given out.
EORI_COUNTRIES = (UNION - {"EL"}) | {"GB"}
PLAIN_VAT = re.compile(r"[A-Z0-9]{4,30}")
REGISTRATION_LENGTH = 40
GLN_LENGTH = 13


def vat_number(text: str, *, country: str = "") -> str:
    """Return a VAT number as it is written on invoices: no spaces, its country in front.

    Numbers of the Union and of countries whose rule we know must have the right check digits;
    others are kept as they are. `country` is where the customer is, for a number without prefix.

    Raises:
        InvalidInput: no such number can exist.
    """
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if not number:
        return ""
    prefix = number[:2] if number[:2].isalpha() else ""
    if not prefix and country in UNION:
        prefix = "EL" if country == "GR" else country
        number = prefix + number
    rule = eu_vat if prefix in UNION else _rule_of(prefix) or _rule_of(country)
    fits = rule.is_valid(number) if rule else PLAIN_VAT.fullmatch(number)
    if not fits:
        message = _("“%(text)s” is no VAT number. Compare it with the customer's letterhead.")
        raise InvalidInput(message % {"text": text[:40]}, field="vat_number")
    return number


def _rule_of(country: str) -> Any:
    """Return the module that knows a country's VAT numbers, if there is one."""
    return get_cc_module(country.lower(), "vat") if country else None


def eori(text: str) -> str:
    """Return an EORI number without spaces.

    Raises:
        InvalidInput: it does not begin with a country that gives them out, or is too long.
    """
    number = re.sub(r"[\s.\-]", "", text).upper()
    if number and not (EORI.fullmatch(number) and number[:2] in EORI_COUNTRIES):
        message = _(
            "“%(text)s” is no EORI number: it begins with a country of the Union, GB or XI and has "
            "at most 15 letters and digits after that."
        )
        raise InvalidInput(message % {"text": text[:40]}, field="eori")
    return number


def gln(text: str, *, field: str = "gln") -> str:
    """Return a GS1 location number of 13 digits.

    Raises:
        InvalidInput: its length or its check digit is wrong.
    """
    number = re.sub(r"[\s.\-]", "", text)
    if number and (len(number) != GLN_LENGTH or not ean.is_valid(number)):
        message = _("“%(text)s” is no GLN: it has 13 digits and the last checks the others.")
        raise InvalidInput(message % {"text": text[:40]}, field=field)
    return number


def registration_number(text: str) -> str:
    """Return the number under which a register knows the company, as people write it.

    Raises:
        InvalidInput: it is longer than any register's.
    """
    number = " ".join(text.split())
    if len(number) > REGISTRATION_LENGTH:
        message = _("A registration number has %(most)s characters at most.")
        raise InvalidInput(message % {"most": REGISTRATION_LENGTH}, field="registration_number")
    return number
