"""The demo's first page: plausible trade, with something in every state and queue."""

from collections import Counter
from datetime import date
from io import BytesIO, StringIO

import pdfplumber
import pytest
from django.core.management import call_command
from django.db.models import Count

from collection.models import DunningNotice, Receipt
from credit.models import (
    CreditApplication,
    CreditDocument,
    CreditGroup,
    CreditProposal,
    Guarantee,
    Hold,
)
from fulfillment.models import CountTask, ExpectedReceipt, PickList
from invoicing.models import Invoice, ProForma
from o2c.kernel import files
from o2c.kernel.invariants import check_all
from o2c.kernel.models import Company, JobRun, User
from orders.models import (
    Amendment,
    IntakeDocument,
    Order,
    OrderApproval,
    OrderFinding,
    PartnerMessage,
    WebShop,
)
from receivables.models import Dispute, InvoiceReview, OpenItem
from shipping.models import (
    AuditSample,
    Booking,
    DeliveryCase,
    FreightRate,
    Return,
    Shipment,
    TrackingEvent,
)
from simulation import history, opening

TODAY = date(2026, 11, 18)


def text_of(document):
    with pdfplumber.open(BytesIO(files.read(document.file))) as pdf:
        return pdf.pages[0].extract_text()


def states(model):
    return set(model.objects.values_list("state", flat=True))


def counts(model, *columns):
    """Return how many rows there are by these columns, or by this one."""
    found = Counter(model.objects.values_list(*columns))
    return {key if len(columns) > 1 else key[0]: number for key, number in found.items()}


@pytest.mark.django_db
def test_leaves_work_for_everybody_and_the_books_right():
    opening.play(TODAY, tell=lambda line: None)

    assert counts(Order, "state") == {
        "draft": 4,
        "in_review": 3,
        "on_hold": 6,
        "declined": 1,
        "released": 6,
        "fulfilling": 10,
        "invoiced": 14,
        "closed": 12,
    }
    assert counts(PickList, "state") == {
        "released": 2,
        "picking": 1,
        "picked": 2,
        "packed": 5,
        "handed_over": 27,
    }
    assert counts(Shipment, "state") == {
        "planned": 3,
        "labelled": 1,
        "dispatched": 2,
        "exception": 2,
        "delivered": 23,
    }
    assert counts(Booking, "state", "problem") == {("booked", ""): 4, ("failed", "refused"): 1}
    assert counts(DeliveryCase, "kind") == {"late": 2, "damaged": 2, "lost": 1, "refused": 1}
    assert counts(TrackingEvent, "channel") == {"poll": 15, "webhook": 1}
    assert FreightRate.objects.count() == 8
    assert counts(Return, "state") == {
        "announced": 2,
        "received": 1,
        "inspected": 1,
        "settled": 1,
    }
    assert Return.objects.filter(lines__reason="refused").count() == 1
    assert Invoice.objects.filter(kind="credit_memo", number__isnull=False).count() == 1
    payers = Invoice.objects.filter(freight_amount__gt=0).values_list("customer__name", flat=True)
    assert set(payers) == {"Blue Heron Water Works"}
    assert counts(AuditSample, "finding") == {"": 10, "fine": 1, "papers": 1}
    assert counts(OpenItem, "state") == {"open": 15, "settled": 14}
    assert counts(Receipt, "state") == {"unidentified": 1, "identified": 1, "applied": 14}
    assert states(CreditApplication) == {"referred", "awaiting_documents"}
    assert list(CreditProposal.objects.values_list("kind", "status")) == [("limit", "open")]
    assert Guarantee.objects.count() == 1
    [asked] = ProForma.objects.select_related("order", "customer")
    assert (asked.state, asked.order.state, asked.customer.name) == (
        "issued",
        "declined",
        "Harbor Pump & Valve",
    )
    assert CreditGroup.objects.get().parent.name == "Harbor Pump & Valve"
    [(document, page)] = [(paper, text_of(paper)) for paper in CreditDocument.objects.all()]
    assert document.application.customer.name == "Alder Creek Robotics"
    assert "annual accounts 2025" in page
    assert counts(InvoiceReview, "state") == {"fine": 6, "open": 3}
    assert counts(Dispute, "state") == {"open": 1}
    assert counts(DunningNotice, "level__level", "state") == {
        (1, "sending"): 6,
        (2, "proposed"): 2,
    }
    assert counts(CountTask, "kind", "state") == {
        ("short", "counted"): 1,
        ("short", "open"): 1,
        ("cycle", "open"): 3,
    }
    assert ExpectedReceipt.objects.filter(state="open").count() == 5
    assert set(
        Hold.objects.filter(released_at=None, order=None).values_list("kind", flat=True)
    ) == {
        "manual",
        "overdue",
    }
    assert check_all() == []


