"""What an invoice asks for: when it is due, in which parts, and what paying early takes off."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from customers import terms
from invoicing.models import Invoice
from o2c.kernel.models import Company


def agree_on_payment(invoice: Invoice, company: Company) -> None:
    """Set when an invoice that is being issued is due, by the terms of its order."""
    assert invoice.issued_on  # it is being issued
    agreed = invoice.order.payment_terms.agreed
    what: dict[str, Any] = {
        "gross": invoice.gross_amount,
        "issued_on": invoice.issued_on,
        "currency": invoice.currency,
        "country": company.country,
    }
    parts = terms.schedule(agreed, **what)
    invoice.due_on = parts[-1].due_on
    invoice.schedule = [
        {"due_on": part.due_on.isoformat(), "amount": f"{part.amount:f}"}
        for part in (parts if len(parts) > 1 else [])
    ]
    invoice.discounts = [
        {
            "until": offer.until.isoformat(),
            "rate": f"{offer.rate.normalize():f}",
            "amount": f"{offer.amount:f}",
        }
        for offer in terms.offers(agreed, **what)
    ]


def parts_of(schedule: Iterable[Mapping[str, str]]) -> list[tuple[date, Decimal]]:
    """Return the (due date, amount) of each instalment, as stored with an invoice."""
    return [(date.fromisoformat(part["due_on"]), Decimal(part["amount"])) for part in schedule]


def offers_of(discounts: Iterable[Mapping[str, str]]) -> list[terms.Offer]:
    """Return the early-payment discounts that are stored with an invoice."""
    return [
        terms.Offer(
            until=date.fromisoformat(offer["until"]),
            rate=Decimal(offer["rate"]),
            amount=Decimal(offer["amount"]),
        )
        for offer in discounts
    ]
