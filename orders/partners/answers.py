"""What we answer about an order, line by line, before any format of a partner's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from orders.models import IntakeDocument, Order, OrderLine
from orders.waiting import waiting_of


class LineStatus(StrEnum):
    """X12 code list 668; the other formats have words of their own for the same."""

    ACCEPTED = "IA"
    BACKORDERED = "IB"
    DELETED = "ID"
    QUANTITY_CHANGED = "IQ"
    REJECTED = "IR"


class Verdict(StrEnum):
    """X12 code list 587."""

    ACCEPTED = "AD"
    TAKEN = "AK"  # as asked, without detail
    CHANGED = "AC"
    HELD = "AH"
    REJECTED = "RD"


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """`confirmed` comes on `day`; what is short of `ordered` comes on `later_on`, or not."""

    number: str
    sku: str
    gtin: str = ""
    customer_part: str = ""
    description: str = ""
    unit: str = "C62"
    theirs_unit: str = ""
    ordered: Decimal
    confirmed: Decimal
    backordered: Decimal = Decimal(0)
    price: Decimal | None = None
    day: date | None = None
    status: LineStatus = LineStatus.ACCEPTED
    reason: str = ""
    # What a change asked for: X12 code list 670.
    action: str = ""


@dataclass(kw_only=True)
class Answer:
    """One answer to an order or to a change of it."""

    po_number: str
    order_number: str
    ordered_on: date
    answered_on: date
    currency: str
    verdict: Verdict
    is_change: bool = False
    # We have changed the order, and nobody of theirs has asked for it.
    is_ours: bool = False
    sequence: str = ""
    reason: str = ""
    place: str = ""
    lines: list[AnswerLine] = field(default_factory=list)


def answer_order(
    order: Order,
    lines: Sequence[OrderLine],
    document: IntakeDocument,
    *,
    numbers: Mapping[int, str],
    at: datetime,
) -> Answer:
    """Say what becomes of an order as it stands: confirmed, held or declined."""
    is_declined = order.state in (Order.State.DECLINED, Order.State.CANCELLED)
    answered = [_line(line, numbers, units_of(document), is_declined=is_declined) for line in lines]
    verdict = Verdict.REJECTED if is_declined else _verdict(answered)
    if order.state in (Order.State.ON_HOLD, Order.State.IN_REVIEW, Order.State.SUBMITTED):
        verdict = Verdict.HELD
    words = waiting_of(order)
    return Answer(
        po_number=order.customer_po,
        order_number=order.number,
        ordered_on=order.created_at.date(),
        answered_on=at.date(),
        currency=order.currency,
        verdict=verdict,
        reason=words.detail if words else order.hold_reason,
        place=document.content.get("ship_to", ""),
        lines=answered,
    )


def units_of(document: IntakeDocument) -> dict[str, str]:
    """Return the buyer's word for each line's unit, by the buyer's number of the line."""
    lines = document.content.get("lines", [])
    return {line.get("number", ""): line.get("unit", "") for line in lines}


def _verdict(lines: Sequence[AnswerLine]) -> Verdict:
    if lines and all(line.status == LineStatus.REJECTED for line in lines):
        return Verdict.REJECTED
    is_whole = all(line.status == LineStatus.ACCEPTED for line in lines)
    return Verdict.ACCEPTED if is_whole else Verdict.CHANGED


def _line(
    line: OrderLine, numbers: Mapping[int, str], units: Mapping[str, str], *, is_declined: bool
) -> AnswerLine:
    number = numbers.get(line.pk, str(line.position))
    wanted = line.ordered - line.cancelled
    late = line.backordered if wanted and line.allocated < wanted else Decimal(0)
    status, reason = LineStatus.ACCEPTED, ""
    if is_declined or not wanted:
        status, reason, wanted = LineStatus.REJECTED, _("not delivered"), Decimal(0)
    elif line.cancelled:
        status, reason = LineStatus.QUANTITY_CHANGED, _("the rest cannot be delivered")
    elif late == wanted:
        status, reason = LineStatus.BACKORDERED, _("out of stock, to follow")
    return AnswerLine(
        number=number,
        sku=line.sku,
        gtin=line.product.gtin,
        customer_part=line.customer_part,
        description=line.description,
        unit=line.unit,
        theirs_unit=units.get(number, ""),
        ordered=line.ordered,
        confirmed=wanted,
        backordered=late if status != LineStatus.REJECTED else Decimal(0),
        price=line.unit_price,
        day=line.expected_on or line.requested_on,
        status=status,
        reason=reason,
    )


