"""Steps that need the same rows never wait for each other in a circle.

No step is started over here: a deadlock is an error that the test sees.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from credit import services as credit
from fulfillment import services
from fulfillment.models import CountTask, Lot, Reservation, StockLevel
from fulfillment.services import Goods, counting
from fulfillment.services import stock as claims
from fulfillment.services.sourcing import Claimant
from o2c.kernel import locks, roles
from o2c.kernel.actors import Actor
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory
from tests.race import at_their_places, in_line, run_together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_is_started_over(monkeypatch):
    monkeypatch.setattr("o2c.kernel.transactions.RETRYABLE", set())


class TestShortAndCounted:
    """Somebody finds less at the very place that somebody else has just counted."""

    @pytest.fixture
    def find_less(self, place, release, pick, product, stock):
        [pick_list] = release(place({product: 5}))
        return lambda: pick(pick_list, {product.sku: 3})

    @pytest.fixture
    def count(self, stock, now, actor):
        return lambda: services.count_level(stock.pk, counted=Decimal(100), at=now, actor=actor)

    def test_one_waits_for_the_other(self, find_less, count, books, monkeypatch):
        at_their_places(monkeypatch, (claims, "give_back"), (counting, "_ensure_once"))

        results = run_together(find_less, count)

        assert [type(result).__name__ for result in results] == ["PickList", "CountTask"]
        # What was found short is counted at once by who comes second, or stays to be counted.
        assert sorted(CountTask.objects.values_list("kind", "state")) in [
            [("asked", "counted"), ("short", "open")],
            [("short", "counted")],
        ]
        assert books() == []


class TestKeptForSomebodyWhoLetsItGo:
    """Two products are kept on a customer's screen, which is closed as their order claims them."""

    @pytest.fixture
    def kept(self, product, stock, customer, now, actor):
        """The second row lies before the first one, where the database finds it first."""
        other = ProductFactory.create()
        StockLevelFactory.create(product=other)
        services.reserve(
            "entry:screen",
            {product.pk: Decimal(2), other.pk: Decimal(2)},
            customer_id=customer.pk,
            expires_at=now + timedelta(hours=1),
            at=now,
            actor=actor,
        )
        first, second = Reservation.objects.order_by("pk")
        Reservation.objects.filter(pk=first.pk).update(actor="Moved")
        return first, second

    @pytest.fixture
    def claim(self, kept, customer, now):
        claimant = Claimant(
            order_id=1, customer_id=customer.pk, ship_to_id=1, on=now.date(), at=now
        )

        @service
        def run():
            with connection.cursor() as cursor:  # rows come in the order in which they lie
                cursor.execute(
                    "SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off"
                )
            return claims.claim({row.product_id: Decimal(1) for row in kept}, claimant=claimant)

        return run

    @pytest.fixture
    def claim_many(self, kept, claim, customer, now):
        """Claim from a shelf that many orders of one step share."""

        @service
        def run():
            with gathering():
                products = [row.product_id for row in kept]
                services.hold_shelf(products, customer_ids=[customer.pk], at=now)
                return claim()

        return run

    @pytest.mark.parametrize("claiming", ["claim", "claim_many"])
    def test_one_waits_for_the_other(self, kept, claiming, request, now, actor):
        claim = request.getfixturevalue(claiming)

        def look():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT FROM fulfillment_reservation WHERE id = %s FOR UPDATE", [kept[0].pk]
                )

        def withdraw():
            return services.withdraw_reservations("entry:screen", at=now, actor=actor)

        results = in_line(look, withdraw, claim)

        assert results[1] == 2
        assert [made.quantity for made in results[2]] == [1, 1]
        assert set(Reservation.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_pieces_are_made_in_one_order_whoever_names_them(stock, now, actor):
    pump = ProductFactory.create(tracking="serial")
    place = LocationFactory.create(warehouse=stock.location.warehouse)

    services.receive_goods(
        location_id=place.pk,
        product_id=pump.pk,
        goods=[Goods(quantity=Decimal(1), lot_code=code) for code in ("S3", " S1", "S2")],
        source="receipt:GR-1",
        at=now,
        actor=actor,
    )

    made = Lot.objects.order_by("pk").values_list("code", flat=True)
    lying = StockLevel.objects.filter(product=pump).order_by("pk")
    assert list(made) == ["S1", "S2", "S3"]
    assert list(lying.values_list("lot__code", flat=True)) == ["S1", "S2", "S3"]


class TestTwoShelvesInOneStep:
    """Somebody's step asks for goods that lie in the second place, then for some in the first.

    Who wants both waits for the first place already, when the step comes there.
    """

    @pytest.fixture
    def low(self, product, stock):
        return stock

    @pytest.fixture
    def high(self, low):
        place = LocationFactory.create(code="B-01", warehouse=low.location.warehouse)
        return StockLevelFactory.create(product=ProductFactory.create(), location=place)

    @pytest.fixture
    def order_both(self, place, make_customer, low, high):
        by = make_customer()
        return lambda: place({low.product: 1, high.product: 1}, by=by)

    @pytest.fixture
    def leon(self, person, now, actor):
        """A picker, who may send a tenth more."""
        rates = {"over_rate": Decimal("0.1"), "under_rate": Decimal(0)}
        services.set_tolerance(roles.WAREHOUSE, **rates, at=now, actor=actor)
        return Actor.user(person(roles.WAREHOUSE))

    @pytest.fixture
    def lists(self, place, release, low, high):
        """A list of twenty of each, and one of twenty of the second only."""
        both, other = place({low.product: 20, high.product: 20}), place({high.product: 20})
        return [release(order)[0] for order in (both, other)]

    @pytest.fixture
    def finish(self, now, leon):
        def finish(pick_list, found):
            lines = {line.order_line.product_id: line for line in pick_list.lines.all()}
            picked = {line.pk: line.quantity for line in lines.values()}
            picked |= {lines[key.product_id].pk: Decimal(count) for key, count in found.items()}
            return services.confirm_pick(
                pick_list.pk,
                picked=picked,
                short_reasons={line.pk: "missing" for line in lines.values()},
                at=now,
                actor=leon,
            )

        return finish

    @pytest.fixture
    def find_more_and_less(self, lists, finish, low, high):
        return lambda: finish(lists[0], {high: 22, low: 19})

    @pytest.fixture
    def amend(self, place, low, high, now, actor):
        """Order fewer of the second, and more of the first."""
        order = place({low.product: 5, high.product: 5})
        lines = dict(order.lines.values_list("product_id", "pk"))
        wanted = {low: 9, high: 2}
        changes = AmendmentChanges(
            lines=[
                LineChange(line_id=lines[level.product_id], quantity=Decimal(count))
                for level, count in wanted.items()
            ]
        )
        return lambda: orders.amend_order(
            order.pk, changes=changes, reason="Asked.", at=now, actor=actor
        )

    @pytest.fixture
    def stop_and_cancel(self, lists, now, actor):
        """A list of both that nobody has begun is called back, and all of it is cancelled."""
        return lambda: services.stop_and_cancel(
            lists[0].order_id,
            quantities=None,
            stopped=[lists[0].pk],
            reason="customer",
            at=now,
            actor=actor,
        )

    @pytest.fixture
    def release_hold(self, make_customer, place, low, high, now, actor):
        """A hold ends: the first order wants the second product, the second one the first."""
        customer = make_customer()
        credit.place_hold(customer.pk, kind="manual", reason="Asked.", at=now, actor=actor)
        for level in (high, low):
            place({level.product: 5}, by=customer)
        return lambda: credit.release_hold(
            customer.pk, kind="manual", reason="Paid.", at=now, actor=actor
        )

    @pytest.fixture
    def open_place(self, low, high, product, now, actor):
        """A dock where both lie, the second product before the first, becomes a place to pick."""
        dock = LocationFactory.create(
            code="D-01", kind="receiving", warehouse=low.location.warehouse
        )
        StockLevelFactory.create(product=high.product, location=dock)
        place = services.Place(code="D-01", kind="storage", zone="", walk_order=1, is_active=True)
        return lambda: services.change_location(dock.pk, place=place, at=now, actor=actor)

    @pytest.mark.parametrize(
        ("step", "first"),
        [
            ("find_more_and_less", "low"),
            ("amend", "low"),
            ("stop_and_cancel", "low"),
            ("release_hold", "low"),
            ("open_place", "high"),
        ],
    )
    def test_one_waits_for_the_other(self, step, first, order_both, request, books, monkeypatch):
        level, run = request.getfixturevalue(first), request.getfixturevalue(step)
        monkeypatch.setattr("o2c.kernel.locks.IS_STRICT", False)  # the database is to see it

        results = in_line(lambda: locks.lock(StockLevel, level.pk), order_both, run)

        assert [result for result in results if isinstance(result, Exception)] == []
        assert books() == []
