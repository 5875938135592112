"""What keeps an order from going on, in words, with what ends it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit.models import Hold
from invoicing.models import Invoice, ProForma
from o2c.kernel.ui.dates import day
from o2c.kernel.ui.figures import money_in, quantity
from o2c.kernel.ui.trail import name_of
from orders.models import Order, OrderFinding, OrderLine
from reporting.links import May, link, page_of
from reporting.selectors.order_page import OrderFile
from shipping.models import Shipment

State = Order.State


@dataclass(frozen=True, kw_only=True)
class Block:
    """`tone` warn or bad; `remedy` says what ends it, `href` and `action` lead there."""

    tone: str
    title: str
    text: str = ""
    remedy: str = ""
    href: str = ""
    action: str = ""


def blocks_of(file: OrderFile, *, may: May) -> list[Block]:
    """Return everything that stops or delays the order, the worst first."""
    blocks = [
        *_findings(file, may),
        *_credit(file, may),
        *_exceptions(file, may),
        *_shortage(file, may),
        *_drafts(file, may),
    ]
    return sorted(blocks, key=lambda block: block.tone != "bad")


def _findings(file: OrderFile, may: May) -> Iterator[Block]:
    if file.order.state != State.DRAFT:
        return
    for finding in file.findings:
        if finding.state == OrderFinding.State.OPEN:
            is_block = finding.severity == OrderFinding.Severity.BLOCK
            yield Block(
                tone="bad" if is_block else "warn",
                title=finding.message,
                remedy=_("Mend the draft, then submit it again.") if is_block else "",
                href=link("orders:edit", file.order.number) if may("orders.enter_order") else "",
                action=_("Mend"),
            )


def _credit(file: OrderFile, may: May) -> Iterator[Block]:
    order = file.order
    if order.state not in {State.ON_HOLD, State.IN_REVIEW, State.DECLINED}:
        return
    titles = {
        State.ON_HOLD: _("On credit hold"),
        State.IN_REVIEW: _("Credit is being reviewed"),
        State.DECLINED: _("Credit was declined"),
    }
    yield Block(
        tone="warn" if order.state == State.IN_REVIEW else "bad",
        title=titles[State(order.state)],
        text=order.hold_reason,
        remedy=_remedy(file),
        href=page_of("credit_case", order.number, may=may),
        action=_("Open the credit case"),
    )


def _remedy(file: OrderFile) -> str:
    asked = next((row for row in file.pro_formas if row.state == ProForma.State.ISSUED), None)
    if asked is not None:
        return _("It goes on when %(amount)s is paid in advance: %(number)s asks for it.") % {
            "amount": money_in(asked.amount, asked.currency),
            "number": asked,
        }
    if file.order.state == State.DECLINED:
        return _("It goes on only when it is paid in advance: a pro forma asks for that.")
    if file.holds:
        return " ".join(_hold(hold) for hold in file.holds)
    if file.order.state == State.IN_REVIEW:
        return _("Ends when credit control decides the application.")
    return _("Ends when the limit reaches, or a credit manager releases this order.")


def _hold(hold: Hold) -> str:
    """Say who placed a hold and what ends it; the order says why."""
    who = {"who": name_of(hold.placed_by), "reason": hold.reason}
    if hold.kind == Hold.Kind.OVERDUE:
        return _("Placed by %(who)s; it ends at once when the overdue invoices are paid.") % who
    return _("“%(reason)s”, placed by %(who)s; it ends when credit control releases it.") % who


def _exceptions(file: OrderFile, may: May) -> Iterator[Block]:
    for shipment in file.shipments:
        if shipment.state == Shipment.State.EXCEPTION:
            facts = {"number": shipment.number, "what": shipment.get_exception_kind_display()}
            yield Block(
                tone="bad",
                title=_("Shipment %(number)s: %(what)s") % facts,
                text=shipment.exception_note,
                remedy=_("Ends when it is reported moving or delivered, or is settled as lost."),
                href=page_of("shipment", shipment.number, may=may),
                action=_("Open the shipment"),
            )


def _shortage(file: OrderFile, may: May) -> Iterator[Block]:
    if file.order.state not in {State.RELEASED, State.FULFILLING}:
        return
    short = [line for line in file.lines if line.backordered > 0]
    if not short:
        return
    title = ngettext("%(count)s line waits for stock", "%(count)s lines wait for stock", len(short))
    yield Block(
        tone="warn",
        title=title % {"count": len(short)},
        text=format_html("{}", _joined(short)),
        remedy=_("Goes on by itself when stock comes in."),
        href=link("fulfillment:shortages") if may("fulfillment.view_picklist") else "",
        action=_("Shortages"),
    )


def _joined(lines: list[OrderLine]) -> str:
    parts = [
        format_html(
            _("{missing} × {sku}, expected {date}"),
            missing=quantity(line.backordered),
            sku=line.product.sku,
            date=day(line.expected_on) if line.expected_on else _("not known yet"),
        )
        for line in lines
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = format_html("{}; {}", joined, part)
    return joined


def _drafts(file: OrderFile, may: May) -> Iterator[Block]:
    for invoice in file.invoices:
        if invoice.state in {Invoice.State.DRAFT, Invoice.State.CHECKED}:
            messages = [str(finding.get("message", "")) for finding in invoice.findings]
            yield Block(
                tone="bad",
                title=_("The invoice is not issued yet"),
                text=" ".join(messages),
                remedy=_("Ends when somebody mends what was found and issues it."),
                href=page_of("invoice", invoice.public_id, may=may),
                action=_("Open the draft"),
            )
