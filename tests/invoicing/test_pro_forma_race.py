"""Asking, paying and lapsing at the same moment: one pro forma at a time asks for an order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit import services as credit
from invoicing import services
from invoicing.models import ProForma
from invoicing.services import pro_formas
from o2c.kernel.invariants import check_all
from tests.factories import NOW
from tests.invoicing.shipped import ACTOR
from tests.race import read_by_both, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def ask(order):
    return lambda: services.ask_for_prepayment(order.pk, at=NOW, actor=ACTOR)


def pay(order, *, at=NOW):
    return lambda: credit.record_prepayment(
        order.pk, source="test:1", amount=Decimal("154.70"), at=at, actor=ACTOR
    )


def test_of_two_who_ask_at_once_one_does(held):
    answers = run_together(ask(held), ask(held))

    assert sorted(type(answer).__name__ for answer in answers) == ["AskedAlready", "ProForma"]
    assert ProForma.objects.count() == 1


def test_race_is_real_without_the_locks(held, monkeypatch):
    """Guards the test above: without locks both ask, and only the constraint stops one."""
    without_locks(monkeypatch)
    monkeypatch.setattr(pro_formas, "_standing_of", read_by_both(pro_formas._standing_of))

    answers = run_together(ask(held), ask(held))

    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "ProForma"]


def test_what_is_paid_as_it_lapses_is_one_or_the_other(held):
    asked = ask(held)()
    late = (NOW + timedelta(days=30)).date()

    run_together(pay(held), lambda: services.lapse_pro_formas(late, at=NOW, actor=ACTOR))

    asked.refresh_from_db()
    held.refresh_from_db()
    assert asked.state in ("paid", "lapsed")
    assert held.state == "released"
    assert check_all() == []


def test_two_lapsing_jobs_at_once_lapse_it_once(held):
    ask(held)()
    late = (NOW + timedelta(days=30)).date()

    def lapse():
        return services.lapse_pro_formas(late, at=NOW, actor=ACTOR)

    assert sorted(run_together(lapse, lapse)) == [0, 1]


def test_paying_as_it_is_asked_leaves_nothing_that_asks_for_paid_money(held):
    run_together(ask(held), pay(held))

    assert not ProForma.objects.filter(state="issued").exists()
    assert check_all() == []
