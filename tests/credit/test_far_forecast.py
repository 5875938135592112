"""What is foretold of orders wanted beyond the horizon: they do not count yet."""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit.models import CreditPolicy, FarOrder
from o2c.kernel import clock
from orders import services as orders
from orders.amendments import AmendmentChanges
from orders.models import Order
from tests.factories import ProductFactory

HORIZON = 60
FAR_WORDS = (
    "It is wanted later than in 60 days: it does not count against the limit yet, and credit "
    "looks at it again when its day comes near."
)


@pytest.fixture(autouse=True)
def horizon(db, now):
    CreditPolicy.objects.update(horizon_days=HORIZON)
    with clock.travel(now):
        yield


@pytest.fixture
def foretell(sales_rep, now):
    """Ask the panel of an entry screen: `foretell(customer, amount, days)`."""

    def ask(customer, amount, days):
        wanted = now.date() + timedelta(days=days)
        values = {"customer": customer.pk, "amount": amount, "wanted": wanted.isoformat()}
        response = sales_rep.get("/credit/panel/", values)
        found = response.context["forecast"]
        return found.outcome, found.message

    return ask


@pytest.fixture
def place_on(now, actor, company):
    """Place an order for a net amount, wanted in so many days: `place_on(customer, 9000, 61)`."""
    product = ProductFactory.create()

    def make(customer, net, days):
        line = orders.NewLine(
            product_id=product.pk,
            quantity=Decimal(1),
            unit_price=Decimal(net),
            price_reason="agreed",
        )
        order = orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=now.date() + timedelta(days=days),
            at=now,
            actor=actor,
        )
        assert order.state == Order.State.RELEASED
        return order

    return make


@pytest.fixture
def change(sales_rep, now, actor):
    """Ask for another day of an order, and what credit says: rise, outcome, words."""

    def ask(order, days):
        amendment = orders.draft_amendment(
            order.pk,
            changes=AmendmentChanges(requested_on=now.date() + timedelta(days=days)),
            reason="Later",
            at=now,
            actor=actor,
        )
        context = sales_rep.get(f"/credit/amendments/{amendment.number}/").context
        forecast = context["forecast"]
        return context["more"], forecast.outcome, forecast.message

    return ask


def test_order_beyond_the_horizon_does_not_count(approved, foretell):
    assert foretell(approved, 999999, HORIZON + 1) == ("allow", FAR_WORDS)


def test_order_within_the_horizon_counts(approved, foretell):
    assert foretell(approved, 999999, HORIZON)[0] == "hold"


def test_nonsense_for_a_day_says_nothing(approved, sales_rep):
    values = {"customer": approved.pk, "amount": 999999, "wanted": "tomorrow"}

    response = sales_rep.get("/credit/panel/", values)

    assert response.context["forecast"].outcome == "hold"


def test_entry_screen_names_the_first_day(sales_rep, approved, company, now):
    wanted = (now.date() + timedelta(days=90)).isoformat()
    values = {
        "customer": approved.pk,
        "requested_on": wanted,
        "token": "t",
        "lines-0-sku": "",
        "do": "",
    }

    page = sales_rep.post("/orders/preview/", values).content.decode()

    assert f"&amp;wanted={wanted}" in page


def test_change_of_an_order_that_is_left_out_raises_nothing(approved, place_on, change):
    order = place_on(approved, 9000, HORIZON + 30)
    assert FarOrder.objects.filter(pk=order.pk).exists()

    assert change(order, HORIZON + 10) == (0, "allow", FAR_WORDS)


def test_change_that_brings_an_order_near_counts_all_of_it(approved, place_on, change):
    order = place_on(approved, 9000, HORIZON + 30)

    rise, outcome, message = change(order, 10)

    assert (rise, outcome) == (Decimal("10710.000"), "hold")
    assert message.startswith("The whole order will wait")


def test_order_that_counts_stays_counted_when_it_is_put_off(approved, place_on, change):
    order = place_on(approved, 1000, 5)

    assert change(order, HORIZON + 30) == (0, "allow", "Nothing more is owed with it.")
