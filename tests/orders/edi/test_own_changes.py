"""What our own people change of a partner's order is told them in their own format."""

from datetime import timedelta
from decimal import Decimal

import pytest

from o2c.kernel import files
from o2c.kernel.outbox import deliver_due
from orders import services
from orders.intake.services import take_in
from orders.models import Order, OrderLine, PartnerMessage
from orders.services import AmendmentChanges, LineChange
from tests.factories import NOW
from tests.orders.edi.conftest import sample

LATER = NOW + timedelta(hours=2)
SAMPLES = {"x12": "order.850.edi", "edifact": "order.edifact", "ubl": "order.ubl.xml"}
KINDS = {"x12": "865", "edifact": "ORDRSP", "ubl": "OrderResponse"}


@pytest.fixture(autouse=True)
def reachable(partners, settings, tmp_path):
    """Every partner has a folder."""
    settings.EDI_FOLDER = str(tmp_path)
    for kind, partner in partners.items():
        partner.transport, partner.address = "folder", kind
        partner.save()


@pytest.fixture
def placed(actor):
    def run(kind="x12"):
        list(take_in("o.edi", sample(SAMPLES[kind]), commit=True, at=NOW, actor=actor))
        deliver_due(limit=100)
        return Order.objects.get()

    return run


def texts(kind):
    messages = PartnerMessage.objects.filter(kind=kind).order_by("pk")
    return [files.read(message.file).decode("latin-1") for message in messages]


def first(order):
    return order.lines.get(position=1)


def amend(order, actor, **fields):
    change = LineChange(line_id=first(order).pk, **fields)
    services.amend_order(
        order.pk,
        changes=AmendmentChanges(lines=[change]),
        reason="They called",
        at=LATER,
        actor=actor,
    )
    deliver_due(limit=100)


@pytest.mark.parametrize("kind", SAMPLES)
def test_an_amendment_of_ours_is_told_in_their_format(placed, actor, kind):
    order = placed(kind)
    before = len(texts(KINDS[kind]))

    amend(order, actor, quantity=Decimal(4))

    assert len(texts(KINDS[kind])) == before + 1


def test_an_865_says_what_was_done_to_each_line(placed, actor):
    amend(placed(), actor, quantity=Decimal(4))

    (text,) = texts("865")
    assert "BCA*04*AC*4711*" in text
    assert "POC*10*CA*4**EA*50**VP*85123A" in text
    assert "POC*20*NC*200**EA*2.55**VP*71053" in text


def test_a_cancellation_of_ours_is_told(placed, actor):
    order = placed()

    services.cancel_order(order.pk, reason="out_of_stock", note="Sold out", at=LATER, actor=actor)
    deliver_due(limit=100)

    (text,) = texts("865")
    assert "BCA*04*RD*4711*" in text
    assert "POC*10*DI*0**EA" in text


def test_what_their_own_document_asked_for_is_told_once(placed, actor):
    placed()

    content = sample("change.860.edi")
    list(take_in("c.edi", content, commit=True, at=LATER, actor=actor))
    deliver_due(limit=100)

    (text,) = texts("865")
    assert "BCA*00*" in text


def test_a_day_that_moves_is_announced_once_and_told(placed, actor):
    order = placed()
    line = first(order)
    OrderLine.objects.filter(pk=line.pk).update(expected_on=line.expected_on + timedelta(days=7))

    found = services.announce_moved_promises(at=LATER, actor=actor)
    deliver_due(limit=100)
    again = services.announce_moved_promises(at=LATER + timedelta(days=1), actor=actor)

    (text,) = texts("865")
    day = (line.expected_on + timedelta(days=7)).strftime("%Y%m%d")
    assert (found, again) == (1, 0)
    assert "POC*10*CA*6**EA*50**VP*85123A" in text
    assert f"ACK*IA*6*EA*067*{day}" in text
