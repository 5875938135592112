"""Whatever is sent to a form about quotes and blanket orders is answered in words."""

from datetime import date
from decimal import Decimal

import pytest

from o2c.kernel import clock
from orders import services
from orders.services import Agreed, AgreedLine, NewLine, Offered
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.factories import CustomerFactory, ProductFactory

LAST_DAY = date(2026, 12, 31)
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


@pytest.fixture
def quotes(company, now, actor):
    """The pages of a quote in draft and of one that was sent."""
    offered = Offered(
        lines=[NewLine(ProductFactory.create().pk, Decimal(5))],
        valid_until=LAST_DAY,
        allows_part=True,
    )
    customer = CustomerFactory.create()
    both = [
        services.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)
        for _each in range(2)
    ]
    services.send_quote(both[1].pk, at=now, actor=actor)
    return [f"/orders/quotes/{quote.number}/" for quote in both]


@pytest.fixture
def blankets(company, now, actor):
    """The pages of a blanket order in draft and of one that is active."""
    agreed = Agreed(
        lines=[AgreedLine(ProductFactory.create().pk, Decimal(100), Decimal(40))],
        valid_from=now.date(),
        valid_until=LAST_DAY,
    )
    customer = CustomerFactory.create()
    both = [
        services.create_blanket(customer_id=customer.pk, agreed=agreed, at=now, actor=actor)
        for _each in range(2)
    ]
    services.activate_blanket(both[1].pk, at=now, actor=actor)
    return [f"/orders/blankets/{blanket.number}/" for blanket in both]


@pytest.mark.parametrize("kind", ["quotes", "blankets"])
def test_every_form_answers_bad_input_in_words(kind, request, now):
    pages, area = request.getfixturevalue(kind), f"/orders/{kind}/"
    client = signed_in()
    with clock.travel(now):
        forms = forms_below(client, area, *pages)

        assert faults_of(client, forms) == []
        assert unreached(forms, area) == sorted(UNREACHED)
        assert faults_at(client, area) == []
