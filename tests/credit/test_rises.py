"""Whatever raises what is owed goes through the check: a test for each row of docs/credit.md."""

from decimal import Decimal

import pytest

from credit import services
from credit.models import CreditAccount
from o2c.kernel.invariants import check_all
from orders import services as orders
from orders.models import Order
from orders.services import Agreed, AgreedLine, AmendmentChanges, LineChange, NewLine, Offered
from tests.factories import CreditAccountFactory, ProductFactory


@pytest.fixture
def customer(company):
    """A customer with a limit of 1,000.00 EUR."""
    return CreditAccountFactory.create(limit=Decimal(1000)).customer


@pytest.fixture
def product(db):
    return ProductFactory.create(price__amount=Decimal(500))


@pytest.fixture
def by(customer, product, now, actor):
    """Ways to an order of 595.00, tax included."""
    who = {"customer_id": customer.pk, "at": now, "actor": actor}
    line, day = NewLine(product.pk, Decimal(1)), now.date()
    step = {"at": now, "actor": actor}

    def place():
        return orders.place_order(lines=[line], channel="rep", requested_on=day, **who)

    def submit():
        draft = orders.create_order(lines=[line], channel="rep", requested_on=day, **who)
        return orders.submit_order(draft.pk, **step)

    def again():
        old = Order.objects.order_by("pk").first() or place()
        draft = orders.order_again(old.pk, requested_on=day, owner_id=None, **step)
        return orders.submit_order(draft.pk, **step)

    def quote():
        quote = orders.create_quote(offered=Offered(lines=[line], valid_until=day), **who)
        orders.send_quote(quote.pk, **step)
        return orders.accept_quote(quote.pk, requested_on=day, **step)

    def call_off():
        parts = [AgreedLine(product.pk, Decimal(1), Decimal(500))]
        agreed = Agreed(lines=parts, valid_from=day, valid_until=day)
        blanket = orders.create_blanket(agreed=agreed, **who)
        orders.activate_blanket(blanket.pk, **step)
        quantities = {blanket.lines.get().pk: Decimal(1)}
        return orders.call_off_blanket(blanket.pk, quantities=quantities, requested_on=day, **step)

    return {
        "place": place,
        "submit": submit,
        "again": again,
        "quote": quote,
        "call_off": call_off,
    }


def owed(customer):
    return CreditAccount.objects.get(pk=customer.pk).exposure


def states():
    return list(Order.objects.exclude(state="draft").order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("way", ["place", "submit", "again", "quote", "call_off"])
def test_every_way_to_an_order_meets_the_limit(customer, by, way):
    by["place"]()

    by[way]()

    assert states() == ["released", "on_hold"]
    assert owed(customer) == Decimal("595.000")
    assert check_all() == []


@pytest.mark.parametrize(
    ("change", "state", "exposure"),
    [
        ({"quantity": Decimal(2)}, "on_hold", "0.000"),
        ({"unit_price": Decimal("840.33")}, "released", "999.990"),
        ({"unit_price": Decimal("840.35")}, "on_hold", "0.000"),
        ({"unit_price": Decimal(100)}, "released", "119.000"),
    ],
)
def test_change_of_quantity_or_price_meets_the_limit(
    customer, by, now, actor, change, state, exposure
):
    order = by["place"]()
    fields = {"price_reason": "agreed"} if "unit_price" in change else {}
    line = LineChange(line_id=order.lines.get().pk, **change, **fields)

    orders.amend_order(
        order.pk, changes=AmendmentChanges(lines=[line]), reason="x", at=now, actor=actor
    )

    assert (states(), owed(customer)) == ([state], Decimal(exposure))
    assert check_all() == []


def test_change_of_a_waiting_order_is_checked_as_a_whole(customer, by, now, actor):
    by["place"]()
    waiting = by["place"]()
    line = LineChange(
        line_id=waiting.lines.get().pk, unit_price=Decimal(300), price_reason="agreed"
    )

    orders.amend_order(
        waiting.pk, changes=AmendmentChanges(lines=[line]), reason="x", at=now, actor=actor
    )

    assert (states(), owed(customer)) == (["released", "released"], Decimal("952.000"))


def test_cut_limit_stops_no_running_order_and_lets_none_go(customer, by, now, analyst):
    by["place"]()
    waiting = by["place"]()

    services.set_limit(
        customer.pk,
        limit=Decimal(100),
        valid_until=now.date().replace(year=2027),
        reason="Less trade",
        at=now,
        actor=analyst,
    )

    assert states() == ["released", "on_hold"]
    assert services.recheck_waiting(customer.pk, at=now, actor=analyst) == 0
    assert owed(customer) == Decimal("595.000")
    assert waiting.credit_checks.latest("pk").inputs["limit"] == "100.00"


def test_cash_that_is_taken_back_stops_nothing_and_lets_nothing_go(customer, by, now, analyst):
    by["place"]()
    by["place"]()

    services.record_exposure(
        customer.pk, source="application:9", amounts={"open_item": Decimal(500)}, at=now
    )

    assert services.recheck_waiting(customer.pk, at=now, actor=analyst) == 0
    assert (states(), owed(customer)) == (["released", "on_hold"], Decimal("1095.000"))
    by["place"]()
    assert states() == ["released", "on_hold", "on_hold"]


def test_suspended_order_is_checked_before_it_goes_on_again(customer, by, now, actor, analyst):
    first = by["place"]()
    orders.suspend_order(first.pk, reason="Price", at=now, actor=actor)
    by["place"]()

    services.recheck_waiting(customer.pk, at=now, actor=analyst)

    assert (states(), owed(customer)) == (["on_hold", "released"], Decimal("595.000"))
