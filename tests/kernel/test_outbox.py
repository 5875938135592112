"""Messages leave after the commit, at least once, and wait while something is away."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from o2c.kernel import outbox, waking
from o2c.kernel.actors import Actor
from o2c.kernel.events import AFTER, ON, Event
from o2c.kernel.models import OutboxMessage
from o2c.kernel.transactions import OutsideStep, Step, running_step, service, step

heard: list[Event] = []
steps: list[Step | None] = []


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    times: int


def hear(event):
    heard.append(event)


def note_step(event):
    steps.append(running_step())


def fail(event):
    raise OSError("the mail server is away")


@pytest.fixture(autouse=True)
def silence():
    heard.clear()
    steps.clear()
    yield
    ON.pop(BellRung, None)
    AFTER.pop(BellRung, None)


@pytest.fixture
def ring(db, now, actor):
    @service
    def ring():
        outbox.publish(BellRung(at=now, actor=actor, times=3))

    return ring


def test_runs_handlers_in_the_step(ring):
    ON[BellRung].append(hear)

    ring()

    assert [event.times for event in heard] == [3]
    assert not OutboxMessage.objects.exists()


def test_a_failing_handler_undoes_the_step(ring):
    AFTER[BellRung].append(hear)
    ON[BellRung].append(fail)

    with pytest.raises(OSError, match="away"):
        ring()

    assert not OutboxMessage.objects.exists()


def test_delivers_the_same_event_once(ring, now, actor):
    AFTER[BellRung].append(hear)
    ring()

    delivered = [outbox.deliver_due(limit=10), outbox.deliver_due(limit=10)]

    assert delivered == [1, 0]
    assert heard == [BellRung(at=now, actor=actor, times=3)]
    assert OutboxMessage.objects.get().delivered_at is not None


def test_waits_longer_after_each_failure(ring):
    AFTER[BellRung].append(fail)
    ring()

    outbox.deliver_due(limit=10)

    message = OutboxMessage.objects.get()
    assert (message.attempts, message.delivered_at) == (1, None)
    assert "away" in message.error
    wait = message.due_at - timezone.now()
    assert settings.OUTBOX_RETRY_DELAY - timedelta(seconds=5) < wait <= settings.OUTBOX_RETRY_DELAY


def test_a_message_that_never_succeeds_is_tried_again_after_the_longest_delay(ring):
    AFTER[BellRung].extend([fail, hear])
    ring()
    OutboxMessage.objects.filter(handler__endswith="fail").update(attempts=60)

    delivered = outbox.deliver_due(limit=10)

    message = OutboxMessage.objects.get(delivered_at=None)
    wait, longest = message.due_at - timezone.now(), settings.OUTBOX_MAX_RETRY_DELAY
    assert (delivered, message.attempts, len(heard)) == (1, 61, 1)
    assert longest - timedelta(seconds=5) < wait <= longest


def test_delivers_later_what_failed(ring, monkeypatch):
    AFTER[BellRung].append(fail)
    ring()
    outbox.deliver_due(limit=10)
    OutboxMessage.objects.update(due_at=timezone.now())
    monkeypatch.setattr("tests.kernel.test_outbox.fail", hear)

    assert outbox.deliver_due(limit=10) == 1
    assert len(heard) == 1


def test_one_failing_message_stops_no_other(ring):
    AFTER[BellRung].extend([fail, hear])
    ring()

    assert outbox.deliver_due(limit=10) == 1
    assert len(heard) == 1


def test_publish_needs_a_step(now, actor):
    with pytest.raises(OutsideStep):
        outbox.publish(BellRung(at=now, actor=actor, times=1))


@pytest.mark.django_db(transaction=True)
def test_delivers_inline_right_after_the_commit(ring):
    AFTER[BellRung].append(hear)

    with outbox.inline(), step():
        ring()
        heard_inside = list(heard)

    assert heard_inside == []
    assert len(heard) == 1
    assert OutboxMessage.objects.get().delivered_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_handler_begins_outside_of_the_step_that_told_it(ring):
    """Else its services would join a step that is over: no transaction, and no audit trail."""
    AFTER[BellRung].append(note_step)

    with outbox.inline():
        ring()

    assert steps == [None]


@pytest.mark.django_db(transaction=True)
def test_goes_on_while_the_queue_is_away(ring, monkeypatch):
    """The portal must not stop when Redis does: the message waits for the sweep."""
    from o2c.celery import app  # noqa: PLC0415  its connection is what goes away here

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(waking, "_hints", waking.Hints())
    app.amqp._producer_pool = None
    AFTER[BellRung].append(hear)

    ring()

    assert OutboxMessage.objects.get().delivered_at is None
    app.amqp._producer_pool = None
    app.__dict__.pop("pool", None)


@pytest.mark.django_db
def test_carries_the_actor_and_the_time(now):
    event = BellRung(at=now, actor=Actor.job("bells", on_behalf_of="Maya"), times=2)

    assert BellRung.from_payload(event.payload()) == event
