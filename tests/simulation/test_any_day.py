"""The demo opens whatever day it is …"""

from datetime import date, timedelta

import pytest

from o2c.kernel.invariants import check_all
from orders.models import Order
from simulation import opening

MONDAY = date(2026, 11, 23)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "today", [MONDAY, MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)], ids=str
)
def test_opens_after_a_weekend_and_on_it(today):
    opening.play(today, tell=lambda line: None)

    assert Order.objects.filter(customer__name="Prairie Gasket & Seal", state="fulfilling").exists()
    assert check_all() == []
