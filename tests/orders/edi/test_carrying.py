"""A message leaves once, however many workers are told to bring it."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from o2c.kernel import files
from orders.models import PartnerMessage
from orders.partners import carrying, handlers, transport
from orders.partners.as2 import NotDelivered
from orders.partners.events import MessageQueued
from tests.factories import NOW
from tests.orders.factories import TradingPartnerFactory
from tests.race import meanwhile


@pytest.fixture
def message(books):
    """A document that waits to be posted."""
    partner = TradingPartnerFactory.create(
        customer=books, identifier="004711815", transport="as2", address="https://hollis.example/"
    )
    stored = files.store(b"ISA*", name="855.edi", media_type="application/edi-x12")
    return PartnerMessage.objects.create(
        partner=partner, kind="855", source="order:1", file=stored, created_at=NOW
    )


@pytest.fixture
def posted(monkeypatch):
    """What has been posted."""
    found = []

    def post(message):
        found.append(message.pk)
        return True

    monkeypatch.setattr(transport, "carry", post)
    return found


def carry(message, actor):
    event = MessageQueued(message_id=message.pk, at=NOW, actor=actor)
    return partial(handlers.carry_message, event)


@pytest.fixture
def both_carry(message, posted, actor, monkeypatch):
    """Carry it, and once more while it is on its way; return what each got."""
    works = [carry(message, actor), carry(message, actor)]
    return lambda: meanwhile(monkeypatch, (transport, "carry"), *works)


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_posts_it(both_carry, message, posted):
    results = both_carry()

    message.refresh_from_db()
    assert posted == [message.pk]
    assert (message.state, message.claimed_until) == ("sent", None)
    assert [type(one) for one in results] == [type(None), carrying.OnItsWay]


@pytest.mark.django_db(transaction=True)
def test_the_race_is_real_without_the_claim(both_carry, message, posted, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    unclaimed = PartnerMessage.objects.select_related("partner", "file")
    monkeypatch.setattr(carrying, "claim", lambda key, *, at: unclaimed.get(pk=key))

    results = both_carry()

    assert results == [None, None]
    assert posted == [message.pk, message.pk]


def test_what_has_left_is_not_posted_again(message, posted, actor):
    carry(message, actor)()
    carry(message, actor)()

    assert posted == [message.pk]


def test_what_somebody_died_with_is_brought_by_the_next_one(message, posted, actor):
    long_ago = timezone.now() - carrying.LEASE - timedelta(seconds=1)
    carrying.claim(message.pk, at=long_ago)

    carry(message, actor)()

    assert posted == [message.pk]


def test_what_failed_may_be_tried_again_at_once(message, posted, actor, monkeypatch):
    def fail(_message):
        raise NotDelivered("away")

    with monkeypatch.context() as broken:
        broken.setattr(transport, "carry", fail)
        with pytest.raises(NotDelivered):
            carry(message, actor)()
    carry(message, actor)()

    assert posted == [message.pk]
