"""Draw an issued invoice as PDF, from what it says alone."""

import threading
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from catalog.models import TaxCategory
from invoicing import content
from invoicing.models import Invoice
from o2c.kernel.ui.figures import Text

# A document brings all it needs with it; no address in it is ever opened.
NOTHING_BUT_DATA = URLFetcher(allowed_protocols=["data"])
# Fonts and the parsed style sheet are shared by all documents; drawing two at once is not safe.
DRAWING = threading.Lock()
# What people read for the units' codes (UN/ECE Recommendation 20); others are printed as they are.
UNIT_SIGNS: dict[str, Text] = {
    "C62": _("pcs"),
    "H87": _("pcs"),
    "PR": _("pair"),
    "KGM": "kg",
    "GRM": "g",
    "MTR": "m",
    "MTK": "m²",
    "LTR": "l",
    "HUR": "h",
}


def draw(invoice: Invoice) -> bytes:
    """Return the PDF of an issued invoice, in the language that it was issued in.

    The same invoice gives the same document, whatever has changed elsewhere since.
    """
    page = html(invoice)
    with DRAWING:
        fonts, style = _style()
        sheet = HTML(string=page, url_fetcher=NOTHING_BUT_DATA)
        pdf: bytes = sheet.write_pdf(stylesheets=[style], font_config=fonts)
    return pdf


def html(invoice: Invoice) -> str:
    """Return the page that is drawn."""
    says = content.read(invoice)
    with translation.override(says["language"]):
        return render_to_string("invoicing/document.html", _page(says))


@cache
def _style() -> tuple[FontConfiguration, CSS]:
    path = finders.find("o2c/document.css")
    assert isinstance(path, str)  # it is a part of this program
    fonts = FontConfiguration()
    return fonts, CSS(filename=path, font_config=fonts, url_fetcher=NOTHING_BUT_DATA)


def _page(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare what is printed: dates as dates, addresses line by line, codes as words."""
    return {
        **says,
        "issued_on": date.fromisoformat(says["issued_on"]),
        "due_on": date.fromisoformat(says["due_on"]),
        "bill_to": says["bill_to"].split("\n"),
        "ship_to": says["ship_to"].split("\n"),
        "lines": [
            {**line, "sign": UNIT_SIGNS.get(line["unit"], line["unit"])} for line in says["lines"]
        ],
        "taxes": [
            {**tax, "percent": Decimal(tax["rate"]) * 100, "note": _note(tax["category"])}
            for tax in says["taxes"]
        ],
    }


def _note(category: str) -> Text:
    """Say why nothing is taxed, as EN 16931 asks; nothing at the usual rate."""
    return "" if category == TaxCategory.STANDARD else TaxCategory(category).label
