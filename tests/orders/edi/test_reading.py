from datetime import date
from decimal import Decimal

import pytest

from orders.intake.edi.edifact import read_edifact
from orders.intake.edi.ubl import read_ubl
from orders.intake.edi.x12 import read_x12
from orders.intake.formats import format_of
from tests.orders.edi.conftest import sample


def found(order):
    return [(finding.rule, finding.field) for finding in order.findings]


def lines(order):
    return [
        (
            line.number,
            line.action,
            line.sku,
            line.gtin,
            line.customer_part,
            line.quantity,
            line.unit,
            line.unit_price,
            line.requested_on,
        )
        for line in order.lines
    ]


def test_reads_a_purchase_order_of_x12():
    (order,) = read_x12(sample("order.850.edi"))

    assert (order.po_number, order.purpose, order.currency) == ("4711", "order", "EUR")
    assert (order.part, order.sender, order.reference) == (
        "000000901/901/0001",
        "004711815",
        "000000901",
    )
    assert (order.parties, order.names) == (["4012345000009"], ["Hollis Water"])
    assert (order.ship_to, order.places) == (
        "Dock 4",
        ["Dock 4", "Hollis Water, Dock 4", "Quay Street 1"],
    )
    assert (order.requested_on, order.total) == (date(2026, 11, 25), Decimal(810))
    assert order.note == "Gate 3, before noon"
    assert lines(order) == [
        ("10", "", "85123A", "", "H-77", Decimal(6), "EA", Decimal("50.00"), None),
        (
            *("20", "", "4006381333931", "4006381333931", "", Decimal(200), "EA"),
            *(Decimal("2.55"), date(2026, 11, 26)),
        ),
    ]
    assert found(order) == []
    assert order.evidence["lines.1.quantity"].where == "segment 14 (PO1)"


def test_reads_an_order_of_edifact():
    (order,) = read_edifact(sample("order.edifact"))

    assert (order.po_number, order.purpose, order.currency) == ("4713", "order", "EUR")
    assert order.parties == ["4012345000009", "DE136695976"]
    assert (order.ship_to, order.requested_on) == ("4012345000023", date(2026, 11, 25))
    assert (order.note, order.total) == ("Gate 3, Bob's dock", Decimal(810))
    assert lines(order) == [
        (
            *("1", "", "71053", "4006381333931", "H-78", Decimal(200), "PCE"),
            *(Decimal("2.55"), None),
        ),
        ("2", "", "85123A", "", "", Decimal(6), "PCE", Decimal("50.00"), date(2026, 11, 26)),
    ]
    assert found(order) == []


def test_reads_an_order_of_ubl():
    (order,) = read_ubl(sample("order.ubl.xml"))

    assert (order.po_number, order.purpose, order.currency) == ("4714", "order", "EUR")
    assert order.parties == ["0088:4012345000009", "4012345000009"]
    assert (order.names, order.places) == (["Hollis Water"], ["Quay Street 1"])
    assert (order.requested_on, order.total) == (date(2026, 11, 25), Decimal("810.00"))
    assert lines(order) == [
        ("1", "", "85123A", "", "H-77", Decimal(6), "C62", Decimal("50.00"), None),
        (
            *("2", "", "04006381333931", "04006381333931", "", Decimal(200), "C62"),
            *(Decimal("2.55"), date(2026, 11, 26)),
        ),
    ]
    assert found(order) == []
    assert order.evidence["lines.0.quantity"].where == "Order/OrderLine[1]/Quantity"


def test_reads_a_grocery_order():
    (order,) = read_x12(sample("grocery.875.edi"))

    assert (order.po_number, order.ship_to, order.note) == ("4712", "Dock 4", "Chilled")
    assert order.requested_on == date(2026, 11, 25)
    assert [line.codes for line in order.lines] == [["85123A"], ["4006381333931"]]
    assert [line.quantity for line in order.lines] == [Decimal(6), Decimal(4)]
    assert found(order) == []


@pytest.mark.parametrize(
    ("name", "read", "po_number", "wanted"),
    [
        (
            *("change.860.edi", read_x12, "4711"),
            [
                ("10", "change", Decimal(4)),
                ("20", "delete", Decimal(200)),
                ("30", "add", Decimal(5)),
            ],
        ),
        (
            *("change.edifact", read_edifact, "4713"),
            [("1", "delete", None), ("2", "change", Decimal(4))],
        ),
        ("change.ubl.xml", read_ubl, "4714", [("1", "change", Decimal(4))]),
    ],
)
def test_reads_what_a_change_does_with_each_line(name, read, po_number, wanted):
    (order,) = read(sample(name))

    assert (order.purpose, order.po_number) == ("change", po_number)
    assert [(line.number, line.action, line.quantity) for line in order.lines] == wanted
    assert found(order) == []


