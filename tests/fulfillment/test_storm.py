"""The storm of stock does all that is done in a house, and sees when it goes wrong."""

from collections import Counter
from random import Random

import pytest

from fulfillment.models import Allocation, StockLevel
from fulfillment.services import stock as claims
from storm import stock as storm
from storm.scene import scene_of

MOVING = ("receive", "order", "reserve", "release", "pick", "pack", "label", "ship", "take_back")


@pytest.fixture
def stage(db):
    scene_of.cache_clear()
    storm.prepare()
    return storm.stage()


@pytest.fixture
def play(stage):
    """Do so many things in one process; return how often each of them was done."""

    def run(operations):
        luck = Random(3)  # noqa: S311  what comes next, not a secret
        ended = Counter(storm.act(luck, stage) for _ in range(operations))
        refused = {"refused", "nothing"}
        done: Counter[str] = Counter()
        for text, count in ended.items():
            name, how = text.split(": ")
            if how.replace(",", "").split()[0] not in refused:
                done[name] += count
        return done

    return run


def test_goods_go_from_receipt_to_customer_and_back(play, stage, books):
    done = play(300)

    assert set(MOVING) <= set(done)
    assert storm.faults(stage) == []
    assert books() == []


def test_goods_that_are_promised_twice_are_a_fault(play, stage):
    play(60)
    claim = Allocation.objects.filter(state="active").order_by("pk")[0]
    level = StockLevel.objects.get(pk=claim.level_id)
    claim.pk, claim.quantity = None, level.on_hand
    claim.save()

    found = storm.faults(stage)

    assert any(f"level {level.pk}: {level.on_hand} lie there" in text for text in found)


def test_control_claims_by_reading_and_then_writing(stage, monkeypatch):
    monkeypatch.setattr(claims, "claim", claims.claim)  # put back afterwards

    storm.unguard()

    assert claims.claim is storm._read_then_write
