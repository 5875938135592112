"""What happened to an order, newest first, from its documents' own times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from credit.models import CreditCheck
from fulfillment.models import PickList
from o2c.kernel.ui.figures import money_in, quantity
from reporting.selectors.order_page import OrderFile

CHECKS = {"allow": "ok", "hold": "bad", "refer": "go", "decline": "bad"}


@dataclass(frozen=True, kw_only=True)
class Event:
    icon: str
    title: str
    at: datetime
    tone: str = ""
    text: str = ""
    quote: str = ""


def timeline_of(file: OrderFile) -> list[Event]:
    events = [
        *_entry(file),
        *(_check(check) for check in file.checks),
        *_picking(file),
        *_shipping(file),
        *_billing(file),
        *_payment(file),
    ]
    # Of two events at one instant, the later step is the newer one.
    return sorted(events, key=lambda event: event.at)[::-1]


def _entry(file: OrderFile) -> Iterator[Event]:
    order = file.order
    yield Event(
        icon="order",
        title=_("Order taken in, by %(channel)s") % {"channel": order.get_channel_display()},
        at=order.created_at,
        tone="go",
        quote=order.note,
    )
    if order.submitted_at and order.submitted_at != order.created_at:
        yield Event(icon="check", title=_("Submitted"), at=order.submitted_at, tone="go")


def _check(check: CreditCheck) -> Event:
    # A check that let the order pass needs no words; the others say what stopped it.
    spoke = [reason for reason in check.reasons if reason.get("outcome") != "allow"]
    messages = [str(reason.get("message", "")) for reason in spoke]
    return Event(
        icon="shield",
        title=_("Credit check: %(outcome)s") % {"outcome": check.get_outcome_display()},
        at=check.checked_at,
        tone=CHECKS.get(check.outcome, ""),
        text=" ".join(messages),
    )


def _picking(file: OrderFile) -> Iterator[Event]:
    for pick in file.pick_lists:
        name = {"number": pick.number}
        if pick.released_at:
            title = _("%(number)s released to the floor") % name
            yield Event(icon="box", title=title, at=pick.released_at)
        if pick.picked_at:
            yield _picked(pick)
        if pick.packed_at:
            title = _("%(number)s packed") % name
            yield Event(icon="box", title=title, at=pick.packed_at, tone="ok")


def _picked(pick: PickList) -> Event:
    assert pick.picked_at  # it is asked about picked lists only
    missing = [line for line in pick.lines.all() if line.short_reason]
    parts = (
        f"{quantity(line.quantity - (line.picked or 0))} × {line.order_line.description}"
        for line in missing
    )
    return Event(
        icon="alert" if missing else "box",
        title=_("%(number)s picked") % {"number": pick.number},
        at=pick.picked_at,
        tone="bad" if missing else "ok",
        text=_("Short: %(lines)s") % {"lines": ", ".join(parts)} if missing else "",
    )


def _shipping(file: OrderFile) -> Iterator[Event]:
    for shipment in file.shipments:
        name = {"number": shipment.number}
        if shipment.dispatched_at:
            yield Event(
                icon="truck",
                title=_("%(number)s left") % name,
                at=shipment.dispatched_at,
                tone="go",
                text=f"{shipment.carrier or ''} {shipment.tracking_number}".strip(),
            )
        if shipment.delivered_at:
            yield Event(
                icon="truck",
                title=_("%(number)s delivered") % name,
                at=shipment.delivered_at,
                tone="ok",
                text=_("Received by %(who)s") % {"who": shipment.received_by},
            )


def _billing(file: OrderFile) -> Iterator[Event]:
    for invoice in file.invoices:
        name = {"number": str(invoice)}
        amount = money_in(invoice.gross_amount, invoice.currency)
        title = _("%(number)s issued") if invoice.number else _("%(number)s made")
        yield Event(icon="invoice", title=title % name, at=invoice.created_at, text=amount)
        for delivery in invoice.deliveries.all():
            if delivery.sent_at:
                yield Event(
                    icon="mail",
                    title=_("%(number)s sent") % name,
                    at=delivery.sent_at,
                    tone="ok",
                    text=delivery.recipient,
                )


def _payment(file: OrderFile) -> Iterator[Event]:
    for receipt in file.receipts:
        yield Event(
            icon="bank",
            title=_("Payment %(number)s") % {"number": receipt.number},
            at=receipt.recorded_at,
            tone="ok",
            text=money_in(receipt.amount, receipt.currency),
        )
