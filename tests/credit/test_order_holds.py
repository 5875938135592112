"""What stops one order stands as rows: placed and released, never overwritten."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services
from credit.models import CreditCheck, Hold
from o2c.kernel.invariants import check_all
from orders import services as orders
from orders.models import Order
from tests.factories import NOW

NEXT_YEAR = NOW.date().replace(year=NOW.year + 1)


def broken_invariants():
    return [finding.name for finding in check_all()]


def standing(order):
    found = Hold.objects.stopping_orders().filter(order=order).order_by("pk")
    return list(found.values_list("kind", flat=True))


def test_order_over_the_limit_has_a_hold_of_its_own(held, now):
    hold = Hold.objects.get()

    assert (hold.order, hold.customer, hold.kind) == (held, held.customer, "over_limit")
    assert (hold.reason, hold.placed_by, hold.owner) == (held.hold_reason, "Maya Brandt", None)
    assert list(Hold.objects.stopping_customers()) == []
    assert broken_invariants() == []


def test_hold_of_the_customer_gives_its_orders_none_of_their_own(approved, place, hold):
    hold(approved)

    order = place(approved, 100)

    assert (order.state, standing(order)) == ("on_hold", [])
    assert broken_invariants() == []


def test_several_reasons_stand_at_once_and_each_ends_by_itself(
    approved, place, hold, now, analyst, actor
):
    hold(approved)
    order = place(approved, 10000)
    together = standing(order)

    services.set_limit(
        approved.pk,
        limit=Decimal(20000),
        valid_until=NEXT_YEAR,
        reason="Pays well",
        at=now,
        actor=analyst,
    )

    order.refresh_from_db()
    ended = Hold.objects.get(order=order)
    assert (together, standing(order), order.state) == (["over_limit"], [], "on_hold")
    assert (ended.released_at, ended.release_reason) == (
        now,
        "This does not stop the order any more.",
    )


def test_hold_ends_when_the_order_goes_on(held, now, analyst):
    services.release_order(
        held.pk,
        amount=Decimal(11900),
        expires_on=now.date(),
        reason="One time",
        at=now,
        actor=analyst,
    )

    ended = Hold.objects.get()
    assert (ended.released_at, ended.released_by) == (now, "Tomás Rey")
    assert ended.release_reason == "The order goes on."
    assert broken_invariants() == []


def test_hold_ends_when_the_order_is_cancelled(held, now, actor):
    orders.cancel_order(held.pk, reason="customer", at=now, actor=actor)

    assert Hold.objects.get().release_reason == "The order is over: cancelled."
    assert broken_invariants() == []


def test_order_that_somebody_takes_back_has_a_hold_until_it_is_looked_at(
    approved, place, now, analyst
):
    order = place(approved, 100)

    orders.suspend_order(order.pk, reason="Wrong price", at=now, actor=analyst)
    taken_back = Hold.objects.get()
    services.recheck_waiting(approved.pk, at=now, actor=analyst)

    order.refresh_from_db()
    assert (taken_back.kind, taken_back.reason) == ("manual", "Wrong price")
    assert (order.state, standing(order)) == ("released", [])


def test_hold_ends_when_the_order_is_declined(held, now, analyst):
    services.decline_order(held.pk, reason="Too risky", at=now, actor=analyst)

    assert Hold.objects.get().release_reason == "The order is over: declined."
    assert broken_invariants() == []


def test_expired_approval_is_a_hold_of_the_order(approved, place, now):
    order = place(approved, 100000, at=now.replace(year=2028))

    assert (order.state, standing(order)) == ("in_review", ["expired", "over_limit"])


def test_order_that_goes_on_at_once_asks_for_no_holds(approved, place):
    with CaptureQueriesContext(connection) as caught:
        order = place(approved, 100)

    mentioned = [query["sql"] for query in caught if '"credit_hold"' in query["sql"]]
    assert (order.state, mentioned) == ("released", [])


def recheck_counted(customer, now, analyst):
    with CaptureQueriesContext(connection) as caught:
        gone_on = services.recheck_waiting(customer.pk, at=now, actor=analyst)
    return gone_on, len(caught)


def test_looking_again_costs_as_much_for_200_orders_as_for_one(approved, place, now, analyst):
    place(approved, 10000)
    checks = CreditCheck.objects.count()
    one = recheck_counted(approved, now, analyst)
    for _ in range(199):
        place(approved, 10000)
    checks = CreditCheck.objects.count()

    many = recheck_counted(approved, now, analyst)

    assert one == many == (0, 10)
    assert CreditCheck.objects.count() == checks == 200
    assert Hold.objects.count() == 200


def test_oldest_goes_first_as_far_as_the_limit_reaches(approved, place, now, actor, analyst):
    running = place(approved, 8000)
    first, second, third = place(approved, 5000), place(approved, 3000), place(approved, 500)

    orders.cancel_order(running.pk, reason="customer", at=now, actor=actor)
    gone_on = services.recheck_waiting(approved.pk, at=now, actor=analyst)

    for order in (first, second, third):
        order.refresh_from_db()
    assert gone_on == 2
    assert [first.state, second.state, third.state] == ["released", "released", "on_hold"]


def test_order_that_does_not_fit_stops_no_younger_one(approved, place, now, actor, analyst):
    running = place(approved, 8000)
    large, small = place(approved, 9000), place(approved, 2000)
    held = [large.state, small.state]

    orders.cancel_order(running.pk, reason="customer", at=now, actor=actor)
    Order.objects.filter(pk=large.pk).update(submitted_at=now.replace(year=now.year - 1))
    services.set_limit(
        approved.pk,
        limit=Decimal(5000),
        valid_until=NEXT_YEAR,
        reason="Smaller",
        at=now,
        actor=analyst,
    )

    large.refresh_from_db()
    small.refresh_from_db()
    assert held == ["on_hold", "on_hold"]
    assert (large.state, small.state) == ("on_hold", "released")


def test_check_is_written_again_only_when_it_says_something_else(
    approved, held, now, analyst, hold
):
    services.recheck_waiting(approved.pk, at=now, actor=analyst)
    same = CreditCheck.objects.filter(order=held).count()

    services.record_exposure(
        approved.pk, source="test:1", amounts={"open_item": Decimal(100)}, at=now
    )
    services.recheck_waiting(approved.pk, at=now, actor=analyst)

    latest = CreditCheck.objects.filter(order=held).order_by("-pk").first()
    assert (same, CreditCheck.objects.filter(order=held).count()) == (1, 2)
    assert latest.inputs["exposure"] == "100.000"