@pytest.mark.parametrize(
    ("name", "read"), [("cancel.860.edi", read_x12), ("cancellation.ubl.xml", read_ubl)]
)
def test_reads_a_cancellation(name, read):
    (order,) = read(sample(name))

    assert (order.purpose, order.lines, found(order)) == ("cancellation", [], [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order.850.edi", "x12"),
        ("order.edifact", "edifact"),
        ("change.edifact", "edifact"),
        ("order.ubl.xml", "ubl"),
    ],
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_tells_the_format_by_the_content(name, expected, before):
    assert format_of(before + sample(name), "unknown.txt") == expected


def test_a_table_whose_first_column_is_called_isa_is_a_table():
    assert format_of(b"ISA,SKU,Qty\nx,85123A,6\n", "x.csv") == "csv"


DAMAGES = {
    "a set of one segment too many": (b"SE*18*", b"SE*19*", [("segment_count", "file")]),
    "another set's trailer": (b"SE*18*0001", b"SE*18*0002", [("control_number", "file")]),
    "another group's trailer": (b"GE*1*901", b"GE*1*900", [("control_number", "file")]),
    "one set too many in a group": (b"GE*1*901", b"GE*2*901", [("message_count", "file")]),
    "another interchange's trailer": (b"IEA*1*0", b"IEA*1*1", [("control_number", "file")]),
    "no trailer": (b"IEA*1*000000901~\n", b"", [("interchange_not_ended", "file")]),
    "a quantity that is none": (b"*6*EA", b"*six*EA", [("not_a_number", "lines.0.quantity")]),
    "a date that is none": (b"*20261125", b"*20261199", [("not_a_date", "requested_on")]),
    "a total that is another": (b"TT*810", b"TT*811", [("total_mismatch", "total")]),
    "a line that is missing": (b"CTT*2*206", b"CTT*3*206", [("line_count", "lines")]),
    "quantities that are others": (b"*2*206", b"*2*207", [("quantity_total", "lines")]),
    "one number for two lines": (
        b"PO1*20",
        b"PO1*10",
        [("line_number_twice", "lines.0.number"), ("line_number_twice", "lines.1.number")],
    ),
    "a price by the pound": (b"50.00**VN", b"50.00*PP*VN", [("price_basis", "lines.0.unit_price")]),
    "a qualifier without number": (b"BP*H-77", b"BP*", [("missing_code", "lines.0.sku")]),
    "a copy for information": (b"BEG*00", b"BEG*22", [("purpose", "purpose")]),
    "a blanket order": (b"BEG*00*SA", b"BEG*00*BK", [("blanket_order", "purpose")]),
    "no order number": (b"SA*4711", b"SA*", [("missing_po_number", "po_number")]),
    "a charge": (b"CTT*2*206", b"SAC*C*D240***500~\nCTT*2*206", None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_doubts_what_contradicts_itself(damage):
    old, new, wanted = DAMAGES[damage]
    content = sample("order.850.edi")
    assert content.count(old) >= 1

    (order,) = read_x12(content.replace(old, new, 1))

    expected = wanted or [
        ("segment_count", "file"),
        ("allowance_charge", "lines.1.unit_price"),
    ]
    assert found(order) == expected


EDIFACT_DAMAGES = {
    "a miscount": (b"UNT+24", b"UNT+23", [("segment_count", "file")]),
    "another message's trailer": (b"UNT+24+1", b"UNT+24+2", [("control_number", "file")]),
    "no trailer": (b"UNZ+1+905'\n", b"", [("interchange_not_ended", "file")]),
    "another interchange's trailer": (b"UNZ+1+905", b"UNZ+1+9", [("control_number", "file")]),
    "another total": (b"MOA+79:810", b"MOA+79:800", [("total_mismatch", "total")]),
    "another line's amount": (
        b"MOA+203:510",
        b"MOA+203:511",
        [("line_amount", "lines.0.amount"), ("total_mismatch", "total")],
    ),
    "a second quantity": (
        b"QTY+21:6:PCE'\n",
        b"QTY+21:6:PCE'QTY+21:7:PCE'\n",
        [("segment_count", "file"), ("split_delivery", "lines.1.quantity")],
    ),
    "a price by the kilogram": (b":100:PCE", b":100:KGM", [("price_basis", "lines.0.unit_price")]),
    "a copy": (b"4713+9", b"4713+31", [("purpose", "purpose")]),
}


@pytest.mark.parametrize("damage", EDIFACT_DAMAGES)
def test_doubts_an_edifact_order_that_contradicts_itself(damage):
    old, new, wanted = EDIFACT_DAMAGES[damage]
    content = sample("order.edifact")
    assert content.count(old) >= 1

    (order,) = read_edifact(content.replace(old, new, 1))

    assert found(order) == wanted


UBL_DAMAGES = {
    "another total": (b">810.00<", b">800.00<", [("total_mismatch", "total")]),
    "another line's amount": (
        b">300.00<",
        b">300.50<",
        [("line_amount", "lines.0.amount"), ("total_mismatch", "total")],
    ),
    "a quantity that is none": (b">6<", b">6 pcs<", [("not_a_number", "lines.0.quantity")]),
    "a price of another unit": (
        b'BaseQuantity unitCode="C62"',
        b'BaseQuantity unitCode="KGM"',
        [("price_basis", "lines.1.unit_price")],
    ),
    "a blanket order": (b">220<", b">221<", [("blanket_order", "purpose")]),
}


@pytest.mark.parametrize("damage", UBL_DAMAGES)
def test_doubts_a_ubl_order_that_contradicts_itself(damage):
    old, new, wanted = UBL_DAMAGES[damage]
    content = sample("order.ubl.xml")
    assert content.count(old) >= 1

    (order,) = read_ubl(content.replace(old, new, 1))

    assert found(order) == wanted


def test_names_what_is_no_order():
    invoice = sample("order.850.edi").replace(b"ST*850", b"ST*810")
    response = sample("order.edifact").replace(b"ORDERS:", b"ORDRSP:")
    despatch = sample("order.ubl.xml").replace(b"Order-2", b"DespatchAdvice-2")
    despatch = despatch.replace(b"<Order ", b"<DespatchAdvice ").replace(
        b"</Order>", b"</DespatchAdvice>"
    )

    read = [*read_x12(invoice), *read_edifact(response), *read_ubl(despatch)]

    assert [(order.purpose, [one.message for one in order.findings]) for order in read] == [
        ("other", ["This is no order: invoice (810)."]),
        ("other", ["This is no order: order response (ORDRSP)."]),
        ("other", ["This is no order: despatch advice (DespatchAdvice)."]),
    ]
