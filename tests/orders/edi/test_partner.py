"""A conversation with an independent trading partner, mock-edi, over HTTP on this machine.

It buys from us in both dialects and audits all that we answer. Ship notices and invoices are not
part of it: the partner is told of a dispatch by the test itself where a behaviour waits for one.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from mockedi.testing import Document, Mock

from fulfillment import services as fulfillment
from o2c.kernel import files, invariants, outbox
from o2c.kernel.models import OutboxMessage
from orders.models import IntakeDocument, Order, PartnerMessage
from orders.partners import services
from tests.factories import (
    AddressFactory,
    CompanyFactory,
    CreditAccountFactory,
    CustomerFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.orders.factories import TradingPartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)

SUPPLIERS = {"x12": ("KESX12", "X12", "004010"), "edifact": ("KESEDI", "EDIFACT", "D:96A:UN")}
LINES = [
    {"sku": "WIDGET-001", "quantity": "100", "uom": "EA", "price": "12.50"},
    {"sku": "BRKT-050", "quantity": "40", "uom": "EA", "price": "4.15"},
]


class Conversation:
    """Both ends of it: the buyer `mock`, and our own portal behind `live_server`."""

    def __init__(self, mock, kind):
        self.mock, self.kind = mock, kind
        self.supplier, dialect, version = SUPPLIERS[kind]
        self.customer = CustomerFactory.create(name="Mock EDI Supply Co")
        CreditAccountFactory.create(customer=self.customer, limit=Decimal(1000000))
        AddressFactory.create(customer=self.customer, label="MOCKEDI", is_default=False)
        self.partner = TradingPartnerFactory.create(
            customer=self.customer,
            kind=kind,
            identifier="MOCKEDI",
            our_identifier=self.supplier,
            transport="as2",
            address=f"{mock.base}/as2",
            is_test=True,
        )
        mock.expect(
            "POST",
            "/_mock/partners",
            {
                "id": self.supplier,
                "role": "supplier",
                "dialect": dialect,
                "version": version,
                "test": 1,
            },
            status=201,
            headers={"Content-Type": "application/json"},
        )

    def reach(self, url):
        self.mock.partner(self.supplier, as2_url=f"{url}/edi/as2/{self.partner.token}")

    def buy(self, po_number, lines=LINES):
        self.mock.expect(
            "POST",
            "/_mock/purchase",
            {
                "partner": self.supplier,
                "po_number": po_number,
                "currency": "EUR",
                "requested_on": (timezone.localdate() + timedelta(days=14)).isoformat(),
                "lines": lines,
            },
            status=201,
        )
        self.talk()

    def change(self, po_number, **request):
        query = f"/_mock/purchase/{po_number}/change?partner={self.supplier}"
        self.mock.expect("POST", query, request)
        self.talk()

    def talk(self):
        """Let both sides say what they have to say until neither has anything left."""
        for _round in range(12):
            self.mock.advance(everything=True)
            self.mock.settle()
            if not outbox.deliver_due(limit=100):
                break
        assert not OutboxMessage.objects.filter(delivered_at=None).exists()

    def answers(self, *kinds):
        """Return what we have sent, parsed by the partner's own reader."""
        found = PartnerMessage.objects.filter(kind__in=kinds, state="sent").order_by("pk")
        return [Document(contents(message)) for message in found]

    def is_content(self):
        """Prove that the partner has nothing to say against us, and our books are right."""
        assert self.mock.expect("GET", "/_mock/disagreements") == []
        assert self.mock.unacknowledged() == []
        assert invariants.check_all() == []


def contents(message):
    return files.read(message.file).decode("latin-1")


@pytest.fixture(params=SUPPLIERS)
def talk(request, live_server, settings, transactional_db):
    settings.EDI_AS2_RECEIVE = True
    settings.EDI_PLAIN_HOSTS = ["127.0.0.1"]
    CompanyFactory.create()
    for sku, gtin, price in (
        ("WIDGET-001", "076123400003", "12.5000"),
        ("BRKT-050", "076123400041", "4.1500"),
        ("PANEL-A3", "076123400096", "880.0000"),
    ):
        product = ProductFactory.create(sku=sku, gtin=gtin, price__amount=Decimal(price))
        StockLevelFactory.create(product=product, on_hand=Decimal(1000))
    with Mock.start() as mock:
        conversation = Conversation(mock, request.param)
        conversation.reach(live_server.url)
        yield conversation


def kinds(talk, order):
    return (
        ("855",)
        if talk.kind == "x12" and order == "order"
        else (("865",) if talk.kind == "x12" else ("ORDRSP",))
    )


def lines_of(order):
    return [(line.sku, line.ordered - line.cancelled) for line in order.lines.order_by("position")]


def test_an_order_is_placed_acknowledged_and_answered_line_by_line(talk):
    talk.buy("4500001001")

    order = Order.objects.get()
    assert (order.state, order.customer, order.channel) == ("released", talk.customer, "edi")
    assert lines_of(order) == [("WIDGET-001", 100), ("BRKT-050", 40)]
    (answer,) = talk.answers(*kinds(talk, "order"))
    response = answer.as_response()
    assert (response.po_number, response.seller_order) == ("4500001001", order.number)
    assert [(line.number, line.sku, line.confirmed, line.status) for line in response.lines] == [
        ("1", "WIDGET-001", 100, "IA"),
        ("2", "BRKT-050", 40, "IA"),
    ]
    message = PartnerMessage.objects.get(order=order)
    assert (message.state, message.verdict) == ("sent", "accepted")
    talk.is_content()


