"""X12 and EDIFACT interchanges as bytes: separators, envelopes, counts."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from orders.models import TradingPartner

# A segment as it is written: tag, then elements; a list is a composite.
Element = str | Sequence[str]
Parts = Sequence[Element]
X12_FORBIDDEN = str.maketrans({"*": " ", "~": " ", ">": " "})
VERSION = "004010"
RELEASED = str.maketrans({"?": "??", "'": "?'", "+": "?+", ":": "?:"})
CONTROL_WIDTH = 9
SET_WIDTH = 4


def x12_interchange(
    partner: TradingPartner,
    control: str,
    *,
    group: str,
    code: str,
    segments: Sequence[Parts],
    at: datetime,
) -> bytes:
    """Return one set in a group in an interchange, all of the same control number."""
    number = str(int(control))
    day, hour = at.astimezone(UTC).strftime("%Y%m%d"), at.astimezone(UTC).strftime("%H%M")
    body = [_x12(parts) for parts in segments]
    set_control = number.zfill(SET_WIDTH)
    lines = [
        _isa(partner, control, at),
        _x12(
            [
                *("GS", group, partner.our_identifier, partner.identifier),
                *(day, hour, number, "X", VERSION),
            ]
        ),
        _x12(("ST", code, set_control)),
        *body,
        _x12(("SE", str(len(body) + 2), set_control)),
        _x12(("GE", "1", number)),
        _x12(("IEA", "1", control.zfill(CONTROL_WIDTH))),
    ]
    return _x12_bytes(lines)


def x12_receipt(partner: TradingPartner, control: str, *, segment: Parts, at: datetime) -> bytes:
    """Return an interchange that holds a TA1 and no group."""
    trailer = _x12(("IEA", "0", control.zfill(CONTROL_WIDTH)))
    return _x12_bytes([_isa(partner, control, at), _x12(segment), trailer])


def edifact_interchange(
    partner: TradingPartner,
    control: str,
    *,
    code: str,
    version: str,
    segments: Sequence[Parts],
    at: datetime,
) -> bytes:
    """Return one message in an interchange, both of the same reference."""
    moment = at.astimezone(UTC)
    ends = [
        [identifier, qualifier] if qualifier else [identifier]
        for identifier, qualifier in (
            (partner.our_identifier, partner.our_qualifier),
            (partner.identifier, partner.qualifier),
        )
    ]
    header: list[Element] = ["UNB", ["UNOC", "3"], *ends]
    header += [[moment.strftime("%y%m%d"), moment.strftime("%H%M")], control]
    if partner.is_test:
        header += ["", "", "", "", "", "1"]
    body = [_edifact(parts) for parts in segments]
    lines = [
        "UNA:+.? '",
        _edifact(header),
        _edifact(["UNH", control, [code, *version.split(":")]]),
        *body,
        _edifact(["UNT", str(len(body) + 2), control]),
        _edifact(["UNZ", "1", control]),
    ]
    return ("\n".join(lines) + "\n").encode("iso8859-1", errors="replace")


def _isa(partner: TradingPartner, control: str, at: datetime) -> str:
    moment = at.astimezone(UTC)
    fields = [
        *("ISA", "00", " " * 10, "00", " " * 10),
        *((partner.our_qualifier or "ZZ")[:2].ljust(2), partner.our_identifier[:15].ljust(15)),
        *((partner.qualifier or "ZZ")[:2].ljust(2), partner.identifier[:15].ljust(15)),
        *(moment.strftime("%y%m%d"), moment.strftime("%H%M"), "U", "00401"),
        *(control.zfill(CONTROL_WIDTH), "0", "T" if partner.is_test else "P", ">"),
    ]
    return "*".join(fields)


def _x12(parts: Parts) -> str:
    """Return a segment without its terminator; empty elements at its end are left out."""
    texts = [part if isinstance(part, str) else ">".join(part) for part in parts]
    cleaned = [_plain(text).translate(X12_FORBIDDEN).strip() for text in texts]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return "*".join(cleaned)


def _x12_bytes(lines: Sequence[str]) -> bytes:
    return ("~\n".join(lines) + "~\n").encode("ascii", errors="replace")


def _edifact(parts: Parts) -> str:
    elements = []
    for part in parts:
        components = [part] if isinstance(part, str) else list(part)
        escaped = [_printable(text).translate(RELEASED) for text in components]
        while escaped and not escaped[-1]:
            escaped.pop()
        elements.append(":".join(escaped))
    while elements and not elements[-1]:
        elements.pop()
    return "+".join(elements) + "'"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _plain(text: str) -> str:
    """Return text in the letters that every X12 translator reads."""
    split = unicodedata.normalize("NFKD", _printable(text))
    return "".join(char for char in split if not unicodedata.combining(char))
