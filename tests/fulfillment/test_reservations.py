"""Goods kept back for a while: nobody else is promised them, and their holder gets them."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from catalog.models import Price
from credit import services as credit
from credit.models import CreditAccount, CreditDecision
from fulfillment import services
from fulfillment.models import Reservation
from fulfillment.promises import promises
from fulfillment.services import reserving
from fulfillment.tasks import expire_reservations
from o2c.kernel import clock
from o2c.kernel.errors import InvalidInput
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order
from tests.factories import NOW, CustomerFactory, ProductFactory, StockLevelFactory
from tests.race import meanwhile

HOUR = timedelta(hours=1)


@pytest.fixture
def keep(product, actor):
    def keep(quantity, *, holder="entry:screen", customer=None, item=product):
        return services.reserve(
            holder,
            {item.pk: Decimal(quantity)},
            customer_id=customer.pk if customer else None,
            expires_at=NOW + HOUR,
            at=NOW,
            actor=actor,
        )

    return keep


def kept():
    rows = Reservation.objects.order_by("pk")
    return list(rows.values_list("holder", "quantity", "state"))


def free(product, *, at=NOW):
    return promises([product.pk], at=at)[product.pk].on(NOW.date())


def test_keeps_no_more_than_can_be_promised(product, stock, keep):
    assert keep(70) == {product.pk: 70}
    assert keep(70, holder="quote:4") == {product.pk: 30}
    assert keep(1, holder="quote:5") == {}

    assert free(product) == 0
    assert kept() == [("entry:screen", 70, "live"), ("quote:4", 30, "live")]


def test_what_a_screen_without_customer_keeps_back_is_claimed_by_nobody(
    product, stock, keep, place
):
    keep(70)

    order = place({product: 40})

    assert order.lines.get().allocated == 30
    assert kept() == [("entry:screen", 70, "live")]


def test_takes_the_place_of_what_the_holder_had(product, stock, keep):
    keep(70)
    keep(80)

    assert kept() == [("entry:screen", 70, "withdrawn"), ("entry:screen", 80, "live")]
    assert free(product) == 20


def test_others_leave_it_alone(place, product, stock, keep, customer, make_customer, books):
    keep(70, customer=make_customer())

    line = place({product: 50}).lines.get()

    assert (line.allocated, line.backordered) == (30, 20)
    assert kept() == [("entry:screen", 70, "live")]
    assert books() == []


def test_the_customer_s_own_order_consumes_it(place, product, stock, keep, customer, books):
    keep(70, customer=customer)

    line = place({product: 80}).lines.get()

    assert (line.allocated, line.backordered) == (80, 0)
    assert kept() == [("entry:screen", 70, "consumed")]
    assert books() == []


def test_what_has_expired_counts_no_more(place, product, stock, keep, make_customer, monkeypatch):
    keep(70, customer=make_customer())
    later = NOW + 2 * HOUR

    assert place({product: 100}, at=later).lines.get().allocated == 100
    monkeypatch.setattr(clock, "now", lambda: later)
    assert expire_reservations() == 1
    assert expire_reservations() == 0
    assert kept() == [("entry:screen", 70, "expired")]


def test_is_let_go_when_asked(product, stock, keep, actor):
    keep(70)

    assert services.withdraw_reservations("entry:screen", at=NOW, actor=actor) == 1
    assert services.withdraw_reservations("entry:screen", at=NOW, actor=actor) == 0

    assert free(product) == 100


@pytest.mark.parametrize(
    ("holder", "quantity", "hours", "said"),
    [
        ("cart:1", 1, 1, "for an order, a quote or an open screen"),
        ("order:x", 1, 1, "for an order, a quote or an open screen"),
        ("quote:1", 0, 1, "above zero"),
        ("quote:1", Decimal("NaN"), 1, "above zero"),
        ("quote:1", Decimal("0.0001"), 1, "three decimals at most"),
        ("quote:1", Decimal(10) ** 9, 1, "above zero"),
        ("quote:1", 1, 0, "later moment"),
        ("quote:1", 1, 24 * 61, "at most 60 days"),
    ],
)
def test_refuses_what_cannot_be_kept(product, stock, actor, holder, quantity, hours, said):
    with pytest.raises(InvalidInput, match=said):
        services.reserve(
            holder,
            {product.pk: Decimal(quantity)},
            customer_id=None,
            expires_at=NOW + hours * HOUR,
            at=NOW,
            actor=actor,
        )

    assert kept() == []


@pytest.fixture
def referred(company, now, actor):
    """The first order of somebody, for 10,000 EUR, 40 pieces: a person decides on it."""

    def place(product):
        customer = CustomerFactory.create()
        Price.objects.update(amount=Decimal(250))
        return orders.place_order(
            customer_id=customer.pk,
            lines=[orders.NewLine(product.pk, Decimal(40))],
            channel="rep",
            requested_on=now.date(),
            at=now,
            actor=actor,
        )

    return place


def test_goods_of_an_order_in_review_are_kept_until_it_goes_on(
    referred, product, stock, now, actor, books
):
    order = Order.objects.get(pk=referred(product).pk)
    assert order.state == "in_review"
    assert (kept(), free(product)) == ([(f"order:{order.pk}", 40, "live")], 60)

    orders.release_order(order.pk, at=now, actor=actor)

    assert kept() == [(f"order:{order.pk}", 40, "consumed")]
    assert order.lines.get().allocated == 40


def test_an_order_referred_with_a_cancelled_product_keeps_what_it_still_wants(
    make_customer, product, stock, now, actor, books
):
    other = StockLevelFactory.create(product=ProductFactory.create()).product
    customer = make_customer()
    CreditAccount.objects.update(limit=Decimal(10))
    Price.objects.update(amount=Decimal(250))
    placed = orders.place_order(
        customer_id=customer.pk,
        lines=[orders.NewLine(product.pk, Decimal(40)), orders.NewLine(other.pk, Decimal(60))],
        channel="rep",
        requested_on=now.date(),
        at=now,
        actor=actor,
    )
    order = Order.objects.get(pk=placed.pk)
    assert order.state == "on_hold"
    first = order.lines.get(product=product)
    orders.cancel_quantities(
        order.pk, quantities={first.pk: Decimal(40)}, reason="customer", at=now, actor=actor
    )
    ended = CreditDecision.objects.create(
        customer=customer,
        outcome="approved",
        limit=Decimal(10),
        valid_until=now.date() - timedelta(days=1),
        reason="A year is over",
        decided_at=now,
        decided_by="Tomás Rey",
    )
    CreditAccount.objects.update(latest_decision=ended)

    credit.recheck_waiting(customer.pk, at=now, actor=actor)

    order.refresh_from_db()
    assert order.state == "in_review"
    rows = Reservation.objects.values_list("holder", "product", "quantity", "state")
    assert list(rows) == [(f"order:{order.pk}", other.pk, 60, "live")]
    assert books() == []


def test_what_is_kept_follows_what_is_cancelled_in_review(
    referred, product, stock, now, actor, books
):
    order = referred(product)
    later = now + 2 * HOUR

    orders.cancel_quantities(
        order.pk,
        quantities={order.lines.get().pk: Decimal(35)},
        reason="customer",
        at=later,
        actor=actor,
    )

    holder = f"order:{order.pk}"
    assert kept() == [(holder, 5, "live")]
    assert free(product, at=later) == 95
    until = Reservation.objects.values_list("expires_at", flat=True)
    assert set(until) == {now + timedelta(days=5)}
    assert books() == []


def test_what_is_kept_follows_a_change_in_review_and_ends_with_the_release(
    referred, product, stock, now, actor, books
):
    other = StockLevelFactory.create(product=ProductFactory.create()).product
    order = referred(product)
    holder = f"order:{order.pk}"
    changes = AmendmentChanges(
        lines=[
            LineChange(line_id=order.lines.get().pk, quantity=Decimal(0)),
            LineChange(product_id=other.pk, quantity=Decimal(60)),
        ]
    )

    orders.amend_order(order.pk, changes=changes, reason="Other one", at=now, actor=actor)

    rows = Reservation.objects.order_by("pk").values_list("product", "quantity", "state")
    assert list(rows) == [(product.pk, 40, "withdrawn"), (other.pk, 60, "live")]
    Reservation.objects.filter(product=product).update(state="live", ended_at=None)
    orders.release_order(order.pk, at=now, actor=actor)
    assert kept() == [(holder, 40, "withdrawn"), (holder, 60, "consumed")]
    assert (free(product), free(other)) == (100, 40)
    assert not [broken for broken in books() if broken.name.startswith("fulfillment.")]


def test_goods_of_a_declined_order_are_let_go(referred, product, stock, now, actor):
    order = referred(product)

    orders.decline_order(order.pk, reason="No", at=now, actor=actor)

    assert kept() == [(f"order:{order.pk}", 40, "withdrawn")]


def test_goods_of_a_cancelled_order_are_let_go(referred, product, stock, now, actor):
    order = referred(product)

    orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    assert kept() == [(f"order:{order.pk}", 40, "withdrawn")]


def test_books_find_what_is_kept_back_beyond_what_is_wanted(referred, product, stock, books):
    referred(product)
    Reservation.objects.update(quantity=41)

    assert [broken.name for broken in books()] == [
        "fulfillment.no_more_is_kept_back_for_an_order_than_it_wants"
    ]


@pytest.fixture
def keep_two(stock, keep, monkeypatch):
    """Keep 70 of 100 for each of two, the second when the first has looked; return how many."""
    steps = [partial(keep, 70, holder=f"quote:{number}") for number in range(2)]

    def run():
        results = meanwhile(monkeypatch, (reserving, "promises"), *steps)
        return [sum(result.values()) for result in results]

    return run


@pytest.mark.django_db(transaction=True)
def test_two_who_keep_at_once_keep_what_is_there_once(keep_two):
    assert keep_two() == [70, 30]


@pytest.mark.django_db(transaction=True)
def test_race_of_keeping_is_real_without_the_lock(keep_two, monkeypatch):
    """Guards the test above."""
    monkeypatch.setattr(reserving, "LOCK", "SELECT %(products)s::bigint[]")

    assert keep_two() == [70, 70]


def test_statements_do_not_grow_with_the_products(company, actor, statements):
    def measure(count, holder):
        products = ProductFactory.create_batch(count)
        wanted = {product.pk: Decimal(1) for product in products}
        return statements(
            lambda: services.reserve(
                holder, wanted, customer_id=None, expires_at=NOW + HOUR, at=NOW, actor=actor
            )
        )

    assert measure(1, "quote:1") == measure(20, "quote:2")


def test_books_show_what_is_kept_back_for_an_order_that_is_over(product, stock, keep, place, books):
    order = place({product: 1})
    keep(5, holder=f"order:{order.pk}")
    over = Order.objects.filter(pk=order.pk)
    over.update(state="cancelled", cancel_reason=Order.CancelReason.values[0])

    names = {broken.name for broken in books()}

    assert "fulfillment.nothing_is_kept_back_for_an_order_that_is_over" in names


def test_books_show_what_ended_before_its_time(product, stock, keep, books):
    keep(5)
    Reservation.objects.update(state="expired", ended_at=NOW)

    assert [broken.name for broken in books()] == [
        "fulfillment.what_was_kept_back_ended_for_its_reason"
    ]
