"""Places as the post knows them: countries by ISO 3166, postal codes where their form is fixed."""

import re

from babel import Locale
from django.utils.translation import gettext as _

from o2c.kernel.errors import InvalidInput

# The two-letter territories of CLDR, without those that stand for no country.
COUNTRIES = {
    code
    for code in map(str, Locale("en").territories)
    if code.isalpha() and len(code) == len("DE") and code not in {"EU", "EZ", "UN", "ZZ"}
}
# How postal codes are written (Universal Postal Union); other countries are not checked.
FORMS = {
    **dict.fromkeys(("AT", "BE", "BG", "CH", "CY", "DK", "HU", "LI", "LU", "NO", "SI"), r"\d{4}"),
    **dict.fromkeys(("AU", "NZ", "ZA"), r"\d{4}"),
    **dict.fromkeys(("DE", "EE", "ES", "FI", "FR", "HR", "IT", "MC", "SM", "TR", "UA"), r"\d{5}"),
    **dict.fromkeys(("CZ", "GR", "SE", "SK"), r"\d{3} ?\d{2}"),
    **dict.fromkeys(("IN", "RO", "RU", "CN"), r"\d{6}"),
    "BR": r"\d{5}-?\d{3}",
    "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "JP": r"\d{3}-?\d{4}",
    "LT": r"(?:LT-)?\d{5}",
    "LV": r"(?:LV-)?\d{4}",
    "MX": r"\d{5}",
    "NL": r"\d{4} ?[A-Z]{2}",
    "PL": r"\d{2}-?\d{3}",
    "PT": r"\d{4}(?:-?\d{3})?",
    "US": r"\d{5}(?:-\d{4})?",
}


def country(text: str) -> str:
    """Return a country's two letters.

    Raises:
        InvalidInput: they are no country of ISO 3166, such as UK for GB.
    """
    code = text.strip().upper()
    if code not in COUNTRIES:
        raise InvalidInput(_("Enter the country's two letters, such as DE."), field="country")
    return code


def postal_code(text: str, *, country: str) -> str:
    """Return a postal code in capitals, without the country that some put in front.

    Raises:
        InvalidInput: the country writes its postal codes otherwise.
    """
    code = " ".join(text.upper().split())
    form = FORMS.get(country)
    # N 5804, S-958 22, FIN-02271: the country in front, in letters of its own or of ISO 3166.
    bare = re.sub(r"^[A-Z]{1,3}[ -]", "", code)
    if form and re.fullmatch(form, bare):
        return bare
    if code and form and not re.fullmatch(form, code):
        message = _("“%(code)s” is no postal code of %(country)s.")
        names = {"code": text[:20], "country": country}
        raise InvalidInput(message % names, field="postal_code")
    return code
