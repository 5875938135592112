"""A request that comes twice is done once."""

from datetime import timedelta
from functools import partial

import pytest

from o2c.kernel import idempotency
from o2c.kernel.actors import Actor
from o2c.kernel.idempotency import KeyReused, Reply, once
from o2c.kernel.models import IdempotencyKey
from o2c.kernel.tasks import forget_replies
from tests.race import meanwhile

ONCE_DONE = (idempotency, "_keep")


def ask(work, *, key="k1", body=b"{}"):
    asked = idempotency.fingerprint(b"POST /x", body)
    return once(owner="user:1", key=key, fingerprint=asked, work=work)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def work(calls):
    def run():
        calls.append(1)
        return Reply(status=201, body={"number": "SO-1"})

    return run


@pytest.mark.django_db
def test_answers_a_repeat_with_the_first_reply(work, calls):
    first, second = ask(work), ask(work)

    assert (first.status, first.body, first.is_replay) == (201, {"number": "SO-1"}, False)
    assert (second.status, second.body, second.is_replay) == (201, {"number": "SO-1"}, True)
    assert len(calls) == 1


@pytest.mark.django_db
def test_refuses_a_key_of_another_request(work, calls):
    ask(work)

    with pytest.raises(KeyReused):
        ask(work, body=b'{"other": 1}')

    assert len(calls) == 1


@pytest.mark.django_db
def test_a_failed_request_leaves_its_key_free(work, calls):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        ask(fail)

    assert not IdempotencyKey.objects.exists()
    assert ask(work).status == 201


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_run_once(work, calls, monkeypatch):
    first, second = meanwhile(monkeypatch, ONCE_DONE, lambda: ask(work), lambda: ask(work))

    assert first.body == second.body == {"number": "SO-1"}
    assert (first.is_replay, second.is_replay) == (False, True)
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_without_the_key(work, calls, monkeypatch):
    """Guards the test above: with keys of their own both run."""
    both = [partial(ask, work, key=key) for key in "ab"]

    first, second = meanwhile(monkeypatch, ONCE_DONE, *both)

    assert (first.is_replay, second.is_replay) == (False, False)
    assert len(calls) == 2


@pytest.mark.django_db
def test_forgets_what_nobody_repeats_any_more(work, calls, now):
    ask(work)
    IdempotencyKey.objects.update(created_at=now - timedelta(days=14, seconds=1))
    ask(work, key="k2")
    IdempotencyKey.objects.filter(key="k2").update(created_at=now - timedelta(days=14))

    result = forget_replies(now.date(), at=now, actor=Actor.job("kernel.forget_replies"))

    assert result == {"forgotten": 1}
    assert [record.key for record in IdempotencyKey.objects.all()] == ["k2"]
