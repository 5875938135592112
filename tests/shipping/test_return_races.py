"""Two at once: no more is announced than was shipped, and what comes is counted once."""

from decimal import Decimal

import pytest

from orders.models import OrderLine
from shipping import services
from shipping.models import Return
from shipping.services import Arrived, returning
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
