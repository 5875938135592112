"""One credit memo applied twice at the same moment: it never gives more than it says."""

from decimal import Decimal

import pytest

from invoicing import services as invoicing
from receivables import memos, services
from tests.factories import NOW
from tests.invoicing.coming_back import send_back
from tests.invoicing.shipped import ACTOR
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def memo(owe, pay):
    """CM-00001 over 119.00 EUR, of which nothing is applied; 476.00 EUR are owed."""
    item = owe("100.00")
    pay(item, "119.00")
    [memo] = invoicing.credit_return(send_back(item.invoice.shipment, "1").pk, at=NOW, actor=ACTOR)
    owe("400.00")
    return memo


def applying(memo):
    return lambda: services.apply_credit(memo.pk, at=NOW, actor=ACTOR)


def test_applies_one_of_two(memo):
    answers = in_line(applying(memo), applying(memo))

    assert [type(answer).__name__ for answer in answers] == ["list", "NothingToApply"]
    assert memos.left_of(memo) == 0


def test_race_is_real_without_the_locks(memo, monkeypatch):
    """Guards the test above: without locks it is given twice."""
    without_locks(monkeypatch)

    answers = in_line(applying(memo), applying(memo))

    assert [type(answer).__name__ for answer in answers] == ["list", "list"]
    assert memos.left_of(memo) == Decimal("-119.000")
