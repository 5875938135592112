"""Each worklist holds the documents that wait, and says why each comes now …"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection import services as collection
from collection.models import DunningLevel
from o2c.kernel.actors import Actor
from orders.services import NewLine
from receivables import services as receivables
from receivables.models import InvoiceReview
from reporting.selectors.worklists import Moment, do_next, loads
from reporting.today.reasons import next_of
from reporting.today.worklists import WORKLISTS
from shipping import services as shipping
from tests.factories import StockLevelFactory
from tests.reporting import lives

BY_KEY = {worklist.key: worklist for worklist in WORKLISTS}
DAY = timedelta(days=1)


def everything(name: str) -> bool:
    return True


@pytest.fixture
def told(company):
    """Return what is to be done on one list, and why: `told("label", at)`."""

    def told(key, at):
        moment = Moment(now=at, today=at.date(), zone="Europe/Berlin")
        lists = [BY_KEY[key]]
        found = [next_of(task, moment, may=everything) for task in do_next(lists, moment)]
        assert loads(lists, moment)[key].count == len(found)
        return [(row.what, str(row.why), row.action, row.href) for row in found]

    return told


@pytest.fixture
def packed(company, credit_account, stocked, draft, now):
    """A shipment of 100.00 EUR net, planned for the truck at 15:30 in Berlin."""
    order = draft()
    lives.submit(order, at=now)
    return lives.pack(lives.pick(order, at=now), at=now)


def test_picking_ends_with_packing(told, credit_account, stocked, draft, now):
    order = draft()
    lives.submit(order, at=now)
    picks = lives.pick(order, at=now)

    [(what, why, action, href)] = told("picking", now + timedelta(hours=2))

    assert (what, why, action) == (f"Pack {picks.number}", "waiting 2 h", "Pack")
    assert href == f"/fulfillment/pick-lists/{picks.number}/"


def test_shipments_are_labelled_then_loaded_before_the_truck_leaves(told, packed, now, actor):
    [(what, why, *_rest)] = told("label", now)
    assert (what, "truck leaves at" in why) == (f"Label {packed.number}", True)
    assert told("load", now) == []

    shipping.label_shipment(packed.pk, at=now, actor=actor)

    assert told("label", now) == []
    [(what, why, *_rest)] = told("load", now)
    assert (what, "truck leaves at" in why) == (f"Load {packed.number}", True)
    [(_what, why, *_rest)] = told("load", now + timedelta(hours=8))
    assert why == "missed its pickup, 2 h 30 m late"


def test_exceptions_are_named(told, packed, now, actor):
    lives.leave(packed, at=now)
    shipping.report_exception(packed.pk, kind="damaged", note="Wet box", at=now, actor=actor)

    [(what, why, action, href)] = told("exceptions", now)

    assert (what, why, action) == (f"Resolve {packed.number}", "damaged", "Resolve")
    assert href == f"/shipping/{packed.number}/"


def test_overdue_customers_are_called_about_all_they_owe(told, invoice, customer, now):
    assert told("overdue", now + 30 * DAY) == []

    [(what, why, _action, href)] = told("overdue", now + 31 * DAY)

    assert (what, why) == ("Call Harbor Pump & Valve", "1 day overdue, invoices: 1")
    assert href == f"/collections/?customer={customer.pk}"


def test_disputed_items_are_answered_not_dunned(told, invoice, now, actor):
    receivables.open_dispute(
        invoice.open_items.get().pk,
        amount=Decimal(50),
        reason="price",
        note="Agreed on less",
        at=now,
        actor=actor,
    )

    [(what, why, *_rest)] = told("disputes", now)

    assert (what, why) == (f"Answer the dispute of {invoice.number}", "Agreed on less")
    assert told("overdue", now + 31 * DAY) == []


def test_money_of_an_unknown_payer_waits(told, company, now, actor):
    receipt = collection.record_receipt(
        customer_id=None,
        method="transfer",
        currency="EUR",
        amount=Decimal(70),
        received_on=now.date(),
        reference="R-7",
        payer_text="HARBOR PUMP",
        at=now,
        actor=actor,
    )

    [(what, why, _action, href)] = told("cash", now)

    assert (what, why) == (f"Apply {receipt.number}", "payer unknown")
    assert href == f"/collections/receipts/{receipt.number}/"


def test_invoices_due_soon_are_reviewed(told, invoice, now):
    InvoiceReview.objects.create(item=invoice.open_items.get(), flagged_on=now.date())

    [(what, *_rest)] = told("reviews", now)

    assert what == f"Review {invoice.number}"


def test_letters_above_the_first_level_wait_to_be_sent(told, invoice, customer, now):
    DunningLevel.objects.all().delete()
    DunningLevel.objects.create(level=2, name="Second notice", days=1, subject="Pay", text="Pay")
    late = now + 40 * DAY
    collection.run_dunning(late.date(), at=late, actor=Actor.job("collections.run_dunning"))

    rows = told("dunning", late)

    assert [(what, why) for what, why, *_rest in rows] == [
        ("Send the letter to Harbor Pump & Valve", "ready to send: Second notice")
    ]


def test_ask_as_few_statements_for_twenty_documents_as_for_one(
    told, credit_account, draft, now, company
):
    moment = Moment(now=now, today=now.date(), zone="Europe/Berlin")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            loads(WORKLISTS, moment)
            do_next(WORKLISTS, moment)
        return len(captured)

    draft()
    one = count()
    for _ in range(19):
        product = StockLevelFactory.create().product
        lives.submit(draft(lines=[NewLine(product.pk, Decimal(1))]), at=now)

    assert (one, count()) == (2, 2)
