"""What we write is checked by somebody else's strict reader, and by our own."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree
from x12 import inspect_x12_interchange, parse_x12_interchange, tokenize_x12

from o2c.kernel import files
from o2c.kernel.outbox import deliver_due
from orders.intake.edi import edifact_syntax, x12_syntax
from orders.intake.services import take_in
from orders.models import Order, PartnerMessage
from orders.partners.answers import Answer, AnswerLine, LineStatus, Verdict
from orders.partners.responses import write_answer
from tests.factories import NOW
from tests.orders.edi.conftest import sample
from tests.orders.factories import TradingPartnerFactory

LINES = [
    AnswerLine(
        number="1",
        sku="85123A",
        gtin="4006381333931",
        customer_part="H-77",
        description="Butterfly valve*with~odd>signs, O'Brien's: 2+1?",
        ordered=Decimal(10),
        confirmed=Decimal(10),
        backordered=Decimal(4),
        price=Decimal("50.0000"),
        day=date(2026, 12, 1),
    ),
    AnswerLine(
        number="2",
        sku="71053",
        ordered=Decimal("2.5"),
        confirmed=Decimal(0),
        price=Decimal("2.5500"),
        status=LineStatus.REJECTED,
        reason="not delivered",
    ),
]
KINDS = ["x12", "edifact", "ubl"]


@pytest.fixture
def partner_of(books):
    def make(kind):
        return TradingPartnerFactory.build(
            customer=books, kind=kind, identifier="HOLLIS", our_identifier="KESTREL"
        )

    return make


def answer(*, is_change=False, verdict=Verdict.CHANGED):
    return Answer(
        po_number="4711",
        order_number="SO-10001",
        ordered_on=date(2026, 11, 17),
        answered_on=date(2026, 11, 18),
        currency="EUR",
        verdict=verdict,
        is_change=is_change,
        sequence="1" if is_change else "",
        lines=LINES,
    )


@pytest.mark.parametrize(("is_change", "code"), [(False, "855"), (True, "865")])
def test_x12_is_read_by_a_strict_parser(partner_of, is_change, code):
    kind, content = write_answer(answer(is_change=is_change), partner_of("x12"), "1001", at=NOW)

    inspected = inspect_x12_interchange(parse_x12_interchange(tokenize_x12(content)))
    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    assert kind == code
    assert tuple(inspected.transaction_set_codes) == (code.encode(),)
    assert (interchange.problems, message.problems) == ([], [])
    assert len(content.split(b"~")[0]) == 105
    acknowledged = [[one.get(place) for place in (1, 2, 5)] for one in message.all("ACK")]
    assert acknowledged == [
        ["IA", "6", "20261201"],
        ["IB", "4", "20261201"],
        ["IR", "0", ""],
    ]


def test_edifact_says_ordered_confirmed_and_to_follow(partner_of):
    kind, content = write_answer(answer(), partner_of("edifact"), "1002", at=NOW)

    (interchange,) = edifact_syntax.parse(content)
    (message,) = interchange.messages
    assert (kind, message.code) == ("ORDRSP", "ORDRSP")
    assert (interchange.problems, message.problems) == ([], [])
    assert [(one.get(1), one.get(1, 2)) for one in message.all("QTY")] == [
        ("21", "10"),
        ("113", "10"),
        ("83", "4"),
        ("21", "2.5"),
        ("113", "0"),
    ]
    text = message.all("IMD")[0]
    assert text.get(3, 4) + text.get(3, 5) == LINES[0].description


def test_ubl_says_the_same_and_is_well_formed(partner_of):
    kind, content = write_answer(answer(), partner_of("ubl"), "1003", at=NOW)

    root = etree.fromstring(content)
    said = [
        [element.text for element in root.iter(f"{{*}}{name}")]
        for name in ("OrderResponseCode", "LineStatusCode", "Quantity", "MaximumBackorderQuantity")
    ]
    assert kind == "OrderResponse"
    assert said == [["CA"], ["3", "7"], ["10", "0"], ["4"]]
    assert root.findtext("{*}OrderReference/{*}ID") == "4711"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_can_be_said_in_every_format(partner_of, kind, verdict):
    _kind, content = write_answer(answer(verdict=verdict), partner_of(kind), "1004", at=NOW)

    assert b"4711" in content


def sent(kind):
    return [
        files.read(message.file).decode("latin-1")
        for message in PartnerMessage.objects.filter(kind=kind).order_by("pk")
    ]


def take(content, actor, name="o.edi"):
    list(take_in(name, content, commit=True, at=NOW, actor=actor))
    deliver_due(limit=100)


def test_an_accepted_interchange_is_acknowledged_by_a_997(partners, actor):
    take(sample("order.850.edi"), actor)

    (text,) = sent("997")
    inspected = inspect_x12_interchange(parse_x12_interchange(tokenize_x12(text.encode())))
    assert tuple(inspected.transaction_set_codes) == (b"997",)
    assert "AK1*PO*901~\nAK2*850*0001~\nAK5*A~\nAK9*A*1*1*1~" in text


def test_a_bad_element_is_named_and_the_set_is_taken_with_errors(partners, actor):
    take(sample("order.850.edi").replace(b"*6*EA", b"*six*EA"), actor)

    (text,) = sent("997")
    assert "AK3*PO1*12**8~\nAK4*2**6~\nAK5*E*5~\nAK9*E*1*1*1~" in text
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"SE*18*", b"SE*19*", "AK5*R*4~\nAK9*R*1*1*0~"),
        (b"SE*18*0001", b"SE*18*0009", "AK5*R*3~\nAK9*R*1*1*0~"),
        (b"GE*1*901", b"GE*2*901", "AK5*R~\nAK9*R*2*1*0*5~"),
        (b"ST*850", b"ST*810", "AK2*810*0001~\nAK5*R*1~\nAK9*R*1*1*0~"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_no_order_is_placed(partners, actor, old, new, said):
    take(sample("order.850.edi").replace(old, new), actor)

    (text,) = sent("997")
    assert said in text
    assert not Order.objects.exists()
    assert not sent("855")


def test_a_broken_envelope_is_refused_by_a_ta1(partners, actor):
    take(sample("order.850.edi").replace(b"IEA*1*000000901", b"IEA*1*000000999"), actor)

    (text,) = sent("TA1")
    assert "TA1*000000901*261117*0815*R*001~\nIEA*0*" in text
    assert sent("997") == []
    assert not Order.objects.exists()


def test_edifact_is_acknowledged_by_a_contrl(partners, actor):
    take(sample("order.edifact"), actor)

    (text,) = sent("CONTRL")
    assert "UCI+905+4012345000009:14+4098765000005:14+7'" in text
    assert "UCM+1+ORDERS:D:96A:UN:EAN008+7'" in text


def test_a_miscounted_message_is_refused_by_a_contrl(partners, actor):
    take(sample("order.edifact").replace(b"UNT+24", b"UNT+25"), actor)

    (text,) = sent("CONTRL")
    assert "UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT'" in text
    assert not Order.objects.exists()


def test_the_same_file_again_is_answered_by_the_same_message(partners, actor):
    take(sample("order.850.edi"), actor)
    take(sample("order.850.edi"), actor)

    assert len(sent("997")) == 1
    assert len(sent("855")) == 1
    assert Order.objects.count() == 1


def test_a_control_number_that_was_used_for_something_else_is_refused(partners, actor):
    take(sample("order.850.edi"), actor)
    take(sample("order.850.edi").replace(b"4711**", b"4799**"), actor)

    assert [text.count("TA1*000000901*261117*0815*R*025~") for text in sent("TA1")] == [1]
    assert Order.objects.count() == 1


def test_an_acknowledgement_is_not_acknowledged(partners, actor):
    take(sample("order.850.edi"), actor)
    (control,) = PartnerMessage.objects.filter(kind="855").values_list("control", flat=True)
    text = (
        "ISA*00*          *00*          *01*004711815      *ZZ*KESTREL        *261118*0815*U"
        "*00401*000000950*0*P*>~GS*FA*004711815*KESTREL*20261118*0815*950*X*004010~"
        f"ST*997*0001~AK1*PR*{control}~AK2*855*{control}~AK5*R*5~AK9*R*1*1*0~SE*6*0001~"
        "GE*1*950~IEA*1*000000950~"
    )

    take(text.encode(), actor)

    message = PartnerMessage.objects.get(kind="855")
    assert (message.verdict, len(sent("997"))) == ("rejected", 1)


def test_a_stranger_is_not_answered(books, actor):
    take(sample("order.850.edi"), actor)

    assert not PartnerMessage.objects.exists()
    assert Order.objects.count() == 1


def test_a_released_order_is_answered_line_by_line_with_their_numbers(partners, actor):
    take(sample("order.850.edi"), actor)

    order = Order.objects.get()
    (text,) = sent("855")
    assert f"BAK*00*AD*4711*20261118****{order.number}*20261118~" in text
    assert "PO1*10*6*EA*50**VP*85123A" in text
    assert "PO1*20*200*EA*2.55**VP*71053*EN*4006381333931~" in text


def test_a_deleted_line_is_answered_as_deleted(partners, actor):
    take(sample("order.850.edi"), actor)
    take(sample("change.860.edi"), actor)

    (text,) = sent("865")
    assert "POC*10*CA*4**EA*50**VP*85123A" in text
    assert "POC*20*DI*0**EA*2.55**VP*71053" in text
    assert "ACK*ID*0*EA~" in text
    assert "POC*30*AI*5**EA*2.55**VP*71053" in text
