"""Nobody pays for goods that were lost on the way: billed or not, the order can end."""

from decimal import Decimal

import pytest

from credit.models import CreditAccount
from fulfillment.models import StockMove
from invoicing import services
from invoicing.models import Invoice, UnbilledReturn
from o2c.kernel.invariants import check_all
from o2c.kernel.outbox import deliver_due
from orders.models import Order, OrderLine
from shipping import services as shipping
from shipping.models import DeliveryCase
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def lose(now, actor):
    """Ship 2 × 50.00 and 3 × 10.00, 154.70 EUR with 19 % tax, and lose it; return its case."""

    def lose(trigger):
        customer = customer_with_credit(name="Port Supply", billing_trigger=trigger)
        shipment = ship(customer, ("2", "50.00"), ("3", "10.00"))
        services.bill_shipment(shipment.pk, at=now, actor=actor)
        shipping.report_exception(shipment.pk, kind="lost", note="Gone", at=now, actor=actor)
        return DeliveryCase.objects.get()

    return lose


def exposure():
    return CreditAccount.objects.get().exposure


def quantities():
    columns = ("shipped", "delivered", "returned", "invoiced", "credited")
    return list(OrderLine.objects.order_by("position").values_list(*columns))


def moves():
    return list(StockMove.objects.order_by("pk").values_list("kind", "quantity"))


def test_what_was_billed_on_dispatch_is_credited_in_full(company, lose, now, actor):
    case, moved, owed = lose("dispatch"), moves(), exposure()

    row = shipping.settle_as_lost(case.pk, at=now, actor=actor)
    [memo] = services.credit_return(row.pk, at=now, actor=actor)
    deliver_due(limit=50)

    bill = Invoice.objects.get(kind="invoice")
    assert (owed, exposure()) == (Decimal("154.700"), Decimal(0))
    assert (memo.gross_amount, memo.original, memo.reason) == (Decimal("154.70"), bill, "lost")
    assert (bill.state, Invoice.objects.count()) == ("credited", 2)
    assert quantities() == [(2, 0, 2, 2, 2), (3, 0, 3, 3, 3)]
    assert (Order.objects.get().state, moves()) == (Order.State.CLOSED, moved)
    assert check_all() == []


def test_what_is_billed_on_delivery_is_never_billed(company, lose, now, actor):
    case, moved, owed = lose("delivery"), moves(), exposure()

    row = shipping.settle_as_lost(case.pk, at=now, actor=actor)

    assert services.credit_return(row.pk, at=now, actor=actor) == []
    assert (owed, exposure()) == (Decimal("154.700"), Decimal(0))
    assert not Invoice.objects.exists()
    assert quantities() == [(2, 0, 2, 2, 2), (3, 0, 3, 3, 3)]
    assert (Order.objects.get().state, moves()) == (Order.State.CLOSED, moved)
    assert check_all() == []


def test_a_message_that_comes_twice_credits_once(company, lose, now, actor):
    row = shipping.settle_as_lost(lose("dispatch").pk, at=now, actor=actor)
    services.credit_return(row.pk, at=now, actor=actor)

    services.credit_return(row.pk, at=now, actor=actor)

    assert Invoice.objects.filter(kind="credit_memo").count() == 1
    assert not UnbilledReturn.objects.exists()
    assert check_all() == []


def test_what_came_back_before_is_not_credited_again(company, lose, now, actor):
    case = lose("dispatch")
    line = case.shipment.lines.order_by("pk").first()
    goods = [shipping.Coming(shipment_line_id=line.pk, quantity=Decimal(1), reason="wrong")]
    back = shipping.announce_return(case.shipment.customer_id, goods=goods, at=now, actor=actor)
    came = [shipping.Arrived(line_id=back.lines.get().pk, quantity=Decimal(1))]
    shipping.receive_return_goods(back.pk, goods=came, at=now, actor=actor)
    scrap = {back.lines.get().pk: shipping.Verdict(disposition="scrap", accepted=Decimal(1))}
    shipping.inspect_return(back.pk, verdicts=scrap, at=now, actor=actor)
    shipping.settle_return(back.pk, at=now, actor=actor)
    services.credit_return(back.pk, at=now, actor=actor)

    row = shipping.settle_as_lost(case.pk, at=now, actor=actor)
    [memo] = services.credit_return(row.pk, at=now, actor=actor)

    assert memo.gross_amount == Decimal("95.20")
    assert quantities() == [(2, 0, 2, 2, 2), (3, 0, 3, 3, 3)]
    assert check_all() == []
