"""The day on which goods are wanted unless somebody says otherwise: in a week, when we work."""

from datetime import UTC, date, datetime

import pytest

from o2c.kernel import clock
from o2c.kernel.models import Company
from orders.usual_day import usual_day
from tests.factories import CustomerFactory


@pytest.mark.parametrize(
    ("at", "country", "wanted"),
    [
        (datetime(2026, 11, 18, 9, tzinfo=UTC), "DE", date(2026, 11, 25)),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), "DE", date(2026, 11, 30)),  # a Saturday
        (datetime(2026, 12, 18, 9, tzinfo=UTC), "DE", date(2026, 12, 28)),  # Christmas, a weekend
        (datetime(2026, 11, 19, 9, tzinfo=UTC), "US", date(2026, 11, 27)),  # Thanksgiving
        (datetime(2026, 11, 15, 23, 30, tzinfo=UTC), "DE", date(2026, 11, 23)),  # Monday there
    ],
)
def test_falls_on_a_working_day_of_the_company(company, at, country, wanted):
    Company.objects.update(country=country, time_zone="Europe/Berlin")

    assert usual_day(at) == wanted


def test_is_what_entry_screens_begin_with(sales_rep, company, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    Company.objects.update(country="DE", time_zone="Europe/Berlin")
    CustomerFactory.create()

    entry = sales_rep.get("/orders/new/").context["form"]

    assert entry["requested_on"].value() == date(2026, 11, 30)
