"""What a settled return leads to: credit memos, or a bill that leaves out what came back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import services as credit
from credit.models import ExposureEntry
from invoicing import credit_selectors as selectors
from invoicing.events import BillLowered
from invoicing.models import Invoice, UnbilledReturn
from invoicing.services.billing import bill_shipment, redraft_invoice
from invoicing.services.crediting import credit_invoice
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.selectors import gross_of
from shipping.models import Return, ShipmentLine
from shipping.return_selectors import is_lost


def credit_return(return_id: int, *, at: datetime, actor: Actor) -> list[Invoice]:
    """Credit what was accepted of a settled return, a credit memo for each invoice.

    What is not billed yet is left out of the bill instead. Each part is a step of its own and
    done once: run again, it goes on where it ended.

    Raises:
        Return.DoesNotExist: no such return.
        SeriesAhead: a credit memo of a later date has a number already.
    """
    if Return.objects.get(pk=return_id).state != Return.State.SETTLED:
        return []
    leave_out_of_bill(return_id, at=at, actor=actor)
    reason = Invoice.Reason.LOST if is_lost(return_id) else Invoice.Reason.RETURN
    memos = []
    for invoice_id in selectors.invoices_to_credit(return_id):
        quantities, at_fault = selectors.lines_to_credit(invoice_id, return_id)
        memo = credit_invoice(
            invoice_id,
            quantities=quantities,
            at_fault=at_fault,
            reason=reason,
            source=f"return:{return_id}",
            at=at,
            actor=actor,
        )
        memos.append(memo)
    bill_what_stays(return_id, at=at, actor=actor)
    return memos


def bill_what_stays(return_id: int, *, at: datetime, actor: Actor) -> None:
    """Bill anew what drafts bill too much of, and what came back but is not credited.

    The latter has never arrived: who is billed on delivery would otherwise never be.
    """
    for invoice_id in selectors.drafts_beyond(return_id):
        reason = _("Part of it came back before it was billed.")
        redraft_invoice(invoice_id, reason=reason, at=at, actor=actor)
    for shipment_id in selectors.shipments_of(return_id):
        bill_shipment(shipment_id, at=at, actor=actor)


@service
def leave_out_of_bill(return_id: int, *, at: datetime, actor: Actor) -> list[UnbilledReturn]:
    """Note what of a return is not billed yet: it never will be, and nobody owes it any more.

    For the order it counts as billed and credited at once, and what waits for credit is looked
    at again.

    Raises:
        Return.DoesNotExist: no such return.
    """
    row = Return.objects.get(pk=return_id)
    accepted = selectors.accepted_of(return_id)
    seen = selectors.unbilled_lines(list(accepted))
    for order_id in sorted({line.order_id for line in seen}):
        orders.lock_order(order_id)
    lines = list(selectors.unbilled_lines([line.pk for line in seen]))  # again: now it is ours
    if not lines or UnbilledReturn.objects.filter(source=row.label).exists():
        return []
    groups: dict[tuple[int, int], list[ShipmentLine]] = defaultdict(list)
    for line in lines:
        groups[line.order_id, line.shipment_id].append(line)
    for (order_id, shipment_id), part in sorted(groups.items()):
        taken = {line.pk: accepted[line.pk] for line in part}
        _lower(row, order_id, shipment_id, taken, at=at, actor=actor)
    made = [
        UnbilledReturn(shipment_line=line, quantity=accepted[line.pk], source=row.label, at=at)
        for line in lines
    ]
    rows.append(made)
    for order_id in sorted({line.order_id for line in lines}):
        publish(BillLowered(order_id=order_id, at=at, actor=actor))
    credit.recheck_waiting(row.customer_id, at=at, actor=actor)
    return made


def _lower(
    row: Return,
    order_id: int,
    shipment_id: int,
    taken: Mapping[int, Decimal],
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Lower what an order owes for a shipment, by the rounding of its bill."""
    order = orders.lock_order(order_id)
    unbilled = list(selectors.unbilled_beside(shipment_id, order_id))
    left: dict[int, Decimal] = {line.pk: line.left for line in unbilled}  # type: ignore[attr-defined]
    stays = {key: quantity - taken.get(key, ZERO) for key, quantity in left.items()}
    agreed = orders.lines_of(order)
    before = gross_of(order, agreed, _by_order_line(unbilled, left))
    after = gross_of(order, agreed, _by_order_line(unbilled, stays))
    back = _by_order_line(unbilled, taken)
    changes = {"invoiced": back, "credited": back}
    orders.record_progress(order_id, changes=changes, at=at, actor=actor)
    credit.record_exposure(
        order.customer_id,
        source=f"{row.label}:{shipment_id}:{order_id}",
        amounts={ExposureEntry.Kind.SHIPPED_UNBILLED: after - before},
        at=at,
    )
    audit.record(row.label, "left out of the bill", at=at, actor=actor, touches=[order.label])


def _by_order_line(
    lines: Iterable[ShipmentLine], quantities: Mapping[int, Decimal]
) -> dict[int, Decimal]:
    """Add up quantities, `{shipped line: quantity}`, by order line."""
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        sums[line.order_line_id] += quantities.get(line.pk, ZERO)
    return dict(sums)
