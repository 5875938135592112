"""Two at once: no more is announced than was shipped, and what comes is counted once."""

from decimal import Decimal

import pytest

from fulfillment.models import Location, StockMove
from orders.models import OrderLine
from shipping import services
from shipping.models import Return
from shipping.services import Arrived, Target, Verdict, returning, storing
from tests.factories import LocationFactory
from tests.race import read_by_both, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def names(results):
    return sorted(type(result).__name__ for result in results)


def test_no_more_is_announced_than_was_shipped(announce, books):
    results = run_together(lambda: announce(3), lambda: announce(3))

    assert names(results) == ["InvalidInput", "Return"]
    assert Return.objects.count() == 1
    assert books() == []


def test_race_is_real_without_the_locks(announce, monkeypatch, books):
    """Guards the test above: then both are announced, and the books say so."""
    without_locks(monkeypatch)
    monkeypatch.setattr(returning, "returnable", read_by_both(returning.returnable))

    results = run_together(lambda: announce(3), lambda: announce(3))

    assert names(results) == ["Return", "Return"]
    found = [finding.name for finding in books()]
    assert found == ["shipping.no_more_comes_back_than_was_shipped"]


def test_what_comes_is_counted_once(announce, now, actor, books):
    row = announce(2)
    goods = [Arrived(line_id=row.lines.get().pk, quantity=Decimal(2))]

    def receive():
        return services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)

    results = run_together(receive, receive)

    assert names(results) == ["Return", "TransitionNotAllowed"]
    assert OrderLine.objects.get().returned == 2
    assert books() == []


@pytest.fixture
def stuck(announce, receive, inspect, stock, now, actor):
    """A return whose goods could not be put to their place, which is used no more."""
    place = LocationFactory.create(warehouse=stock.location.warehouse, code="Z-1")
    row = receive(announce(2))
    verdict = Verdict(disposition="restock", accepted=Decimal(2), location_id=place.pk)
    verdicts = {row.lines.get().pk: verdict}
    services.inspect_return(row.pk, verdicts=verdicts, at=now, actor=actor)
    Location.objects.filter(pk=place.pk).update(is_active=False)
    services.store_returned(row.pk, at=now, actor=actor)
    return row


@pytest.fixture
def choose(stuck, stock, now, actor):
    """Say that the goods go to the shelf, or are scrapped."""
    line = stuck.lines.get()

    def choose(disposition):
        target = Target(disposition=disposition, location_id=stock.location_id)
        targets = {line.pk: target}
        return services.store_elsewhere(stuck.pk, targets=targets, at=now, actor=actor)

    return choose


def test_one_of_two_says_where_goods_go_that_could_not_be_put_away(
    stuck, choose, now, actor, books
):
    results = run_together(lambda: choose("restock"), lambda: choose("scrap"))
    services.store_returned(stuck.pk, at=now, actor=actor)

    line = stuck.lines.get()
    moved = StockMove.objects.filter(kind="return").count()
    assert names(results) == ["NothingStuck", "Return"]
    assert (line.disposition, moved) in {("restock", 1), ("scrap", 0)}
    assert books() == []


def test_that_race_is_real_without_the_locks(choose, monkeypatch):
    """Guards the test above: then both are heard, and the later one wins in silence."""
    without_locks(monkeypatch)
    monkeypatch.setattr(storing, "place_for", read_by_both(storing.place_for))

    results = run_together(lambda: choose("restock"), lambda: choose("scrap"))

    assert names(results) == ["Return", "Return"]


def test_goods_that_came_back_are_put_away_once_by_two_workers(
    announce, receive, stock, now, actor, books
):
    row = receive(announce(2))
    line = row.lines.get()
    verdict = Verdict(disposition="restock", accepted=Decimal(2), location_id=stock.location_id)
    services.inspect_return(row.pk, verdicts={line.pk: verdict}, at=now, actor=actor)

    def store():
        return services.store_returned(row.pk, at=now, actor=actor)

    results = run_together(store, store)

    assert sorted(results) == [0, 1]
    assert StockMove.objects.filter(kind="return").count() == 1
    assert books() == []
