"""Exposure beside an oracle that adds up the documents, after random histories."""

from datetime import timedelta

import pytest

from bench import world
from bench.world import NOW
from credit import services
from credit.models import CreditAccount, ExposureEntry
from storm import histories


@pytest.fixture
def place(db):
    """An account with a limit that a handful of orders uses up."""
    world.build()
    account = CreditAccount.objects.order_by("pk")[0]
    services.set_limit(
        account.pk,
        limit=histories.LIMIT,
        valid_until=NOW.date() + timedelta(days=300),
        reason="test",
        **histories.ANALYST,
    )
    return histories.place_of(0, account.pk)


WHOLE = [
    ("order", 2, 10),
    ("ship", 0, 4),
    ("bill", 0, 1),
    ("pay", 0, 40),
    ("take back", 0, 1),
    ("amend", 0, 30),
    ("order", 0, 60),
    ("pay", 0, 3),
    ("cancel", 1, 1),
]


def test_exposure_is_what_the_documents_add_up_to(place):
    tally = histories.Tally()

    histories.campaign(place, histories=25, number=1, tally=tally)

    assert tally.histories == 25
    assert {"order: released", "ship: done"} <= set(tally.steps)


def test_a_history_goes_from_order_to_cash_and_back(place):
    tally = histories.Tally()

    histories.play(place, WHOLE, tally)

    done = {"ship: done", "bill: done", "pay: applied", "take back: done", "cancel: done"}
    assert done <= set(tally.steps)


def test_oracle_finds_an_entry_too_many(place, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    ship = histories.DEEDS["ship"]

    def ship_and_err(*args):
        outcome = ship(*args)
        if outcome == "done":
            account = CreditAccount.objects.get(pk=place.customer_id)
            ExposureEntry.objects.create(
                account=account, kind="open_item", source="error", amount=1, at=NOW
            )
        return outcome

    monkeypatch.setitem(histories.DEEDS, "ship", ship_and_err)

    with pytest.raises(AssertionError, match="the documents say"):
        histories.campaign(place, histories=25, number=1, tally=histories.Tally())
