"""Whose a document is: by what the mail or the pages say, compared with our customers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from orders.intake.documents import Evidence, ReadOrder
from orders.intake.findings import Finding, block
from orders.intake.layouts import Layout, Sender
from orders.intake.learning import words_of
from orders.intake.matching import customers_by_code

GIVEN, NAMED, GUESSED, UNCLEAR = 1.0, 0.97, 0.6, 0.3
MOST_NAMES = 200
SHORTEST_NAME = 4
# Everybody's mail providers: the part after the @ says nothing about the customer.
PUBLIC = {
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com"),
    *("icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de"),
    *("orange.fr", "free.fr", "wanadoo.fr", "laposte.net", "libero.it", "proton.me"),
}


@dataclass(kw_only=True)
class Understood:
    """The orders of one layout, and the customers that they name."""

    orders: list[ReadOrder] = field(default_factory=list)
    customers: dict[str, Customer] = field(default_factory=dict)


def understand_layout(layout: Layout, given: str = "") -> Understood:
    """Find out whose the document is, then read it as that customer means it.

    `given` is the customer's number where the mail, or whoever brings the file, names one.
    """
    hints = [hint for hint in layout.hints if len(hint) >= SHORTEST_NAME][:MOST_NAMES]
    customers = customers_by_code({given, *hints})
    by_mail, doubts = customers_by_mail(hint for hint in hints if "@" in hint)
    named = {row.pk: row for hint in hints if (row := customers.get(hint.casefold()))}
    named |= {row.pk: row for row in by_mail}
    chosen, confidence = _chosen(named, customers.get(given.casefold()))
    findings = _about(named, chosen, given)
    if chosen is None and not named and len(doubts) == 1:
        chosen, confidence = doubts[0], GUESSED
        findings = [_guessed(doubts[0])]
    orders = layout.orders(_sender(chosen))
    for order in orders:
        order.customer = chosen.number if chosen else ""
        order.findings = [*findings, *order.findings]
        if chosen:
            where = order.evidence.get("customer", Evidence(confidence=0)).where
            order.evidence["customer"] = Evidence(confidence=confidence, where=where)
    known = {chosen.number.casefold(): chosen} if chosen else {}
    return Understood(orders=orders, customers=customers | known)


def customers_by_mail(addresses: Iterable[str]) -> tuple[list[Customer], list[Customer]]:
    """Return the customers with one of these addresses, and those with one of the same house."""
    wanted = {address.lower() for address in addresses if "@" in address}
    if not wanted:
        return [], []
    exact = Q(email__in=wanted) | Q(contacts__email__in=wanted)
    houses = {address.rpartition("@")[2] for address in wanted} - PUBLIC
    near = Q(pk=None)
    for house in sorted(houses)[:5]:
        near |= Q(email__iendswith=f"@{house}") | Q(contacts__email__iendswith=f"@{house}")
    found = Customer.objects.filter(is_active=True).select_related("payment_terms")
    by_address = list(found.filter(exact).distinct().order_by("pk")[:5])
    return by_address, [] if by_address else list(found.filter(near).distinct().order_by("pk")[:5])


def _chosen(named: dict[int, Customer], given: Customer | None) -> tuple[Customer | None, float]:
    if given is not None:
        return given, GIVEN if set(named) <= {given.pk} else UNCLEAR
    if len(named) == 1:
        return next(iter(named.values())), NAMED
    return None, 0.0


def _about(named: dict[int, Customer], chosen: Customer | None, given: str) -> list[Finding]:
    """Say when a document names other customers than the one that sent it, or several."""
    others = [row for pk, row in named.items() if chosen is None or pk != chosen.pk]
    if not others:
        return []
    numbers = ", ".join(sorted(row.number for row in others)[:5])
    if given and chosen is not None:
        message = _("The file names customer %(named)s, but it was sent for %(given)s.")
        names = {"named": numbers, "given": chosen.number}
        return [block("customer_differs", "customer", message % names)]
    message = _("The document names several customers: %(numbers)s.") % {"numbers": numbers}
    return [block("unclear_customer", "customer", message)]


def _guessed(customer: Customer) -> Finding:
    message = _("Nobody of this address is known; others of the same house buy for %(number)s.")
    return block("sender_guessed", "customer", message % {"number": customer.number})


def _sender(customer: Customer | None) -> Sender:
    if customer is None:
        return Sender()
    return Sender(
        customer=customer.number,
        language=customer.language,
        currency=customer.currency,
        words=words_of(customer.pk),
    )


def senders_of(addresses: Sequence[str]) -> str:
    """Return the number of the one customer that writes from these addresses, or nothing."""
    exact, _near = customers_by_mail(addresses)
    return exact[0].number if len(exact) == 1 else ""
