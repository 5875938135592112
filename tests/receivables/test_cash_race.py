"""Two payments of one item at the same moment: never more is applied than is owed."""

from decimal import Decimal

import pytest

from receivables import services
from receivables.models import Application, OpenItem
from tests.factories import NOW, TODAY
from tests.invoicing.shipped import ACTOR
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def paying(item, source):
    return lambda: services.apply_cash(
        customer_id=item.customer_id,
        source=source,
        amounts={item.pk: Decimal("100.00")},
        applied_on=TODAY,
        at=NOW,
        actor=ACTOR,
    )


def test_applies_one_of_two_payments_that_do_not_both_fit(owe):
    item = owe()

    answers = in_line(paying(item, "receipt:1"), paying(item, "receipt:2"))

    assert [type(answer).__name__ for answer in answers] == ["list", "OverApplied"]
    item.refresh_from_db()
    assert (item.applied, Application.objects.count()) == (Decimal("100.000"), 1)


def test_race_is_real_without_the_locks(owe, monkeypatch):
    """Guards the test above: without locks both are applied, and one payment is lost."""
    item = owe()
    without_locks(monkeypatch)

    answers = in_line(paying(item, "receipt:1"), paying(item, "receipt:2"))

    assert [type(answer).__name__ for answer in answers] == ["list", "list"]
    assert OpenItem.objects.get().applied == Decimal("100.000")
    assert sum(row.amount for row in Application.objects.all()) == Decimal("200.000")
