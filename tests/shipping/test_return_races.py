"""Two at once: no more is announced than was shipped, and what comes is counted once."""

from decimal import Decimal
from functools import partial

import pytest

from fulfillment.models import Location, StockMove
from orders.models import OrderLine
from shipping import services
from shipping.models import Return
from shipping.services import Arrived, Target, Verdict, returning
from tests.factories import LocationFactory
from tests.race import in_line, meanwhile, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def names(results):
    return [type(result).__name__ for result in results]


@pytest.fixture
def announce_twice(announce, monkeypatch):
    """Announce three of five twice, again when the first has seen what may come back."""
    place, announce_three = (returning, "returnable"), partial(announce, 3)
    return lambda: names(meanwhile(monkeypatch, place, announce_three, announce_three))


def test_no_more_is_announced_than_was_shipped(announce_twice, books):
    assert announce_twice() == ["Return", "InvalidInput"]

    assert Return.objects.count() == 1
    assert books() == []


def test_race_is_real_without_the_locks(announce_twice, monkeypatch, books):
    """Guards the test above: then both are announced, and the books say so."""
    without_locks(monkeypatch)

    assert announce_twice() == ["Return", "Return"]

    found = [finding.name for finding in books()]
    assert found == ["shipping.no_more_comes_back_than_was_shipped"]


def test_what_comes_is_counted_once(announce, now, actor, books):
    row = announce(2)
    goods = [Arrived(line_id=row.lines.get().pk, quantity=Decimal(2))]

    def receive():
        return services.receive_return_goods(row.pk, goods=goods, at=now, actor=actor)

    results = in_line(receive, receive)

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


@pytest.mark.parametrize(
    ("first", "second", "moved"), [("restock", "scrap", 1), ("scrap", "restock", 0)]
)
def test_who_comes_first_says_where_goods_go_that_could_not_be_put_away(
    stuck, choose, now, actor, books, first, second, moved
):
    results = in_line(lambda: choose(first), lambda: choose(second))
    services.store_returned(stuck.pk, at=now, actor=actor)

    assert names(results) == ["Return", "NothingStuck"]
    assert stuck.lines.get().disposition == first
    assert StockMove.objects.filter(kind="return").count() == moved
    assert books() == []


def test_that_race_is_real_without_the_locks(choose, monkeypatch):
    """Guards the test above: then both are heard, and the later one wins in silence."""
    without_locks(monkeypatch)

    results = in_line(lambda: choose("restock"), lambda: choose("scrap"))

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

    assert while_it_waits(store, store) == [1, 0]
    assert StockMove.objects.filter(kind="return").count() == 1
    assert books() == []
