"""Steps that need the same rows never wait for each other in a circle.

No step is started over here: a deadlock is an error that the test sees.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from fulfillment import services
from fulfillment.models import CountTask, Lot, Reservation, StockLevel
from fulfillment.services import Goods, counting
from fulfillment.services import stock as claims
from fulfillment.services.sourcing import Claimant
from o2c.kernel.gathering import gathering
from o2c.kernel.transactions import service
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
        assert sorted(CountTask.objects.values_list("kind", "state")) == [
            ("asked", "counted"),
            ("short", "open"),
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
