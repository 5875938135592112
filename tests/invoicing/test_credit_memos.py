"""Credit memos: what was accepted of a return is taken off the invoice, exactly and once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from collection import services as collection
from credit.models import CreditAccount
from fulfillment.models import Lot
from invoicing import content, services
from invoicing.models import Invoice, InvoiceLine
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry, NumberSeries
from orders.models import Order, OrderLine
from receivables.models import Application, JournalLine, OpenItem
from shipping import services as shipping
from shipping.services import Coming
from tests.factories import NOW, TaxRuleFactory
from tests.invoicing.coming_back import accept, send_back
from tests.invoicing.shipped import ACTOR, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def credit(now, actor):
    def credit(row):
        return services.credit_return(row.pk, at=now, actor=actor)

    return credit


def test_takes_off_what_was_accepted_at_the_price_and_tax_of_the_invoice(invoice, shipment, credit):
    TaxRuleFactory.create(rate=Decimal("0.25"))  # of today, not of the invoice

    [memo] = credit(send_back(shipment, "1", "3"))

    assert (memo.number, memo.kind, memo.state, memo.reason) == (
        "CM-00001",
        "credit_memo",
        "issued",
        "return",
    )
    assert (memo.original, memo.order, memo.customer) == (invoice, invoice.order, invoice.customer)
    assert (memo.net_amount, memo.tax_amount, memo.gross_amount) == (
        Decimal("80.00"),
        Decimal("15.20"),
        Decimal("95.20"),
    )
    found = memo.lines.order_by("position").values_list("quantity", "net_amount", "tax_rate")
    assert list(found) == [(1, 50, Decimal("0.19")), (3, 30, Decimal("0.19"))]
    assert check_all() == []


def test_says_which_invoice_it_lowers_and_is_sealed(invoice, shipment, credit):
    [memo] = credit(send_back(shipment, "1"))

    says = content.read(memo)
    assert says["original"] == {"number": "INV-00001", "issued_on": "2026-11-18"}
    assert (says["kind"], says["number"], says["reason"]) == ("credit_memo", "CM-00001", "return")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Invoice.objects.filter(pk=memo.pk).update(net_amount=1, gross_amount=Decimal("10.50"))


def test_lowers_what_is_open_and_the_exposure(invoice, shipment, credit, customer):
    credit(send_back(shipment, "1"))

    item = OpenItem.objects.get(invoice=invoice)
    assert (item.amount, item.applied, item.state) == (
        Decimal("154.700"),
        Decimal("59.500"),
        "open",
    )
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("95.200")
    [line] = OrderLine.objects.filter(credited__gt=0)
    assert (line.invoiced, line.credited, line.returned) == (2, 1, 1)


def test_posts_revenue_and_tax_against_the_receivable(invoice, shipment, credit):
    credit(send_back(shipment, "1"))

    posted = JournalLine.objects.filter(entry__kind__in=["credit_memo", "application"])
    sums = {}
    for line in posted:
        sums[line.account] = sums.get(line.account, 0) + line.debit - line.credit
    assert sums == {"4000": 50, "2200": Decimal("9.5"), "1290": 0, "1200": Decimal("-59.5")}


def test_an_invoice_of_which_nothing_is_left_is_credited_and_its_order_closed(
    invoice, shipment, credit
):
    credit(send_back(shipment, "2", "3"))

    invoice.refresh_from_db()
    assert invoice.state == Invoice.State.CREDITED
    assert OpenItem.objects.get(invoice=invoice).state == "settled"
    assert Order.objects.get().state == Order.State.CLOSED
    assert check_all() == []


def test_many_small_returns_take_off_exactly_what_was_billed(customer, credit, now, actor):
    shipment = ship(customer, ("3", "0.3333"), ("7", "0.15"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    for _time in range(3):
        credit(send_back(shipment, "1", "2"))
    credit(send_back(shipment, "0", "1"))

    memos = Invoice.objects.filter(kind="credit_memo")
    assert sum(memo.net_amount for memo in memos) == invoice.net_amount
    assert sum(memo.tax_amount for memo in memos) == invoice.tax_amount
    assert memos.count() == 4
    invoice.refresh_from_db()
    assert invoice.state == Invoice.State.CREDITED
    assert check_all() == []


def test_credits_a_return_once_however_often_it_is_told(invoice, shipment, credit):
    row = send_back(shipment, "1")
    [memo] = credit(row)

    assert credit(row) == [memo]

    assert Invoice.objects.filter(kind="credit_memo").count() == 1
    assert NumberSeries.objects.get(kind="credit_memo").last_number == 1
    assert check_all() == []


def test_numbers_have_a_series_of_their_own(invoice, shipment, credit, customer, now, actor):
    credit(send_back(shipment, "1"))
    other = ship(customer, ("1", "5.00"))
    [second] = services.bill_shipment(other.pk, at=now, actor=actor)

    [memo] = credit(send_back(shipment, "1"))

    assert (second.number, memo.number) == ("INV-00002", "CM-00002")


def test_each_invoice_of_a_return_gets_a_memo_of_its_own(customer, credit, now, actor):
    sent = [ship(customer, ("2", "10.00")), ship(customer, ("2", "20.00"))]
    for shipment in sent:
        services.bill_shipment(shipment.pk, at=now, actor=actor)
    goods = [
        Coming(shipment_line_id=shipment.lines.get().pk, quantity=Decimal(1), reason="wrong")
        for shipment in sent
    ]
    row = shipping.announce_return(customer.pk, goods=goods, at=now, actor=actor)

    memos = credit(accept(row))

    assert [(memo.number, memo.original.number, memo.net_amount) for memo in memos] == [
        ("CM-00001", "INV-00001", Decimal("10.00")),
        ("CM-00002", "INV-00002", Decimal("20.00")),
    ]


def test_lots_of_one_line_are_credited_together(invoice, shipment, credit):
    row = send_back(shipment, "2", settle=False)
    line = row.lines.get()
    # As receiving writes it where two lots of a line come back.
    type(line).objects.filter(pk=line.pk).update(announced=1, received=1, accepted=1)
    lot = Lot.objects.create(product=Product.objects.first(), code="L-1", created_at=NOW)
    type(line).objects.create(
        of=row,
        shipment_line=line.shipment_line,
        lot=lot,
        reason="unwanted",
        announced=1,
        received=1,
        accepted=1,
        disposition="scrap",
    )
    shipping.settle_return(row.pk, at=NOW, actor=ACTOR)

    [memo] = credit(row)

    assert [line.quantity for line in memo.lines.all()] == [2]


def test_nothing_accepted_is_credited_by_no_memo(invoice, shipment, credit):
    assert credit(send_back(shipment, "1", accepted=["0"])) == []

    assert not Invoice.objects.filter(kind="credit_memo").exists()
    assert check_all() == []


def test_what_is_not_settled_is_not_credited(invoice, shipment, credit):
    assert credit(send_back(shipment, "1", settle=False)) == []

    assert not Invoice.objects.filter(kind="credit_memo").exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_refuses_a_quantity_that_is_none(invoice, now, actor, quantity):
    line = invoice.lines.first()

    with pytest.raises(InvalidInput, match="above zero"):
        services.credit_invoice(
            invoice.pk,
            quantities={line.pk: Decimal(quantity)},
            reason="return",
            source="test:1",
            at=now,
            actor=actor,
        )

    assert Invoice.objects.count() == 1


def test_refuses_more_than_is_left_of_a_line(invoice, shipment, credit, now, actor):
    credit(send_back(shipment, "1"))
    line = invoice.lines.get(quantity=2)

    with pytest.raises(services.OverCredited, match="only 1 can still be credited"):
        services.credit_invoice(
            invoice.pk,
            quantities={line.pk: Decimal(2)},
            reason="return",
            source="test:1",
            at=now,
            actor=actor,
        )

    assert InvoiceLine.objects.filter(original=line).count() == 1
    assert NumberSeries.objects.get(kind="credit_memo").last_number == 1


def test_refuses_the_line_of_another_invoice_and_credit_for_a_memo(
    invoice, shipment, credit, now, actor
):
    [memo] = credit(send_back(shipment, "1"))

    for target, line in ((invoice, memo.lines.get()), (memo, memo.lines.get())):
        with pytest.raises(InvalidInput):
            services.credit_invoice(
                target.pk,
                quantities={line.pk: Decimal(1)},
                reason="return",
                source="test:1",
                at=now,
                actor=actor,
            )

    assert Invoice.objects.count() == 2


def test_leaves_a_trail_of_who_asked_for_it(invoice, shipment, credit):
    [memo] = credit(send_back(shipment, "1"))

    entry = AuditEntry.objects.get(subject=memo.label, action="to issued")
    assert entry.changes["number"] == [None, "CM-00001"]
    assert {invoice.label, invoice.order.label} <= set(entry.objects_touched)


def test_takes_the_same_statements_for_one_line_and_for_twenty(customer, now, actor):
    counts = []
    for lines in (1, 20):
        shipment = ship(customer, *[("1", "10.00")] * lines)
        services.bill_shipment(shipment.pk, at=now, actor=actor)
        row = send_back(shipment, *["1"] * lines)
        with CaptureQueriesContext(connection) as asked:
            services.credit_return(row.pk, at=now, actor=actor)
        counts.append(len(asked))

    # The first one opens the series of numbers.
    assert counts[1] <= counts[0]


def test_credit_for_a_paid_invoice_stays_on_account(invoice, shipment, credit, customer, now):
    item = OpenItem.objects.get(invoice=invoice)
    collection.record_receipt(
        customer_id=customer.pk,
        method="transfer",
        currency="EUR",
        amount=Decimal("154.70"),
        received_on=now.date(),
        reference="REF-1",
        apply_to={item.pk: Decimal("154.70")},
        at=now,
        actor=ACTOR,
    )

    [memo] = credit(send_back(shipment, "1"))

    assert not Application.objects.filter(source=memo.label).exists()
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("-59.500")
    assert Order.objects.get().state == Order.State.CLOSED
    assert check_all() == []
