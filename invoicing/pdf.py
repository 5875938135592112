"""Draw an issued invoice or a pro forma as PDF, from what it says alone."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from catalog.models import TaxCategory
from catalog.signs import sign_of
from catalog.taxation import exempt_by, reason_for
from invoicing import content, pro_forma_content
from invoicing.models import Invoice, ProForma
from invoicing.payment import offers_of, parts_of
from o2c.kernel import pdf
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import Text

TEMPLATES = {
    Invoice.Kind.INVOICE: "invoicing/document.html",
    Invoice.Kind.CREDIT_MEMO: "invoicing/credit_memo_document.html",
}


def draw(invoice: Invoice) -> bytes:
    """Return the PDF of an issued invoice, in the language that it was issued in.

    The same invoice gives the same document, whatever has changed elsewhere since.
    """
    return pdf.render(html(invoice), style="o2c/document.css")


def html(invoice: Invoice) -> str:
    """Return the page that is drawn."""
    says = content.read(invoice)
    with translation.override(says["language"]):
        return render_to_string(TEMPLATES[Invoice.Kind(invoice.kind)], _page(says))


def draw_pro_forma(pro_forma: ProForma) -> bytes:
    """Return the PDF of a pro forma, in the language that it was issued in."""
    says = pro_forma_content.read(pro_forma)
    page = {
        **_parts(says),
        "valid_until": date.fromisoformat(says["valid_until"]),
        "has_paid": Decimal(says["paid_amount"]) > 0,
    }
    with translation.override(says["language"]):
        drawn = render_to_string("invoicing/pro_forma_document.html", page)
    return pdf.render(drawn, style="o2c/document.css")


def _page(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare what an invoice prints."""
    return {
        **_parts(says),
        "due_on": date.fromisoformat(says["due_on"]),
        **_payment(says),
        **_lowered(says),
    }


def _parts(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare what both print: dates as dates, addresses line by line, codes as words."""
    certificate = says.get("tax_certificate", "")
    return {
        **says,
        "issued_on": date.fromisoformat(says["issued_on"]),
        "bill_to": says["bill_to"].split("\n"),
        "ship_to": says["ship_to"].split("\n"),
        "lines": [
            {**line, "sign": sign_of(line["unit"], line["quantity"])} for line in says["lines"]
        ],
        **_charges(says),
        "taxes": [
            {
                **tax,
                "percent": Decimal(tax["rate"]) * 100,
                "note": _note(tax["category"], certificate),
            }
            for tax in says["taxes"]
        ],
    }


def _charges(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare what is charged besides goods, and what is left for those; most name no charges."""
    charges = says.get("charges", [])
    freight = sum((Decimal(charge["net_amount"]) for charge in charges), ZERO)
    return {
        "goods_amount": Decimal(says["net_amount"]) - freight,
        "charges": [{**charge, "percent": Decimal(charge["tax_rate"]) * 100} for charge in charges],
    }


def _lowered(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare which invoice a credit memo lowers, and why; an invoice lowers none."""
    original = says.get("original")
    if not original:
        return {}
    return {
        "original": original["number"],
        "original_on": date.fromisoformat(original["issued_on"]),
        "why": Invoice.Reason(says["reason"]).label,
    }


def _payment(says: dict[str, Any]) -> dict[str, Any]:
    """Prepare instalments and early-payment discounts; older invoices name none."""
    offers = offers_of(says.get("discounts", []))
    gross = Decimal(says["gross_amount"])
    return {
        "schedule": parts_of(says.get("schedule", [])),
        "offers": [(offer, offer.rate * 100, gross - offer.amount) for offer in offers],
    }


def _note(category: str, certificate: str) -> Text:
    """Say why nothing is taxed, as EN 16931 asks (BT-120), with the certificate that says so;
    nothing where it is.
    """
    if category == TaxCategory.EXEMPT and certificate:
        return exempt_by(certificate)
    return reason_for(category)[0]
