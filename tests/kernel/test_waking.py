"""Workers are woken at once, and under load by few hints; every commit is covered by one."""

import logging
from types import SimpleNamespace

import pytest
from kombu.exceptions import OperationalError as BrokerAway

from o2c.kernel import waking


@pytest.fixture
def sent(monkeypatch):
    """The hints that were sent: when, and in how many seconds they wake a worker."""
    clock = SimpleNamespace(now=1000.0, hints=[], away=False)

    def apply_async(countdown):
        if clock.away:
            raise BrokerAway("Connection refused")
        clock.hints.append((clock.now, countdown or 0))

    def nudge_at(now):
        clock.now = now
        waking.nudge()

    clock.nudge_at = nudge_at
    monkeypatch.setattr(waking, "_hints", waking.Hints())
    monkeypatch.setattr(waking.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(waking, "_deliver_task", lambda: SimpleNamespace(apply_async=apply_async))
    return clock


def test_wakes_a_worker_at_once_when_it_is_quiet(sent):
    for now in (1000.0, 1000.5, 1003.0):
        sent.nudge_at(now)

    assert sent.hints == [(1000.0, 0), (1000.5, 0), (1003.0, 0)]


def test_a_hundred_commits_within_a_second_are_few_hints(sent):
    commits = [1000 + number / 100 for number in range(100)]

    for now in commits:
        sent.nudge_at(now)

    assert len(sent.hints) == 11
    woken = [now + delay for now, delay in sent.hints]
    waits = [min(at - now for at in woken if at >= now) for now in commits]
    assert 0 <= max(waits) <= waking.PAUSE + 1e-9


def test_leaves_a_queue_that_is_away_alone_for_a_moment_and_says_so(sent, caplog):
    sent.away = True
    with caplog.at_level(logging.WARNING):
        for now in (1000.0, 1000.2, 1000.9):
            sent.nudge_at(now)
    sent.away = False

    sent.nudge_at(1000.95)
    sent.nudge_at(1001.1)

    assert [record.message for record in caplog.records] == [
        "The queue is away, the sweep will deliver: Connection refused"
    ]
    assert sent.hints == [(1001.1, 0)]
