"""What comes back before it is billed is never billed, and nobody owes it any more."""

from decimal import Decimal

import pytest

from credit.models import CreditAccount
from customers.models import Address, Customer
from invoicing import services
from invoicing.models import Invoice, UnbilledReturn
from invoicing.services.returns import leave_out_of_bill
from o2c.kernel.invariants import check_all
from orders.models import Order, OrderLine
from shipping import services as shipping
from shipping.models import Return
from tests.factories import AddressFactory
from tests.invoicing.coming_back import accept, send_back
from tests.invoicing.shipped import customer_with_credit, leave, pack, place, ready, restock, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_delivery(company):
    """A customer who is billed when the goods have arrived."""
    return customer_with_credit(name="Port Supply", billing_trigger="delivery")


@pytest.fixture
def underway(on_delivery):
    """Two lines on their way: 2 × 50.00 and 3 × 10.00, 154.70 EUR with 19 % tax."""
    return ship(on_delivery, ("2", "50.00"), ("3", "10.00"))


def exposure(customer):
    return CreditAccount.objects.get(customer=customer).exposure


def test_who_refuses_everything_is_never_billed_and_the_order_ends(
    on_delivery, underway, now, actor
):
    shipping.report_exception(underway.pk, kind="refused", note="No order", at=now, actor=actor)
    row = accept(shipping.announce_refused(underway.pk, at=now, actor=actor))

    assert services.credit_return(row.pk, at=now, actor=actor) == []

    order = Order.objects.get()
    assert (order.state, exposure(on_delivery)) == (Order.State.CLOSED, Decimal(0))
    assert not Invoice.objects.exists()
    found = OrderLine.objects.order_by("position").values_list("invoiced", "credited", "returned")
    assert list(found) == [(2, 2, 2), (3, 3, 3)]
    assert check_all() == []


def test_bills_on_delivery_only_what_stays(on_delivery, underway, now, actor):
    services.credit_return(send_back(underway, "1", "0").pk, at=now, actor=actor)
    before = exposure(on_delivery)

    shipping.deliver_shipment(underway.pk, received_by="Kim", at=now, actor=actor)
    [invoice] = services.bill_shipment(underway.pk, at=now, actor=actor)

    assert before == Decimal("95.200")
    found = invoice.lines.order_by("position").values_list("quantity", "net_amount")
    assert list(found) == [(1, 50), (3, 30)]
    assert (invoice.number, invoice.gross_amount) == ("INV-00001", Decimal("95.20"))
    assert exposure(on_delivery) == Decimal("95.200")
    assert Order.objects.get().state == Order.State.INVOICED
    assert check_all() == []


def test_what_is_never_billed_lets_an_order_go_that_waits_for_credit(company, now, actor):
    customer = customer_with_credit(limit="200", billing_trigger="delivery")
    shipment = ship(customer, ("2", "50.00"), ("3", "10.00"))
    waiting = place(customer, ("1", "100.00"))
    before = waiting.state

    leave_out_of_bill(send_back(shipment, "1", "3").pk, at=now, actor=actor)

    waiting.refresh_from_db()
    assert (before, waiting.state) == (Order.State.ON_HOLD, Order.State.RELEASED)
    assert exposure(customer) == Decimal("178.500")


def test_is_left_out_once_however_often_it_is_told(on_delivery, underway, now, actor):
    row = send_back(underway, "1", "0")
    services.credit_return(row.pk, at=now, actor=actor)
    shipping.deliver_shipment(underway.pk, received_by="Kim", at=now, actor=actor)
    services.bill_shipment(underway.pk, at=now, actor=actor)

    again = services.credit_return(row.pk, at=now, actor=actor)

    assert (again, UnbilledReturn.objects.count(), Invoice.objects.count()) == ([], 1, 1)
    assert check_all() == []


def test_what_came_back_and_is_not_credited_is_billed_though_it_never_arrived(
    on_delivery, underway, now, actor
):
    shipping.report_exception(underway.pk, kind="refused", note="No order", at=now, actor=actor)
    row = accept(shipping.announce_refused(underway.pk, at=now, actor=actor), "1", "3")

    services.credit_return(row.pk, at=now, actor=actor)

    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.gross_amount) == ("issued", Decimal("59.50"))
    assert check_all() == []


