"""The printed quote."""

from datetime import date

from django.template.loader import render_to_string
from django.utils import translation

from catalog.signs import sign_of
from o2c.kernel import pdf
from o2c.kernel.models import Company
from o2c.kernel.money import Taxable, totals
from orders.documents.parts import bill_to_of, party_of, seller_of, tax_note, taxes_of
from orders.models import Quote, QuoteLine


def draw_quote(quote: Quote, lines: list[QuoteLine], company: Company, *, made_on: date) -> bytes:
    """Return the PDF of a quote, in the customer's language."""
    return pdf.render(html(quote, lines, company, made_on=made_on), style="o2c/document.css")


def html(quote: Quote, lines: list[QuoteLine], company: Company, *, made_on: date) -> str:
    """Return the page that is drawn."""
    customer = quote.customer
    sums = totals(
        (
            Taxable(net_amount=line.net_amount, category=line.tax_category, rate=line.tax_rate)
            for line in lines
        ),
        quote.currency,
    )
    places = bill_to_of([customer.pk])
    with translation.override(customer.language):
        page = {
            "quote": quote,
            "number": quote.number,
            "currency": quote.currency,
            "seller": seller_of(company),
            "customer": customer.number,
            "vat_number": customer.vat_number,
            "bill_to": party_of(customer, places.get(customer.pk)),
            "ship_to": party_of(customer, quote.ship_to),
            "terms": quote.payment_terms.name,
            "made_on": made_on,
            "lines": [{"line": line, "sign": sign_of(line.unit, line.quantity)} for line in lines],
            "taxes": [{**tax, "note": tax_note(tax["category"])} for tax in taxes_of(sums.taxes)],
            "net_amount": sums.net_amount,
            "gross_amount": sums.gross_amount,
        }
        return render_to_string("orders/documents/quote.html", page)
