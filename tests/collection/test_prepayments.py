"""Money that comes in advance is kept for its order, lets it go, and pays its invoice by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collection import selectors, services
from collection.models import Receipt
from collection.services import NotKept, UnknownPayer
from credit import services as credit
from credit.models import CreditAccount, Hold, OrderPrepayment
from invoicing import services as invoicing
from o2c.kernel import outbox
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from orders import services as orders
from orders.models import Order
from receivables.models import Application, OpenItem
from tests.invoicing.shipped import leave, pack, ready
from tests.invoicing.shipped import place as place_stocked


@pytest.fixture
def poor(debtor, owe, now):
    """A customer who owes 500.00 against a limit of 10.00."""
    customer = debtor("Poor Mill")
    owe(customer, "500.00", due_on=now.date() + timedelta(days=20))
    credit.set_limit(
        customer.pk,
        limit=Decimal(10),
        valid_until=now.date() + timedelta(days=90),
        reason="Pays badly",
        at=now,
        actor=Actor(kind="user", id="-7", name="Tomás Rey"),
    )
    return customer


@pytest.fixture
def held(poor):
    """An order of 100.00 that waits: it is over the limit."""
    order = place_stocked(poor, ("1", "100.00"))
    assert order.state == "on_hold"
    return order


@pytest.fixture
def declined(held, now, clerk_actor):
    credit.decline_order(held.pk, reason="Too risky", at=now, actor=clerk_actor)
    held.refresh_from_db()
    assert held.state == "declined"
    return held


def bill(order, now, actor):
    """Deliver an order and bill it; what is told after the commit is not delivered."""
    ready()
    shipment = leave(pack(order, at=now), at=now)
    return invoicing.bill_shipment(shipment.pk, at=now, actor=actor)


def keep(receipt, order, now, actor):
    services.reserve_receipt(receipt.pk, order_id=order.pk, at=now, actor=actor)
    receipt.refresh_from_db()
    order.refresh_from_db()


def told(order):
    return list(OrderPrepayment.objects.filter(order=order).values_list("source", "amount"))


def test_a_held_order_goes_on_once_it_is_paid_in_advance(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "100.00")

    keep(receipt, held, now, clerk_actor)

    assert held.state == "released"
    assert (receipt.reserved_for, receipt.reserved, receipt.free) == (held, 100, 0)
    assert told(held) == [(f"receipt:{receipt.pk}:1", 100)]
    assert check_all() == []


def test_a_declined_order_is_revived_by_its_whole_payment_only(declined, pay, now, clerk_actor):
    half, rest = pay(declined.customer, "60.00"), pay(declined.customer, "55.00", "REF-2")

    keep(half, declined, now, clerk_actor)
    after_half = declined.state
    keep(rest, declined, now, clerk_actor)

    assert (after_half, declined.state, declined.hold_reason) == ("declined", "released", "")
    assert (rest.reserved, rest.free) == (40, 15)
    assert check_all() == []


def test_a_hold_by_a_person_stops_what_is_paid_too(declined, pay, now, clerk_actor):
    credit.place_hold(
        declined.customer_id, kind=Hold.Kind.MANUAL, reason="Fraud?", at=now, actor=clerk_actor
    )

    keep(pay(declined.customer, "100.00"), declined, now, clerk_actor)

    assert declined.state == "on_hold"


def test_money_that_is_kept_pays_nothing_else(held, pay, now, clerk_actor):
    item = OpenItem.objects.get()
    receipt = pay(held.customer, "100.00")
    keep(receipt, held, now, clerk_actor)

    with pytest.raises(InvalidInput, match="is left of the money"):
        services.apply_receipt(
            receipt.pk, amounts={item.pk: Decimal(50)}, at=now, actor=clerk_actor
        )

    assert not Application.objects.exists()


def test_the_invoice_is_paid_by_itself(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "100.00")
    keep(receipt, held, now, clerk_actor)

    bill(held, now, clerk_actor)
    outbox.deliver_due(limit=100)
    outbox.deliver_due(limit=100)

    receipt.refresh_from_db()
    assert (receipt.state, receipt.applied, receipt.reserved, receipt.advanced) == (
        "applied",
        100,
        0,
        100,
    )
    assert held.invoices.get().open_items.get().state == "settled"
    assert check_all() == []


def test_paying_the_invoice_again_changes_nothing(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "100.00")
    keep(receipt, held, now, clerk_actor)
    bill(held, now, clerk_actor)
    services.apply_reserved(receipt.pk, at=now, actor=clerk_actor)

    services.apply_reserved(receipt.pk, at=now, actor=clerk_actor)

    assert Application.objects.count() == 1


def test_money_that_is_freed_lets_the_order_wait_again(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "100.00")
    keep(receipt, held, now, clerk_actor)

    services.free_receipt(receipt.pk, reason="Wrong order", at=now, actor=clerk_actor)

    held.refresh_from_db()
    receipt.refresh_from_db()
    assert (receipt.reserved_for, receipt.advanced, receipt.free) == (None, 0, 100)
    assert told(held)[1] == (f"receipt:{receipt.pk}:2", -100)
    assert held.state == "on_hold"
    assert CreditAccount.objects.get(customer=held.customer).exposure == 400
    assert check_all() == []


def test_an_application_taken_back_takes_the_prepayment_back(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "100.00")
    keep(receipt, held, now, clerk_actor)
    bill(held, now, clerk_actor)
    services.apply_reserved(receipt.pk, at=now, actor=clerk_actor)

    services.take_back(Application.objects.get().pk, reason="Bounced", at=now, actor=clerk_actor)

    receipt.refresh_from_db()
    assert (receipt.reserved_for, receipt.advanced, receipt.unapplied) == (None, 0, 100)
    assert sum(amount for _source, amount in told(held)) == 0
    assert check_all() == []


def test_a_cancelled_order_frees_its_money(held, pay, now, clerk_actor):
    receipt = pay(held.customer, "60.00")
    keep(receipt, held, now, clerk_actor)

    orders.cancel_order(held.pk, reason="customer", at=now, actor=clerk_actor)
    outbox.deliver_due(limit=100)

    receipt.refresh_from_db()
    assert (receipt.reserved_for, receipt.free) == (None, 60)
    assert check_all() == []


def test_a_prepayment_is_recorded_once(held, now, clerk_actor):
    first, again = (
        credit.record_prepayment(
            held.pk, source="bank:1", amount=Decimal(10), at=now, actor=clerk_actor
        )
        for _time in range(2)
    )

    assert (first, again) == (True, False)
    assert told(held) == [("bank:1", 10)]


@pytest.mark.parametrize(
    "case",
    [
        ("stranger", NotKept, "somebody else"),
        ("unknown", UnknownPayer, "Say who paid"),
        ("cancelled", NotKept, "does not wait for money"),
        ("used", NotKept, "Nothing is left"),
    ],
)
def test_refuses_what_makes_no_sense(case, held, debtor, pay, now, clerk_actor):
    spoil, error, words = case
    payer = {"stranger": debtor("Other"), "unknown": None}.get(spoil, held.customer)
    taken = {OpenItem.objects.get().pk: "50.00"} if spoil == "used" else {}
    receipt = pay(payer, "50.00", apply_to=taken)
    if spoil == "cancelled":
        orders.cancel_order(held.pk, reason="customer", at=now, actor=clerk_actor)

    with pytest.raises(error, match=words):
        services.reserve_receipt(receipt.pk, order_id=held.pk, at=now, actor=clerk_actor)

    receipt.refresh_from_db()
    assert (receipt.reserved, receipt.reserved_for) == (0, None)
    assert not OrderPrepayment.objects.exists()


def test_suggests_the_order_that_the_payers_text_names(poor, pay):
    first, second = (place_stocked(poor, ("1", net)) for net in ("100", "200"))
    receipt = pay(poor, "100.00", f"for {first.number}")

    found = selectors.orders_to_pay(Receipt.objects.get(pk=receipt.pk))

    assert [(payable.order, payable.is_named) for payable in found] == [
        (first, True),
        (second, False),
    ]


def test_a_clerk_keeps_and_frees_money_on_the_page(clerk, held, pay):
    receipt = pay(held.customer, "100.00", f"Advance {held.number}")
    page = clerk.get(f"/collections/receipts/{receipt.number}/").content.decode()

    kept = clerk.post(f"/collections/receipts/{receipt.number}/keep/", {"order": held.number})
    paid = Order.objects.get(pk=held.pk)
    after = clerk.get(kept.url).content.decode()
    nothing = clerk.post(f"/collections/receipts/{receipt.number}/free/", {})
    freed = clerk.post(f"/collections/receipts/{receipt.number}/free/", {"reason": "Typo"})

    assert "Keep for it" in page
    assert "number in text" in page
    assert paid.state == "released"
    assert f"is kept for {held.number}" in after
    assert (nothing.status_code, freed.status_code) == (422, 302)
    receipt.refresh_from_db()
    assert receipt.reserved == 0


def test_keeping_somebody_elses_order_is_refused_in_words(clerk, held, debtor, pay):
    receipt = pay(debtor("Other"), "100.00")

    refused = clerk.post(f"/collections/receipts/{receipt.number}/keep/", {"order": held.number})

    assert refused.status_code == 409
    assert "belongs to somebody else" in refused.content.decode()


def test_page_of_a_receipt_asks_the_same_for_one_waiting_order_and_for_20(
    clerk, poor, pay, django_assert_num_queries
):
    receipt = pay(poor, "100.00")
    address = f"/collections/receipts/{receipt.number}/"
    place_stocked(poor, ("1", "100.00"))
    clerk.get(address)
    with django_assert_num_queries(STATEMENTS):
        clerk.get(address)
    for _ in range(19):
        place_stocked(poor, ("1", "100.00"))

    with django_assert_num_queries(STATEMENTS):
        page = clerk.get(address).content.decode()

    assert page.count("Keep for it") == 20


# Of a receipt's page with orders that its money may be kept for.
STATEMENTS = 13
