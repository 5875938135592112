import pytest

from orders.intake.edi import edifact_syntax, x12_syntax
from orders.intake.edi.x12 import read_x12
from tests.orders.edi.conftest import sample

X12 = sample("order.850.edi").decode()


def orders_of(text):
    return [(order.po_number, len(order.lines), order.findings) for order in read_x12(text)]


GOOD = [("4711", 2, [])]
LAYOUTS = {
    "a byte order mark": "\ufeff" + X12,
    "no line ends": X12.replace("\n", ""),
    "windows line ends": X12.replace("\n", "\r\n"),
    "indented lines": X12.replace("\n", "\n\t  "),
    "lines as segments": X12.replace("~", ""),
    "lines as segments, windows": X12.replace("~", "").replace("\n", "\r\n"),
    "other separators": X12.replace("~", "\\").replace("*", "|"),
    "control characters as separators": X12.replace("*", "\x1d").replace("~", "\x1c"),
    "a header of short elements": X12.replace("          ", "").replace("      ", ""),
    "no component separator": X12.replace("*P*>~", "*P*~"),
    "wrapped lines of 80 characters": "\n".join(
        X12.replace("\n", "")[place : place + 80] for place in range(0, len(X12), 80)
    ),
    "a terminator forgotten at a line's end": X12.replace("Valve~", "Valve"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_reads_x12_however_it_is_laid_out(layout):
    assert orders_of(LAYOUTS[layout].encode()) == GOOD


def test_reads_several_interchanges_each_with_its_own_separators():
    other = X12.replace("000000901", "000000902").replace("4711**", "4712**")
    other = other.replace("~", "\\").replace("*", "|")

    found = read_x12((X12 + other).encode())

    assert [(order.po_number, order.reference) for order in found] == [
        ("4711", "000000901"),
        ("4712", "000000902"),
    ]
    assert [order.findings for order in found] == [[], []]


def test_reads_several_groups_and_sets():
    body = X12[X12.index("ST*") : X12.index("GE*")]
    second = body.replace("0001", "0002").replace("4711", "4712")
    text = X12.replace(body, body + second).replace("GE*1*", "GE*2*")
    group = (
        X12[X12.index("GS*") : X12.index("IEA*")].replace("901", "77").replace("4711**", "4713**")
    )
    text = text.replace("IEA*1*", group + "IEA*2*")

    found = read_x12(text.encode())

    assert [(order.po_number, order.part) for order in found] == [
        ("4711", "000000901/901/0001"),
        ("4712", "000000901/901/0002"),
        ("4713", "000000901/77/0001"),
    ]
    assert [order.findings for order in found] == [[], [], []]


EDIFACT = sample("order.edifact").decode()
EDIFACT_LAYOUTS = {
    "no advice": EDIFACT.replace("UNA:+.? '\n", ""),
    "no line ends": EDIFACT.replace("\n", ""),
    "windows line ends": EDIFACT.replace("\n", "\r\n"),
    "indented lines": EDIFACT.replace("\n", "\n   "),
    "a byte order mark": "\ufeff" + EDIFACT,
    "other separators": EDIFACT.replace("UNA:+.? '", "UNA=*.? ~")
    .replace("+", "*")
    .replace(":", "=")
    .replace("?'", "\0")
    .replace("'", "~")
    .replace("\0", "'"),
    "wrapped in the middle of a text": EDIFACT.replace("Gate 3, Bob", "Gate 3, \r\nBob"),
}


@pytest.mark.parametrize("layout", EDIFACT_LAYOUTS)
def test_reads_edifact_however_it_is_laid_out(layout):
    (interchange,) = edifact_syntax.parse(EDIFACT_LAYOUTS[layout].encode())

    (message,) = interchange.messages
    assert (interchange.sender, interchange.control, message.code) == (
        "4012345000009",
        "905",
        "ORDERS",
    )
    assert message.first("FTX").get(4) == "Gate 3, Bob's dock"
    assert (interchange.problems, message.problems) == ([], [])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a??+b", ["a?", "b"]),
        ("a???+b", ["a?+b"]),
        ("a?:b:c", ["a:b", "c"]),
        ("a????'", ["a??"]),
        ("?", ["'"]),
    ],
)
def test_a_release_character_makes_the_next_one_text(text, parts):
    content = f"UNB+UNOC:3+A+B+261117:0815+1'UNH+1+ORDERS:D:96A:UN'FTX+{text}'".encode()

    (interchange,) = edifact_syntax.parse(content)

    (segment,) = interchange.messages[0].all("FTX")
    found = [part for element in segment.elements for part in element]
    assert found == parts


def test_reads_groups_of_edifact():
    grouped = EDIFACT.replace("UNH+1+", "UNG+ORDERS+A+B+261117:0815+7+UN+D:96A'\nUNH+1+")
    grouped = grouped.replace("UNZ+1+", "UNE+1+7'\nUNZ+1+")

    (interchange,) = edifact_syntax.parse(grouped.encode())

    (group,) = interchange.groups
    assert (group.code, group.control, len(group.messages)) == ("ORDERS", "7", 1)
    assert (interchange.problems, group.problems) == ([], [])


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-1"])
def test_reads_letters_in_what_the_header_declares_and_in_utf_8(encoding):
    content = EDIFACT.replace("Hamburg", "Köln").encode(encoding)

    (interchange,) = edifact_syntax.parse(content)

    assert interchange.messages[0].all("NAD")[-1].get(6) == "Köln"


def test_names_the_segments_by_their_place_in_the_set():
    (interchange,) = x12_syntax.parse(X12.encode())

    (message,) = interchange.messages
    assert [(one.tag, one.position) for one in message.segments[:2]] == [("BEG", 2), ("CUR", 3)]