def test_what_came_back_and_is_refused_is_billed_whole(on_delivery, underway, now, actor):
    shipping.report_exception(underway.pk, kind="refused", note="No order", at=now, actor=actor)
    row = accept(shipping.announce_refused(underway.pk, at=now, actor=actor), settle=False)
    shipping.refuse_return(row.pk, answer="Used", at=now, actor=actor)

    services.bill_what_stays(row.pk, at=now, actor=actor)

    assert Invoice.objects.get().gross_amount == Decimal("154.70")
    assert check_all() == []


def test_a_draft_is_made_anew_without_what_came_back(customer, now, actor):
    Address.objects.filter(customer=customer, kind=Address.Kind.BILL_TO).delete()
    shipment = ship(customer, ("2", "50.00"), ("3", "10.00"))
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    assert draft.state == "draft"

    services.credit_return(send_back(shipment, "1", "3").pk, at=now, actor=actor)

    draft.refresh_from_db()
    anew = Invoice.objects.exclude(pk=draft.pk).get()
    assert (draft.state, anew.state, anew.net_amount) == ("discarded", "draft", Decimal("50.00"))
    AddressFactory.create(customer=customer, kind=Address.Kind.BILL_TO)
    services.issue_invoice(anew.pk, at=now, actor=actor)
    assert check_all() == []


def test_a_draft_of_before_the_return_is_not_issued_though_as_much_has_left_elsewhere(
    customer, now, actor
):
    ready()
    order = place(customer, ("20", "50.00"), in_stock="10")
    shipment = leave(pack(order))
    Address.objects.filter(customer=customer, kind=Address.Kind.BILL_TO).delete()
    [stale] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    AddressFactory.create(customer=customer, kind=Address.Kind.BILL_TO)
    restock(order, "10")
    leave(pack(order))
    row = send_back(shipment, "3")
    leave_out_of_bill(row.pk, at=now, actor=actor)

    with pytest.raises(services.HasFindings, match="Line 1: part of it came back") as refused:
        services.issue_invoice(stale.pk, at=now, actor=actor)

    stale.refresh_from_db()
    line = OrderLine.objects.get()
    assert "came back before it was billed. Bill it again." in str(refused.value)
    assert (stale.state, stale.number) == ("draft", None)
    assert (line.shipped, line.invoiced, line.credited) == (20, 3, 3)
    services.credit_return(row.pk, at=now, actor=actor)
    stale.refresh_from_db()
    anew = Invoice.objects.exclude(pk=stale.pk).get()
    assert (stale.state, anew.state, anew.net_amount) == ("discarded", "issued", Decimal("350.00"))
    assert OrderLine.objects.get().invoiced == 10
    assert check_all() == []


def test_a_draft_of_which_nothing_is_left_is_discarded(customer, now, actor):
    Address.objects.filter(customer=customer, kind=Address.Kind.BILL_TO).delete()
    shipment = ship(customer, ("2", "50.00"))
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    services.credit_return(send_back(shipment, "2").pk, at=now, actor=actor)

    draft.refresh_from_db()
    assert (draft.state, Invoice.objects.count()) == ("discarded", 1)
    assert Order.objects.get().state == Order.State.CLOSED
    assert check_all() == []


def test_one_return_is_credited_where_billed_and_left_out_where_not(
    on_delivery, underway, now, actor
):
    other = ship(on_delivery, ("4", "25.00"))
    shipping.deliver_shipment(other.pk, received_by="Kim", at=now, actor=actor)
    services.bill_shipment(other.pk, at=now, actor=actor)
    goods = [
        shipping.Coming(shipment_line_id=line.pk, quantity=Decimal(1), reason="wrong")
        for line in (underway.lines.order_by("pk").first(), other.lines.get())
    ]
    row = shipping.announce_return(on_delivery.pk, goods=goods, at=now, actor=actor)

    [memo] = services.credit_return(accept(row).pk, at=now, actor=actor)

    assert (memo.net_amount, UnbilledReturn.objects.get().quantity) == (Decimal("25.00"), 1)
    assert Return.objects.get().state == "settled"
    assert Customer.objects.get(pk=on_delivery.pk).billing_trigger == "delivery"
    assert check_all() == []
