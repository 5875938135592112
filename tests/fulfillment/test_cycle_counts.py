"""Each place is counted again after so many days, so many places a day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fulfillment import services
from fulfillment.models import CountTask
from fulfillment.tasks import open_cycle_counts
from o2c.kernel.jobs import run_job
from tests.factories import LocationFactory, ProductFactory, StockLevelFactory, WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves(company):
    """Five places, one of them empty; two are counted a day, each again after ten days."""
    house = WarehouseFactory.create(counts_per_day=2, count_every_days=10)
    places = [
        LocationFactory.create(warehouse=house, code=f"A-{n}", walk_order=n) for n in range(5)
    ]
    for place in places[:4]:
        StockLevelFactory.create(location=place)
    StockLevelFactory.create(location=places[0], product=ProductFactory.create())
    StockLevelFactory.create(location=places[4], on_hand=Decimal(0))
    return places


@pytest.fixture
def run(now):
    def run(days=0):
        day = now.date() + timedelta(days=days)
        return run_job(open_cycle_counts, day, at=now + timedelta(days=days)).result

    return run


def asked():
    tasks = CountTask.objects.filter(state="open").order_by("level__location__code", "pk")
    return list(tasks.values_list("level__location__code", "kind", "blocks"))


def count_all(at, actor):
    for task in CountTask.objects.filter(state="open"):
        services.count_level(task.level_id, counted=Decimal(100), at=at, actor=actor)


def test_opens_so_many_places_a_day_and_promises_go_on(shelves, run):
    assert run() == {"opened": 3}
    assert asked() == [
        ("A-0", "cycle", False),
        ("A-0", "cycle", False),
        ("A-1", "cycle", False),
    ]


def test_day_can_be_run_again(shelves, run, now, actor):
    run()
    assert run() == {"opened": 0}
    count_all(now, actor)

    assert run() == {"opened": 0}


def test_next_day_takes_the_next_places_and_ends_with_the_last(shelves, run, now, actor):
    run()
    count_all(now, actor)

    assert run(days=1) == {"opened": 2}
    assert [place for place, _kind, _blocks in asked()] == ["A-2", "A-3"]
    count_all(now + timedelta(days=1), actor)
    assert run(days=2) == {"opened": 0}


def test_place_comes_again_after_its_days(shelves, run, now, actor):
    for day in (0, 1):
        run(days=day)
        count_all(now + timedelta(days=day), actor)

    assert run(days=9) == {"opened": 0}
    assert run(days=11) == {"opened": 3}


def test_house_without_cycle_counts_opens_none(run, stock, company):
    assert run() == {"opened": 0}


def test_place_that_somebody_counts_anyway_is_not_asked_twice(shelves, run, now, actor):
    level = StockLevelFactory._meta.model.objects.get(location=shelves[1])
    services.ask_for_count(level.pk, reason="Looks wrong.", blocks=True, at=now, actor=actor)

    run()

    assert [place for place, kind, _blocks in asked() if kind == "cycle"] == ["A-0", "A-0", "A-2"]


def test_fifty_places_take_as_many_statements_as_two(shelves, statements, now, actor):
    few = statements(lambda: services.open_cycle_counts(as_of=now.date(), actor=actor))
    house = shelves[0].warehouse
    for n in range(50):
        StockLevelFactory.create(location=LocationFactory.create(warehouse=house, code=f"B-{n}"))
    type(house).objects.update(counts_per_day=60)
    day = now.date() + timedelta(days=1)

    many = statements(lambda: services.open_cycle_counts(as_of=day, actor=actor))

    assert many == few
    assert CountTask.objects.count() >= 50
