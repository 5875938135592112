"""Answers as documents: 855 and 865, ORDRSP, UBL OrderResponse."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from orders.models import TradingPartner
from orders.partners.answers import Answer, AnswerLine, LineStatus, Verdict
from orders.partners.writing import Parts, edifact_interchange, x12_interchange

# How each format calls our units, where the buyer has not said it.
X12_UNITS = {"C62": "EA", "KGM": "KG", "MTR": "M", "LTR": "LT"}
EDIFACT_UNITS = {"C62": "PCE"}
# Code list 235: what a trade number is, by its digits; one of eight is written with thirteen.
X12_TRADE = {12: "UP", 14: "UK"}
EAN, EAN_DIGITS = "EN", 13
# Code list 4343.
RESPONSES = {
    Verdict.ACCEPTED: "AP",
    Verdict.TAKEN: "AP",
    Verdict.CHANGED: "AC",
    Verdict.HELD: "AB",
    Verdict.REJECTED: "RE",
}
EDIFACT_ACTIONS = {"AI": "1", "DI": "2", "CA": "3", "NC": "4"}
UBL_RESPONSES = {
    Verdict.ACCEPTED: "AP",
    Verdict.TAKEN: "AP",
    Verdict.CHANGED: "CA",
    Verdict.HELD: "AB",
    Verdict.REJECTED: "RE",
}
# UBL LineStatusCode after UNCL1229, as Peppol uses it.
UBL_TAKEN, UBL_CHANGED, UBL_REFUSED = "5", "3", "7"
UBL_ADDED = "1"
TEXT = 70
X12_TEXT = 80
SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{SCHEMA}CommonAggregateComponents-2", f"{SCHEMA}CommonBasicComponents-2"


def write_answer(
    answer: Answer, partner: TradingPartner, control: str, *, at: datetime
) -> tuple[str, bytes]:
    """Return the document's kind and its bytes in the partner's format."""
    if partner.kind == TradingPartner.Kind.X12:
        code = "865" if answer.is_change else "855"
        group = "CA" if answer.is_change else "PR"
        segments = list(_x12_segments(answer))
        return code, x12_interchange(
            partner, control, group=group, code=code, segments=segments, at=at
        )
    if partner.kind == TradingPartner.Kind.EDIFACT:
        segments = list(_edifact_segments(answer, partner))
        return "ORDRSP", edifact_interchange(
            partner, control, code="ORDRSP", version="D:96A:UN", segments=segments, at=at
        )
    return "OrderResponse", _ubl(answer, partner, control, at=at)


def _x12_segments(answer: Answer) -> Iterator[Parts]:
    ordered, today = day_of(answer.ordered_on), day_of(answer.answered_on)
    head = ("04" if answer.is_ours else "00", answer.verdict.value, answer.po_number)
    if answer.is_change:
        yield (
            *("BCA", *head, "", answer.sequence, ordered, "", ""),
            *(answer.order_number, today, today),
        )
    else:
        yield ("BAK", *head, ordered, "", "", "", answer.order_number, today)
    yield ("CUR", "SE", answer.currency)
    yield ("REF", "VN", answer.order_number)
    for line in answer.lines:
        yield from _x12_line(line, is_change=answer.is_change)
    yield ("CTT", str(len(answer.lines)))


def x12_trade_number(gtin: str) -> list[str]:
    """Return qualifier and number of a GTIN by its length; empty: there is none."""
    if not gtin:
        return []
    if len(gtin) in X12_TRADE:
        return [X12_TRADE[len(gtin)], gtin]
    return [EAN, gtin.zfill(EAN_DIGITS)]


def _x12_line(line: AnswerLine, *, is_change: bool) -> Iterator[Parts]:
    unit = line.theirs_unit or line.unit
    unit = X12_UNITS.get(unit, unit)
    price = number_of(line.price) if line.price is not None else ""
    codes = ["VP", line.sku]
    codes += x12_trade_number(line.gtin)
    codes += ["BP", line.customer_part] if line.customer_part else []
    quantity = number_of(line.confirmed if is_change else line.ordered)
    if is_change:
        yield ("POC", line.number, line.action, quantity, "", unit, price, "", *codes)
    else:
        yield ("PO1", line.number, quantity, unit, price, "", *codes)
    yield from _x12_statuses(line, unit)
    if line.description:
        yield ("PID", "F", "", "", "", line.description[:X12_TEXT])
    if line.reason:
        yield ("REF", "ZZ", "", line.reason[:X12_TEXT])


def _x12_statuses(line: AnswerLine, unit: str) -> Iterator[Parts]:
    """Say how many come when: what is on hand, then what follows."""
    if line.status in (LineStatus.REJECTED, LineStatus.DELETED):
        yield ("ACK", line.status.value, "0", unit)
        return
    day = day_of(line.day) if line.day else ""
    if line.backordered and line.backordered < line.confirmed:
        now = line.confirmed - line.backordered
        yield ("ACK", line.status.value, number_of(now), unit, "067", day)
        yield ("ACK", LineStatus.BACKORDERED.value, number_of(line.backordered), unit, "067", day)
        return
    yield ("ACK", line.status.value, number_of(line.confirmed), unit, "067", day)


def _edifact_segments(answer: Answer, partner: TradingPartner) -> Iterator[Parts]:
    yield (
        "BGM",
        "231",
        answer.order_number,
        "4" if answer.is_ours else "9",
        RESPONSES[answer.verdict],
    )
    yield ("DTM", ["137", day_of(answer.answered_on), "102"])
    if answer.reason:
        yield ("FTX", "AAO", "", "", [answer.reason[:TEXT]])
    yield ("RFF", ["ON", answer.po_number])
    if answer.sequence:
        yield ("RFF", ["CR", answer.sequence])
    yield ("NAD", "SU", [partner.our_identifier, "", "92"])
    yield ("NAD", "BY", [partner.identifier, "", "92"])
    yield ("CUX", ["2", answer.currency, "9"])
    for line in answer.lines:
        yield from _edifact_line(line)
    yield ("UNS", "S")
    yield ("CNT", ["2", str(len(answer.lines))])


def _edifact_line(line: AnswerLine) -> Iterator[Parts]:
    unit = line.theirs_unit or EDIFACT_UNITS.get(line.unit, line.unit)
    yield ("LIN", line.number, EDIFACT_ACTIONS.get(line.action, ""), [line.sku, "SA"])
    codes = [[line.gtin, "EN"]] if line.gtin else []
    codes += [[line.customer_part, "BP"]] if line.customer_part else []
    if codes:
        yield ("PIA", "1", *codes)
    if line.description:
        parts = line.description
        yield ("IMD", "F", "", ["", "", "", parts[:35], parts[35:70]])
    taken = Decimal(0) if line.status in (LineStatus.REJECTED, LineStatus.DELETED) else None
    confirmed = line.confirmed if taken is None else taken
    yield ("QTY", ["21", number_of(line.ordered), unit])
    yield ("QTY", ["113", number_of(confirmed), unit])
    if line.backordered:
        yield ("QTY", ["83", number_of(line.backordered), unit])
    if line.day and confirmed:
        yield ("DTM", ["67", day_of(line.day), "102"])
    if line.reason:
        yield ("FTX", "AAO", "", "", [line.reason[:TEXT]])
    if line.price is not None:
        yield ("PRI", ["AAA", number_of(line.price)])


def _ubl(answer: Answer, partner: TradingPartner, control: str, *, at: datetime) -> bytes:
    name = f"{{{SCHEMA}OrderResponse-2}}OrderResponse"
    names: Any = {None: f"{SCHEMA}OrderResponse-2", "cac": CAC, "cbc": CBC}
    root = etree.Element(name, nsmap=names)
    add(root, "CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order_response:3")
    add(root, "ProfileID", "urn:fdc:peppol.eu:poacc:bis:ordering:3")
    add(root, "ID", control)
    add(root, "SalesOrderID", answer.order_number)
    add(root, "IssueDate", answer.answered_on.isoformat())
    add(root, "IssueTime", f"{at:%H:%M:%S}")
    add(root, "OrderResponseCode", UBL_RESPONSES[answer.verdict])
    if answer.reason:
        add(root, "Note", answer.reason)
    add(root, "DocumentCurrencyCode", answer.currency)
    add(inside(root, "OrderReference"), "ID", answer.po_number)
    for role, identifier in (
        ("SellerSupplierParty", partner.our_identifier),
        ("BuyerCustomerParty", partner.identifier),
    ):
        scheme, _colon, code = identifier.rpartition(":")
        party = inside(inside(root, role), "Party")
        add(party, "EndpointID", code, schemeID=scheme or "0088")
    for line in answer.lines:
        _ubl_line(root, line, answer.currency)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _ubl_line(root: etree._Element, line: AnswerLine, currency: str) -> None:
    element = inside(root, "OrderLine")
    item_line = inside(element, "LineItem")
    unit = line.theirs_unit or line.unit
    add(item_line, "ID", line.number)
    if line.reason:
        add(item_line, "Note", line.reason)
    add(item_line, "LineStatusCode", _ubl_status(line))
    add(item_line, "Quantity", number_of(line.confirmed), unitCode=unit)
    if line.backordered:
        add(item_line, "MaximumBackorderQuantity", number_of(line.backordered), unitCode=unit)
    if line.day and line.confirmed:
        period = inside(inside(item_line, "Delivery"), "PromisedDeliveryPeriod")
        add(period, "StartDate", line.day.isoformat())
        add(period, "EndDate", line.day.isoformat())
    if line.price is not None:
        price = inside(item_line, "Price")
        add(price, "PriceAmount", number_of(line.price), currencyID=currency)
    item = inside(item_line, "Item")
    add(item, "Name", line.description or line.sku)
    if line.customer_part:
        add(inside(item, "BuyersItemIdentification"), "ID", line.customer_part)
    add(inside(item, "SellersItemIdentification"), "ID", line.sku)
    if line.gtin:
        standard = inside(item, "StandardItemIdentification")
        add(standard, "ID", line.gtin, schemeID="0160")
    add(inside(element, "OrderLineReference"), "LineID", line.number)


def _ubl_status(line: AnswerLine) -> str:
    if line.status in (LineStatus.REJECTED, LineStatus.DELETED):
        return UBL_REFUSED
    if line.action == "AI":
        return UBL_ADDED
    is_whole = line.status == LineStatus.ACCEPTED and not line.backordered
    return UBL_TAKEN if is_whole else UBL_CHANGED


def inside(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def add(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    child = etree.SubElement(parent, f"{{{CBC}}}{name}", attributes)
    child.text = "".join(char if char.isprintable() else " " for char in text)


def day_of(day: date) -> str:
    return day.strftime("%Y%m%d")


def number_of(value: Decimal) -> str:
    """Return a number without an exponent or zeros that say nothing."""
    return f"{value.normalize():f}"
