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
KINDS = frozenset(TradingPartner.Kind.values)


@dataclass(frozen=True, kw_only=True)
class Door:
    """The way that a file came, and with it whose envelopes are believed.

    Through a `partner`'s own folder or AS2 address only theirs; by mail only those of the customer
    who wrote it (`customer`, our number), and none while nobody has proven who that is
    (`is_unproven`); our own people may bring anybody's.
    """

    partner: TradingPartner | None = None
    customer: str = ""
    is_mail: bool = False
    is_unproven: bool = False

    def admits(self, claimed: TradingPartner) -> bool:
        """Say whether an envelope that names this partner may come through here."""
        if self.partner is not None:
            return claimed.pk == self.partner.pk
        if self.is_unproven:
            return False
        return not self.is_mail or claimed.customer.number == self.customer

    def partners_among(self, kind: str, identifiers: Iterable[str]) -> dict[str, TradingPartner]:
        """Return the active partners that envelopes name, by folded identifier, if admitted."""
        found = TradingPartner.objects.filter(
            kind=kind, identifier__in=set(identifiers), is_active=True
        )
        return {
            partner.identifier.casefold(): partner
            for partner in found.select_related("customer")
            if self.admits(partner)
        }


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


def disown(orders: Sequence[ReadOrder], partners: Partners, door: Door, *, kind: str) -> None:
    """Take the sender's name off documents whose envelope names somebody else than their door.

    What came through a partner's own door is refused; of a mail a person decides. Afterwards
    nothing of the partner who is named is touched by the document.
    """
    if kind not in KINDS:
        return
    for order in orders:
        claimed = partners.sender(kind, order.sender)
        if _is_theirs(order, claimed, door, kind=kind):
            continue
        if door.is_unproven:  # that says it already
            order.sender = ""
            continue
        if door.partner is not None:
            order.is_refused, order.customer = True, door.partner.customer.number
        order.findings.append(block("sender_differs", "sender", _who_differs(order, door)))
        order.sender = ""


def _is_theirs(order: ReadOrder, claimed: TradingPartner | None, door: Door, *, kind: str) -> bool:
    if claimed is not None:
        return door.admits(claimed)
    is_named = bool(order.sender) or kind in CONTROLLED
    return door.partner is None or not is_named


def _who_differs(order: ReadOrder, door: Door) -> str:
    values = {"named": order.sender[:60] or "-", "door": door.partner or door.customer or "-"}
    if door.partner is not None:
        message = _(
            "The envelope names %(named)s as its sender, but it came by the way of %(door)s."
            " Nothing of it was taken."
        )
    else:
        message = _(
            "The envelope names %(named)s as its sender, but the mail is from somebody else"
            " (%(door)s)."
        )
    return message % values


def used_controls(
    partners: Iterable[TradingPartner], controls: Iterable[str], *, apart_from: str
) -> set[tuple[str, str]]:
    """Return (sender's identifier, control number) of interchanges that came in another file.

    `apart_from` is the SHA-256 of the file that asks.
    """
    wanted = [control for control in controls if control]
    senders = {partner.identifier for partner in partners}
    if not wanted or not senders:
        return set()
    known = IntakeDocument.objects.filter(
        sender__in=senders, reference__in=wanted, file_format__in=CONTROLLED
    ).exclude(file__sha256=apart_from)
    return set(known.values_list("sender", "reference"))


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
        if partner is not None and (partner.identifier, order.reference) in used:
            message = _("%(partner)s has sent another interchange under the number %(number)s.")
            values = {"partner": partner, "number": order.reference}
            order.findings.append(block("duplicate", "file", message % values))
