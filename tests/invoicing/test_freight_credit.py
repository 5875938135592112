"""Freight goes back with goods only where we are to blame, in proportion, to the last cent."""

from decimal import Decimal

import pytest

from collection import services as collection
from credit.models import CreditAccount
from invoicing import content, services
from invoicing.models import Invoice, InvoiceCharge
from o2c.kernel.invariants import check_all
from orders.models import Order
from receivables.models import JournalLine, OpenItem
from shipping import services as shipping
from shipping.models import DeliveryCase
from tests.invoicing.freighted import bring_back, charged_customer, ship_taxed, tariff
from tests.invoicing.shipped import ACTOR, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(company):
    return charged_customer(name="Delta Crane")


@pytest.fixture
def billed(payer, now, actor):
    """3 × 50.00 and 10.00 of freight: 190.40 EUR with tax."""
    tariff("10")
    shipment = ship(payer, ("3", "50.00"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    return invoice


@pytest.fixture
def take_back(now, actor):
    def take_back(shipment, *parts):
        return services.credit_return(bring_back(shipment, *parts).pk, at=now, actor=actor)

    return take_back


@pytest.mark.parametrize("reason", ["damaged", "wrong", "defect"])
def test_what_is_our_fault_takes_its_part_along(billed, take_back, reason):
    [memo] = take_back(billed.shipment, ("1", reason))

    assert (memo.goods_amount, memo.freight_amount, memo.tax_amount) == (
        50,
        Decimal("3.33"),
        Decimal("10.13"),
    )
    assert memo.gross_amount == Decimal("63.46")
    assert content.read(memo)["charges"][0]["net_amount"] == "3.33"
    posted = JournalLine.objects.filter(entry__kind="credit_memo")
    assert {line.account: line.debit - line.credit for line in posted} == {
        "4000": 50,
        "4100": Decimal("3.33"),
        "2200": Decimal("10.13"),
        "1290": Decimal("-63.46"),
    }
    assert check_all() == []


@pytest.mark.parametrize("reason", ["unwanted", "refused"])
def test_what_they_do_not_want_leaves_the_freight(billed, take_back, reason):
    [memo] = take_back(billed.shipment, ("1", reason))

    assert (memo.goods_amount, memo.freight_amount) == (50, 0)
    assert "charges" not in content.read(memo)
    assert InvoiceCharge.objects.count() == 1
    assert check_all() == []


def test_the_last_of_many_takes_the_residual(billed, take_back):
    memos = [take_back(billed.shipment, ("1", "damaged"))[0] for _time in range(3)]

    billed.refresh_from_db()
    assert [memo.freight_amount for memo in memos] == [
        Decimal("3.33"),
        Decimal("3.34"),
        Decimal("3.33"),
    ]
    assert sum(memo.gross_amount for memo in memos) == billed.gross_amount
    assert (billed.state, OpenItem.objects.get().state) == ("credited", "settled")
    assert Order.objects.get().state == Order.State.CLOSED
    assert CreditAccount.objects.get().exposure == 0
    assert check_all() == []


def test_one_return_for_two_reasons_takes_along_what_is_ours(payer, take_back, now, actor):
    tariff("10")
    shipment = ship(payer, ("2", "50.00"), ("5", "20.00"))
    services.bill_shipment(shipment.pk, at=now, actor=actor)

    [memo] = take_back(shipment, ("1", "damaged"), ("5", "unwanted"))

    assert (memo.goods_amount, memo.freight_amount) == (150, Decimal("2.50"))
    assert check_all() == []


def test_each_tax_gives_back_its_own(payer, take_back, now, actor):
    tariff("10")
    shipment = ship_taxed(payer, ("100.00", "S"), ("50.00", "Z"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    [memo] = take_back(shipment, ("0", ""), ("1", "wrong"))

    [charge] = memo.charges.all()
    assert (charge.tax_category, charge.net_amount) == ("Z", Decimal("3.33"))
    assert (memo.net_amount, memo.tax_amount) == (Decimal("53.33"), 0)
    invoice.refresh_from_db()
    assert invoice.state == "issued"
    assert check_all() == []


def test_shares_that_round_to_nothing_count_for_the_next(payer, take_back, now, actor):
    tariff("0.02")
    shipment = ship(payer, ("8", "1.00"))
    services.bill_shipment(shipment.pk, at=now, actor=actor)

    memos = [take_back(shipment, ("1", "damaged"))[0] for _time in range(8)]

    assert sum(memo.freight_amount for memo in memos) == Decimal("0.02")
    assert memos[0].freight_amount == 0
    assert "charges" not in content.read(memos[0])
    assert {row.state for row in Invoice.objects.filter(kind="invoice")} == {"credited"}
    assert check_all() == []


def test_what_is_lost_is_credited_with_all_its_freight(billed, now, actor):
    shipping.report_exception(billed.shipment_id, kind="lost", note="Gone", at=now, actor=actor)
    row = shipping.settle_as_lost(DeliveryCase.objects.get().pk, at=now, actor=actor)

    [memo] = services.credit_return(row.pk, at=now, actor=actor)

    billed.refresh_from_db()
    assert (memo.reason, memo.freight_amount, memo.gross_amount) == (
        "lost",
        10,
        Decimal("190.40"),
    )
    assert (billed.state, Order.objects.get().state) == ("credited", Order.State.CLOSED)
    assert check_all() == []


def test_all_unwanted_the_freight_is_owed_and_the_order_ends_when_it_is_paid(
    billed, take_back, payer, now
):
    [memo] = take_back(billed.shipment, ("3", "unwanted"))
    billed.refresh_from_db()
    item = OpenItem.objects.get()
    before = (memo.gross_amount, billed.state, item.balance, Order.objects.get().state)

    collection.record_receipt(
        customer_id=payer.pk,
        method="transfer",
        currency="EUR",
        amount=Decimal("11.90"),
        received_on=now.date(),
        reference="REF-1",
        apply_to={item.pk: Decimal("11.90")},
        at=now,
        actor=ACTOR,
    )

    assert before == (Decimal("178.50"), "issued", Decimal("11.90"), Order.State.INVOICED)
    item.refresh_from_db()
    assert (item.state, Order.objects.get().state) == ("settled", Order.State.CLOSED)
    assert CreditAccount.objects.get().exposure == 0
    assert check_all() == []
