import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orders.intake.edi import envelope
from orders.intake.edi.edifact import read_edifact
from orders.intake.edi.ubl import read_ubl
from orders.intake.edi.x12 import read_x12
from orders.intake.findings import Unreadable
from tests.orders.edi.conftest import sample

X12, EDIFACT, UBL = sample("order.850.edi"), sample("order.edifact"), sample("order.ubl.xml")
BOMB = b"""<?xml version="1.0"?><!DOCTYPE Order [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"><ID>&c;</ID></Order>"""
FILE = b"""<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]><Order><ID>&x;</ID></Order>"""
REMOTE = b"""<!DOCTYPE Order SYSTEM "http://127.0.0.1:9/evil.dtd"><Order/>"""
DEEP = b"<a>" * 100_000 + b"</a>" * 100_000
REFUSED = {
    "a bomb of entities": (read_ubl, BOMB, "xml_entities"),
    "a file of ours": (read_ubl, FILE, "xml_entities"),
    "a document type from elsewhere": (read_ubl, REMOTE, "xml_entities"),
    "an empty document type": (read_ubl, b"<!DOCTYPE Order><Order/>", "xml_entities"),
    "nested too deeply": (read_ubl, DEEP, "too_deep"),
    "nested deeply": (read_ubl, b"<a>" * 150 + b"</a>" * 150, "too_deep"),
    "cut off XML": (read_ubl, UBL[:900], "broken_xml"),
    "an encoding that nobody knows": (
        read_ubl,
        b'<?xml version="1.0" encoding="x-nobody"?><Order/>',
        "broken_xml",
    ),
    "XML with NUL bytes": (read_ubl, UBL.replace(b"4714", b"47\x0014"), "broken_xml"),
    "UBL 1": (read_ubl, UBL.replace(b"Order-2", b"Order-1.0"), "unsupported_version"),
    "a cut off ISA": (read_x12, X12[:60], "broken_envelope"),
    "an ISA alone": (read_x12, X12[:106], "no_lines"),
    "X12 with NUL bytes": (read_x12, X12.replace(b"Valve", b"Va\x00lve"), "binary"),
    "an UNA alone": (read_edifact, b"UNA:+.? '", "broken_envelope"),
    "an UNB alone": (read_edifact, b"UNB+UNOC:3+A+B+261117:0815+1'", "no_lines"),
    "EDIFACT with NUL bytes": (read_edifact, EDIFACT.replace(b"Pump", b"\x00"), "binary"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_with_the_reason(kind):
    read, content, rule = REFUSED[kind]

    with pytest.raises(Unreadable) as refused:
        read(content)

    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("read", "content"), [(read_x12, X12), (read_edifact, EDIFACT), (read_ubl, UBL)]
)
def test_a_file_cut_off_anywhere_is_doubted_or_refused(read, content):
    whole = len(content.rstrip())
    for length in range(1, whole - 1, 7):
        try:
            orders = read(content[:length])
        except Unreadable:
            continue
        assert all(order.findings for order in orders), length


def test_an_enormous_segment_is_read_in_no_time():
    long = X12.replace(b"Valve", b"V" * 5_000_000)

    (order,) = read_x12(long)

    assert order.lines[0].description == "V" * 200


def test_an_element_of_releases_is_read_in_no_time():
    content = EDIFACT.replace(b"Pump", b"?" * 200_000 + b"x")

    (order,) = read_edifact(content)

    assert len(order.lines[0].description) == 200


def test_more_segments_than_any_order_has_are_refused(monkeypatch):
    monkeypatch.setattr(envelope, "MAX_SEGMENTS", 10)

    for read, content in ((read_x12, X12), (read_edifact, EDIFACT)):
        with pytest.raises(Unreadable) as refused:
            read(content)
        assert refused.value.rule == "too_many_lines"


def test_more_lines_than_are_taken_at_once_are_refused(settings):
    settings.INTAKE_MAX_LINES = 1

    for read, content in ((read_x12, X12), (read_edifact, EDIFACT), (read_ubl, UBL)):
        with pytest.raises(Unreadable) as refused:
            read(content)
        assert refused.value.rule == "too_many_lines"


def is_told(read, content):
    """Say whether the content is read into clean orders or refused in words; all else raises."""
    try:
        orders = read(content)
    except Unreadable as refusal:
        return bool(refusal.rule and str(refusal))
    return bool(orders) and all("\x00" not in repr(order.as_dict()) for order in orders)


def mutated(content):
    """Return a strategy of the same file with pieces cut out, repeated and put in."""
    pieces = st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"*", b"~", b"+", b":", b"'", b"?", b"<", b"&", b"ISA*", b"UNB+", b"9" * 40]
        ),
    )

    def change(edits):
        data = content
        for place, length, piece in edits:
            start = place % (len(data) + 1)
            data = data[:start] + piece + data[start + length :]
        return data

    edit = st.tuples(st.integers(0, 5000), st.integers(0, 60), pieces)
    return st.lists(edit, min_size=1, max_size=6).map(change)


@given(mutated(X12))
@example(X12.replace(b"*P*>~", b"*P*"))
def test_no_damage_to_x12_is_more_than_a_finding(content):
    assert is_told(read_x12, content)


@given(mutated(EDIFACT))
@example(b"UNA")
@example(b"UNA''''''UNB")
def test_no_damage_to_edifact_is_more_than_a_finding(content):
    assert is_told(read_edifact, content)


@given(mutated(UBL))
def test_no_damage_to_ubl_is_more_than_a_finding(content):
    assert is_told(read_ubl, content)
