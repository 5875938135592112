"""Credit memos: what an issued invoice asks for is lowered by a document of its own."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from customers.models import Customer
from invoicing import crediting, selectors
from invoicing.credit_selectors import credited_of
from invoicing.crediting import Credited
from invoicing.drafting import quantities as by_order_line
from invoicing.events import CreditMemoIssued
from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax
from invoicing.services.documents import ensure_issued
from invoicing.services.sealing import seal
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id, take_number
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.selectors import tax_certificate_of

NOTHING: Mapping[int, Decimal] = MappingProxyType({})


class OverCredited(DomainError):
    """More was to be credited of a line than is left of it."""

    code = "over_credited"


@service
def credit_invoice(
    invoice_id: int,
    *,
    quantities: Mapping[int, Decimal],
    at_fault: Mapping[int, Decimal] = NOTHING,
    reason: str,
    source: str,
    at: datetime,
    actor: Actor,
) -> Invoice:
    """Issue a credit memo over quantities of an invoice's lines, `{line id: quantity}`.

    A line is credited at the price and the tax that were billed for it. What of it is `at_fault`,
    ours or the carrier's, takes its part of the freight along. `source` names what asks
    for it, `return:5`; asked again, the memo that was made then is returned.

    Raises:
        Invoice.DoesNotExist: no such invoice.
        NotIssued: it is a draft: that can be changed itself.
        InvalidInput: it is a credit memo, or has no such line, or a quantity is not positive.
        OverCredited: more than what is left of a line.
        SeriesAhead: a credit memo of a later date has a number already.
    """
    order = orders.lock_order(selectors.order_of(invoice_id))
    original = lock(Invoice, invoice_id)
    ensure_issued(original)
    known = original.credit_memos.filter(source=source).first()
    if known is not None:
        return known
    original.order, original.customer = order, lock(Customer, original.customer_id)
    billed, taxed = selectors.parts_of(original)
    charged = selectors.charges_of(original)
    before = credited_of(original)
    _ensure_left(original, billed, quantities, before)
    memo = _memo(original, reason=reason, source=source, at=at)
    lines = crediting.credit_lines(memo, billed, quantities, before)
    charges = crediting.credit_charges(memo, lines, at_fault, charged, before)
    taxes = crediting.credit_taxes(memo, [*lines, *charges], taxed, before)
    crediting.add_up(memo, charges, taxes)
    _issue(memo, lines, charges, taxes, at=at, actor=actor)
    if _is_all_credited(billed, quantities, before) and _is_all_taken_off(charged, charges, before):
        original.credit()
        audit.save(original, at=at, actor=actor, touches=[memo.label, order.label])
    publish(CreditMemoIssued(memo_id=memo.pk, at=at, actor=actor))
    return memo


def _ensure_left(
    original: Invoice,
    billed: list[InvoiceLine],
    quantities: Mapping[int, Decimal],
    before: Credited,
) -> None:
    if original.is_credit_memo:
        raise InvalidInput(_("%(memo)s is a credit memo itself.") % {"memo": original})
    lines = {line.pk: line for line in billed}
    if not quantities or not set(quantities) <= set(lines):
        raise InvalidInput(_("Choose lines of %(invoice)s.") % {"invoice": original})
    for key, quantity in quantities.items():
        if not quantity.is_finite() or quantity <= ZERO:
            raise InvalidInput(_("Enter a quantity above zero."), field=f"lines.{key}")
        left = lines[key].quantity - before.lines.get(key, (ZERO, ZERO))[0]
        if quantity > left:
            raise OverCredited(
                _("Of line %(position)s of %(invoice)s only %(left)s can still be credited.")
                % {
                    "position": lines[key].position,
                    "invoice": original,
                    "left": f"{left.normalize():f}",
                },
                field=f"lines.{key}",
            )


def _is_all_credited(
    billed: list[InvoiceLine], quantities: Mapping[int, Decimal], before: Credited
) -> bool:
    return all(
        before.lines.get(line.pk, (ZERO, ZERO))[0] + quantities.get(line.pk, ZERO) == line.quantity
        for line in billed
    )


def _is_all_taken_off(
    charged: list[InvoiceCharge], charges: list[InvoiceCharge], before: Credited
) -> bool:
    now = {row.original_id: row.net_amount for row in charges}
    return all(
        before.charges.get(row.pk, (ZERO, ZERO))[1] + now.get(row.pk, ZERO) == row.net_amount
        for row in charged
    )


def _memo(original: Invoice, *, reason: str, source: str, at: datetime) -> Invoice:
    """Begin a memo that says of whom and whereto what the invoice says."""
    return Invoice(
        public_id=public_id("cm"),
        kind=Invoice.Kind.CREDIT_MEMO,
        company=original.company,
        customer=original.customer,
        order=original.order,
        shipment=original.shipment,
        original=original,
        reason=Invoice.Reason(reason),
        source=source,
        bill_to=original.bill_to,
        ship_to=original.ship_to,
        customer_po=original.customer_po,
        currency=original.currency,
        created_at=at,
    )


def _issue(
    memo: Invoice,
    lines: list[InvoiceLine],
    charges: list[InvoiceCharge],
    taxes: list[InvoiceTax],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Store it with its parts, count what is credited, then number and seal it."""
    assert memo.original is not None
    touches = [memo.original.label, memo.order.label, memo.shipment.label, memo.customer.label]
    adopt(audit.create(memo, at=at, actor=actor, touches=touches))
    rows.insert(lines)
    rows.insert(charges)
    rows.insert(taxes)
    changes = {"credited": by_order_line(lines)}
    orders.record_progress(memo.order_id, changes=changes, at=at, actor=actor)
    # Asked before a number is taken: that row is everybody's.
    certificate = tax_certificate_of(memo.order, [tax.category for tax in taxes])
    memo.approve()
    memo.schedule, memo.discounts = [], []  # nothing is to be paid
    memo.issued_on = memo.due_on = local_date(at, memo.company)
    memo.number = take_number(memo.company_id, memo.kind, prefix="CM-", on=memo.issued_on)
    seal(
        memo,
        lines,
        taxes,
        charges=charges,
        certificate=certificate,
        touches=touches,
        at=at,
        actor=actor,
    )