@pytest.mark.django_db
def test_two_orders_of_one_customer_share_a_shipment_on_the_board():
    opening.play(TODAY, tell=lambda line: None)

    orders = Count("lines__order", distinct=True)
    [joint] = Shipment.objects.annotate(orders=orders).filter(orders__gt=1)
    assert (joint.customer.name, joint.customer.consolidation, joint.orders, joint.state) == (
        "Prairie Gasket & Seal",
        "automatic",
        2,
        "planned",
    )
    assert joint.leaves_by is not None
    assert joint.package_count == 2


@pytest.mark.django_db
def test_shows_what_order_capture_leaves_on_the_desks():
    opening.play(TODAY, tell=lambda line: None)

    found = OrderFinding.objects.filter(order__state="draft", state="open", severity="block")
    papers = dict(IntakeDocument.objects.values_list("file__name", "state"))
    doubtful = IntakeDocument.objects.get(file__name="TPM-3312.pdf")
    assert set(found.values_list("rule", flat=True)) == {"quantity_not_multiple", "po_used_before"}
    assert states(OrderApproval) == {"asked"}
    assert states(Amendment) == {"applied", "checked"}
    assert papers == {
        "juniper-week.csv": "accepted",
        "return-0311.csv": "rejected",
        "TPM-3312.pdf": "in_review",
        "CPS-1191.edi": "accepted",
    }
    assert [finding["rule"] for finding in doubtful.findings] == ["price_differs"]
    assert counts(PartnerMessage, "kind") == {"997": 1}
    assert not WebShop.objects.get().is_active
    assert check_all() == []


@pytest.mark.django_db
def test_is_made_once():
    Company.objects.create(code="X", name="There already", country="DE", currency="EUR")
    said = StringIO()

    call_command("simulate", "opening", stdout=said)

    assert said.getvalue() == "There is a company already; nothing was changed.\n"
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_history_grows_behind_it_and_goes_on_where_it_stopped(monkeypatch):
    opening.play(TODAY, tell=lambda line: None)
    before = Order.objects.count()
    whole_day = history.trade.play_day
    days = []

    def stop_after_two(twin, *, new_orders):
        if len(days) == 2:
            raise KeyboardInterrupt
        days.append(twin.day)
        whole_day(twin, new_orders=new_orders)

    monkeypatch.setattr(history.trade, "play_day", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        history.play(TODAY, tell=lambda line: None, days=5, wanted=7)
    monkeypatch.setattr(history.trade, "play_day", whole_day)
    history.play(TODAY, tell=lambda line: None, days=5, wanted=7)

    run = JobRun.objects.get(name=history.JOB)
    assert days == [date(2026, 11, 13), date(2026, 11, 16)]
    assert run.result == {
        "orders": 7,
        "of": 7,
        "day": "2026-11-17",
        "days": 3,
        "of_days": 3,
    }
    assert run.finished_at is not None
    assert Order.objects.count() == before + 7
    numbers = Invoice.objects.exclude(number=None).values_list("number", flat=True)
    assert {number.rpartition("-")[0] for number in numbers} >= {"INV", "INV-H"}
    assert check_all() == []
