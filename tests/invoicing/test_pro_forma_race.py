"""Asking, paying and lapsing at the same moment: one pro forma at a time asks for an order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit import services as credit
from invoicing import services
from invoicing.models import ProForma
from o2c.kernel.invariants import check_all
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR
from tests.race import in_line, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def ask(order):
    return lambda: services.ask_for_prepayment(order.pk, at=NOW, actor=ACTOR)


def pay(order, *, at=NOW):
    return lambda: credit.record_prepayment(
        order.pk, source="test:1", amount=Decimal("154.70"), at=at, actor=ACTOR
    )


def test_of_two_who_ask_at_once_one_does(held):
    answers = in_line(ask(held), ask(held))

    assert [type(answer).__name__ for answer in answers] == ["ProForma", "AskedAlready"]
    assert ProForma.objects.count() == 1


def test_race_is_real_without_the_locks(held, monkeypatch):
    """Guards the test above: without locks both ask, and only the constraint stops one."""
    without_locks(monkeypatch)

    answers = in_line(ask(held), ask(held))

    assert [type(answer).__name__ for answer in answers] == ["ProForma", "IntegrityError"]


def lapse():
    late = (NOW + timedelta(days=30)).date()
    return services.lapse_pro_formas(late, at=NOW, actor=ACTOR)


@pytest.mark.parametrize(("ordered", "state"), [(tuple, "paid"), (reversed, "lapsed")])
def test_what_is_paid_as_it_lapses_is_what_came_first(held, ordered, state):
    asked = ask(held)()

    while_it_waits(*ordered((pay(held), lapse)))

    asked.refresh_from_db()
    held.refresh_from_db()
    assert (asked.state, held.state) == (state, "released")
    assert check_all() == []


def test_two_lapsing_jobs_at_once_lapse_it_once(held):
    ask(held)()

    assert while_it_waits(lapse, lapse) == [1, 0]


def test_what_was_asked_for_first_is_paid(held):
    while_it_waits(ask(held), pay(held))

    assert ProForma.objects.get().state == "paid"
    assert check_all() == []


def test_what_was_paid_first_is_not_asked_for(held):
    _paid, refused = in_line(pay(held), ask(held))

    assert type(refused) is services.NothingToPay
    assert not ProForma.objects.exists()
    assert check_all() == []
