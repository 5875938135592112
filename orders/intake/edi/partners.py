"""Who sent a document: trading partners by the codes that envelopes and parties are named with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.intake.documents import ReadOrder
from orders.intake.findings import block
from orders.models import IntakeDocument, TradingPartner

# Formats whose interchanges are numbered.
CONTROLLED = ("x12", "edifact")


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


def used_controls(
    partners: Iterable[TradingPartner], controls: Iterable[str], *, apart_from: str
) -> set[tuple[int, str]]:
    """Return (customer, control number) of interchanges that came before in another file.

    `apart_from` is the SHA-256 of the file that asks.
    """
    wanted = [control for control in controls if control]
    customers = {partner.customer_id for partner in partners}
    if not wanted or not customers:
        return set()
    known = IntakeDocument.objects.filter(
        customer__in=customers, reference__in=wanted, file_format__in=CONTROLLED
    ).exclude(file__sha256=apart_from)
    return set(known.values_list("customer", "reference"))


def refuse_used_controls(
    orders: Sequence[ReadOrder], partners: Partners, *, kind: str, digest: str
) -> None:
    """Find interchanges under a number that their sender has used for something else."""
    senders = {order.part: partners.sender(kind, order.sender) for order in orders}
    known = {partner.pk: partner for partner in senders.values() if partner}
    controls = {order.reference for order in orders}
    used = used_controls(known.values(), controls, apart_from=digest)
    for order in orders:
        partner = senders[order.part]
        if partner is not None and (partner.customer_id, order.reference) in used:
            message = _("%(partner)s has sent another interchange under the number %(number)s.")
            values = {"partner": partner, "number": order.reference}
            order.findings.append(block("duplicate", "file", message % values))