def test_a_change_is_made_and_answered(talk):
    talk.buy("4500001002")

    talk.change(
        "4500001002",
        lines=[
            {"line": "1", "quantity": "80"},
            {"action": "add", "sku": "PANEL-A3", "quantity": "3", "uom": "EA", "price": "880"},
        ],
    )

    order = Order.objects.get()
    assert lines_of(order) == [("WIDGET-001", 80), ("BRKT-050", 40), ("PANEL-A3", 3)]
    answer = talk.answers(*kinds(talk, "change"))[-1].as_change_response()
    assert [(line.number, line.confirmed) for line in answer.lines] == [
        ("1", 80),
        ("3", 3),
    ]
    talk.is_content()


def test_a_change_after_the_confirmation_is_made(talk):
    talk.mock.behaviour(talk.supplier, "change-after-confirm")

    talk.buy("4500001003")

    order = Order.objects.get()
    assert lines_of(order) == [("WIDGET-001", 50), ("BRKT-050", 40)]
    assert IntakeDocument.objects.get(purpose="change").state == "accepted"
    talk.is_content()


def test_an_order_that_comes_twice_is_placed_once(talk):
    talk.mock.behaviour(talk.supplier, "duplicate-order")

    talk.buy("4500001004")

    assert Order.objects.count() == 1
    states = IntakeDocument.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["accepted", "duplicate"]
    talk.is_content()


def test_a_cancellation_in_time_cancels(talk):
    talk.buy("4500001005")

    talk.change("4500001005", cancel=True)

    assert Order.objects.get().state == "cancelled"
    talk.is_content()


def test_a_cancellation_that_comes_too_late_is_refused_and_kept(talk, actor):
    talk.buy("4500001006")
    order = Order.objects.get()
    fulfillment.release_pick_lists(order.pk, at=timezone.now(), actor=actor)

    talk.change("4500001006", cancel=True)

    order.refresh_from_db()
    assert (order.state, lines_of(order)) == (
        "fulfilling",
        [("WIDGET-001", 100), ("BRKT-050", 40)],
    )
    document = IntakeDocument.objects.get(purpose="cancellation")
    assert (document.state, document.findings[0]["rule"]) == ("in_review", "already_picked")
    answer = talk.answers(*kinds(talk, "change"))[-1].as_change_response()
    assert answer.verdict == ("RD" if talk.kind == "x12" else "RE")
    assert [(line.number, line.confirmed) for line in answer.lines] == [("1", 100), ("2", 40)]
    talk.is_content()


def test_a_corrupt_order_is_refused_and_nothing_is_placed(talk):
    talk.mock.behaviour(talk.supplier, "corrupt")

    talk.buy("4500001007")

    assert not Order.objects.exists()
    document = IntakeDocument.objects.get()
    assert (document.state, document.findings[0]["rule"]) == ("rejected", "segment_count")
    (sent,) = talk.mock.documents(direction="out", code="850" if talk.kind == "x12" else "ORDERS")
    assert sent["ack_status"] == "rejected"
    assert invariants.check_all() == []


def test_a_partner_who_acknowledges_nothing_gets_everything_once(talk):
    talk.mock.behaviour(talk.supplier, "no-ack")

    talk.buy("4500001008")

    message = PartnerMessage.objects.get(order=Order.objects.get())
    assert (message.state, message.verdict) == ("sent", "")
    talk.is_content()


def test_a_message_sent_again_is_the_same_message(talk, actor):
    talk.buy("4500001009")
    message = PartnerMessage.objects.get(order__isnull=False)
    before = contents(message)

    services.resend(message.pk, at=timezone.now(), actor=actor)
    talk.talk()

    message.refresh_from_db()
    assert (message.state, contents(message)) == ("sent", before)
    assert PartnerMessage.objects.filter(kind=message.kind).count() == 1
    talk.is_content()


def test_a_delivery_that_fails_is_tried_again_and_arrives_once(talk):
    talk.partner.address = "http://127.0.0.1:9/as2"
    talk.partner.save(update_fields=["address"])
    talk.mock.expect(
        "POST",
        "/_mock/purchase",
        {"partner": talk.supplier, "po_number": "4500001010", "currency": "EUR", "lines": LINES},
        status=201,
    )
    talk.mock.settle()
    for _round in range(4):
        outbox.deliver_due(limit=100)

    failed = PartnerMessage.objects.filter(state="failed")
    assert [message.error for message in failed] == [
        "127.0.0.1 cannot be reached: ConnectionRefusedError."
    ] * failed.count()
    assert failed.count() == 2
    talk.partner.address = f"{talk.mock.base}/as2"
    talk.partner.save(update_fields=["address"])
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=timezone.now())
    talk.talk()

    assert not PartnerMessage.objects.exclude(state="sent").exists()
    talk.is_content()