def answer_change(
    order: Order,
    lines: Sequence[OrderLine],
    document: IntakeDocument,
    *,
    numbers: Mapping[int, str],
    refusal: str = "",
    at: datetime,
) -> Answer:
    """Say what became of a change: each line that it named, or the order as it stays.

    A cancellation that was made names no lines, and neither does its answer.
    """
    units = units_of(document)
    standing = {
        line.number: line
        for line in (_line(row, numbers, units, is_declined=False) for row in lines)
    }
    asked = document.content.get("lines", [])
    if refusal:
        answered = [_kept(line, refusal) for line in standing.values()]
    else:
        answered = [
            _taken(standing[one["number"]], ACTIONS.get(one["action"], "CA"))
            for one in asked
            if one["number"] in standing
        ]
    return Answer(
        po_number=order.customer_po,
        order_number=order.number,
        ordered_on=order.created_at.date(),
        answered_on=at.date(),
        currency=order.currency,
        verdict=Verdict.REJECTED if refusal else _change_verdict(answered),
        is_change=True,
        sequence=document.content.get("sequence", ""),
        reason=refusal,
        place=document.content.get("ship_to", ""),
        lines=answered,
    )


def answer_own_change(
    order: Order,
    lines: Sequence[OrderLine],
    document: IntakeDocument,
    *,
    numbers: Mapping[int, str],
    actions: Mapping[int, str],
    reason: str = "",
    at: datetime,
) -> Answer:
    """Say what we have changed of an order: all its lines, with what was done to each.

    `actions` by line key is X12 code list 670; lines that it leaves out are as they were.
    """
    answer = answer_order(order, lines, document, numbers=numbers, at=at)
    answer.is_change = answer.is_ours = True
    answer.reason = reason or answer.reason
    done = {
        numbers.get(row.pk, str(row.position)): actions[row.pk]
        for row in lines
        if row.pk in actions
    }
    answer.lines = [_done(line, done.get(line.number, "NC")) for line in answer.lines]
    if answer.verdict == Verdict.ACCEPTED:
        answer.verdict = Verdict.CHANGED
    return answer


def _done(line: AnswerLine, action: str) -> AnswerLine:
    """Return the line with what we have done to it; one of which nothing is left is deleted."""
    is_gone = action == "CA" and not line.confirmed
    return replace(line, action="DI" if is_gone else action)


def _change_verdict(lines: Sequence[AnswerLine]) -> Verdict:
    return Verdict.ACCEPTED if lines else Verdict.TAKEN


ACTIONS = {"add": "AI", "delete": "DI", "keep": "NC", "change": "CA"}


def _taken(line: AnswerLine, action: str) -> AnswerLine:
    """Return the line with what was done to it; a deleted one confirms nothing."""
    is_gone = action == "DI" and not line.confirmed
    status = LineStatus.DELETED if is_gone else line.status
    reason = _("deleted as asked") if is_gone else line.reason
    return replace(line, action=action, status=status, reason=reason)


def _kept(line: AnswerLine, reason: str) -> AnswerLine:
    return replace(line, action="NC", reason=reason)


def refuse_document(document: IntakeDocument, *, at: datetime) -> Answer:
    """Say that no line of a document will be delivered."""
    lines = [
        AnswerLine(
            number=line.get("number") or str(position),
            sku=line.get("sku", ""),
            gtin=line.get("gtin", ""),
            customer_part=line.get("customer_part", ""),
            description=line.get("description", ""),
            theirs_unit=line.get("unit", ""),
            ordered=Decimal(line.get("quantity") or 0),
            confirmed=Decimal(0),
            status=LineStatus.REJECTED,
            reason=_("not delivered"),
        )
        for position, line in enumerate(document.content.get("lines", []), start=1)
    ]
    return Answer(
        po_number=document.customer_po,
        order_number="",
        ordered_on=document.received_at.date(),
        answered_on=at.date(),
        currency=document.content.get("currency", ""),
        verdict=Verdict.REJECTED,
        place=document.content.get("ship_to", ""),
        lines=lines,
    )
