"""Who sent a document: trading partners by the codes that envelopes and parties are named with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from customers.models import Customer
from orders.intake.documents import ReadOrder
from orders.models import TradingPartner


@dataclass(kw_only=True)
class Partners:
    """Active partners: by kind and identifier of the envelope, and by codes known everywhere."""

    by_identifier: dict[tuple[str, str], TradingPartner] = field(default_factory=dict)
    by_code: dict[str, TradingPartner] = field(default_factory=dict)

    def sender(self, kind: str, identifier: str) -> TradingPartner | None:
        """Return whose system sent it."""
        return self.by_identifier.get((kind, identifier.casefold()))

    def customer_of(self, order: ReadOrder, kind: str) -> Customer | None:
        """Return who buys: as the document's parties say, else whose envelope it came in."""
        named = (self.by_code.get(code.casefold()) for code in order.parties)
        found = next((partner for partner in named if partner), None)
        found = found or self.sender(kind, order.sender)
        return found.customer if found else None


def partners_of(orders: Sequence[ReadOrder], kind: str) -> Partners:
    """Find the partners that a file's documents name, in one statement."""
    codes = {code for order in orders for code in (*order.parties, order.sender) if code}
    return partners_by_codes(codes, kind)


def partners_by_codes(codes: Iterable[str], kind: str) -> Partners:
    """Find active partners of one kind by identifier, and of every kind by their other codes."""
    wanted = sorted(set(codes))
    partners = Partners()
    if not wanted:
        return partners
    found = TradingPartner.objects.filter(
        Q(kind=kind, identifier__in=wanted) | Q(codes__overlap=wanted), is_active=True
    )
    for partner in found.select_related("customer__payment_terms").order_by("-pk"):
        partners.by_identifier[partner.kind, partner.identifier.casefold()] = partner
        partners.by_code |= {code.casefold(): partner for code in partner.codes}
    return partners
