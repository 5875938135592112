"""Freight on invoices: what the tariff says, or what somebody enters for a draft."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from customers.freight import FreightTerms
from invoicing import checks, selectors
from invoicing.drafting import complete
from invoicing.freight import Freight, share_of
from invoicing.freight_selectors import carried_in, charged_elsewhere
from invoicing.models import Invoice, InvoiceCharge, InvoiceTax
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import round_money
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from shipping.models import Shipment, ShipmentLine

MOST = Decimal("999999999.999")
LONGEST_REASON = 300


class NotADraft(DomainError):
    """What is issued says the same for ever."""

    code = "invoice_not_draft"


class FreightCharged(DomainError):
    """Another invoice charges the freight of the same order and shipment."""

    code = "freight_charged"


def freight_of(
    shipment: Shipment,
    to_bill: Iterable[Order],
    lines: Collection[ShipmentLine],
    *,
    entered: Mapping[int, Freight],
) -> dict[int, Freight]:
    """Return what each order is to be charged for a shipment, by its key; no row: nothing.

    The first invoice of an order and shipment charges it. What somebody has `entered` for an
    earlier draft stands.
    """
    later = {line.order_id for line in lines if line.is_billed_in_part}  # type: ignore[attr-defined]
    found = {pk: freight for pk, freight in entered.items() if pk not in later}
    asked = [
        order
        for order in to_bill
        if order.freight_terms == FreightTerms.CHARGED
        and order.pk not in later
        and order.pk not in found
    ]
    if not asked:
        return found
    carried = carried_in(shipment.pk, lines)
    for order in asked:
        cost = shipment.freight_cost if shipment.freight_currency == order.currency else None
        amount = None if cost is None else share_of(order.pk, cost, carried, order.currency)
        found[order.pk] = Freight(amount=amount)
    return found


@service
def set_freight(
    invoice_id: int, *, amount: Decimal, reason: str, at: datetime, actor: Actor
) -> Invoice:
    """Charge so much freight with a draft, excluding tax, whatever a tariff says; 0: none.

    Raises:
        Invoice.DoesNotExist: no such invoice.
        NotADraft: it is issued or discarded.
        InvalidInput: it is no amount of the invoice's currency, or none without a reason.
        FreightCharged: another invoice of this order and shipment charges it already.
    """
    order = orders.lock_order(selectors.order_of(invoice_id))
    invoice = lock(Invoice, invoice_id)
    reason = reason.strip()
    _check(invoice, amount, reason)
    lines, _taxes = selectors.parts_of(invoice)
    InvoiceCharge.objects.filter(invoice=invoice).delete()
    InvoiceTax.objects.filter(invoice=invoice).delete()
    made = complete(invoice, lines, freight=amount)
    invoice.freight_is_entered, invoice.freight_reason = True, reason
    invoice.findings = [row for row in invoice.findings if row["rule"] != checks.FREIGHT]
    rows.insert(made.charges)
    rows.insert(made.taxes)
    audit.save(invoice, at=at, actor=actor, reason=reason, touches=[order.label])
    return invoice


def _check(invoice: Invoice, amount: Decimal, reason: str) -> None:
    if invoice.state != Invoice.State.DRAFT:
        message = _("%(invoice)s is no draft any more: its freight stays as it is.")
        raise NotADraft(message % {"invoice": invoice}, field="amount")
    _check_amount(amount, invoice.currency)
    if not amount and not reason:
        raise InvalidInput(_("Say why no freight is charged."), field="reason")
    if len(reason) > LONGEST_REASON:
        message = _("Say it in at most %(most)s letters.") % {"most": LONGEST_REASON}
        raise InvalidInput(message, field="reason")
    if amount and (other := charged_elsewhere(invoice)):
        message = _("%(invoice)s charges the freight of this delivery already.")
        raise FreightCharged(message % {"invoice": other}, field="amount")


def _check_amount(amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount < 0:
        raise InvalidInput(_("Enter an amount of zero or more."), field="amount")
    if amount > MOST:
        message = _("Enter an amount of at most %(most)s.") % {"most": MOST}
        raise InvalidInput(message, field="amount")
    if amount != round_money(amount, currency):
        message = _("%(currency)s has no amount as small as that: round it.")
        raise InvalidInput(message % {"currency": currency}, field="amount")
