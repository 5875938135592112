"""Part of an order goes on, the rest waits as an order of its own."""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit import services
from credit.models import CreditAccount, CreditPolicy, CreditProposal, OrderRelease
from credit.splitting import fitting_quantities
from fulfillment.models import Reservation
from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from orders import services as orders
from orders.models import Order
from tests.factories import ProductFactory


@pytest.fixture
def big(approved, now, actor):
    """Ten pumps of 1,000.00 and five seals of 100.00: 12,495.00 EUR against a limit of 10,000."""
    pump, seal = ProductFactory.create_batch(2)
    lines = [
        orders.NewLine(pump.pk, Decimal(10), Decimal(1000), price_reason="agreed"),
        orders.NewLine(seal.pk, Decimal(5), Decimal(100), price_reason="agreed"),
    ]
    order = orders.place_order(
        customer_id=approved.pk,
        lines=lines,
        channel="rep",
        requested_on=now.date() + timedelta(days=7),
        customer_po="4500-1",
        at=now,
        actor=actor,
    )
    assert order.state == Order.State.ON_HOLD
    return order


@pytest.fixture
def release_part(big, now, analyst):
    def run(amount, **changes):
        values = {
            "expires_on": now.date() + timedelta(days=14),
            "reason": "Pumps first",
            "at": now,
            "actor": analyst,
            **changes,
        }
        return services.release_part(big.pk, amount=Decimal(amount), **values)

    return run


def quantities(order):
    return [line.ordered - line.cancelled for line in order.lines.order_by("position")]


def test_part_of_an_order_whose_goods_are_kept_back_goes_on(big, release_part, now):
    """What is taken off is kept no more; the rest is consumed, in the one step of the release."""
    pump, seal = big.lines.order_by("position")
    for line in (pump, seal):
        Reservation.objects.create(
            holder=f"order:{big.pk}",
            customer=big.customer,
            product=line.product,
            quantity=line.ordered,
            reserved_at=now,
            expires_at=now + timedelta(days=5),
            actor="Test",
        )

    release_part("10000.00")

    big.refresh_from_db()
    rows = Reservation.objects.order_by("pk").values_list("product", "quantity", "state")
    assert big.state == Order.State.RELEASED
    assert list(rows) == [(pump.product_id, 8, "consumed"), (seal.product_id, 4, "consumed")]


def test_what_fits_goes_on_and_the_rest_waits(big, release_part):
    rest = release_part("10000.00")

    big.refresh_from_db()
    assert (big.state, quantities(big)) == ("released", [8, 4])
    assert (rest.state, quantities(rest)) == ("on_hold", [2, 1])
    assert (rest.customer_po, rest.note) == ("4500-1 (rest)", f"The rest of {big}.")
    assert [line.unit_price for line in rest.lines.order_by("position")] == [1000, 100]
    assert CreditAccount.objects.get().exposure == Decimal("9996.00")


def test_nothing_is_lost_between_the_two(big, release_part):
    rest = release_part("2500")

    big.refresh_from_db()
    ordered = [
        mine + theirs for mine, theirs in zip(quantities(big), quantities(rest), strict=True)
    ]
    assert ordered == [10, 5]
    assert (rest.requested_on, rest.payment_terms_id, rest.ship_to_id, rest.owner_id) == (
        big.requested_on,
        big.payment_terms_id,
        big.ship_to_id,
        big.owner_id,
    )


def test_rest_goes_on_by_itself_when_there_is_room(big, release_part, approved, now):
    rest = release_part("10000.00")

    services.set_limit(
        approved.pk,
        limit=Decimal(13000),
        valid_until=now.date() + timedelta(days=30),
        reason="Paid",
        at=now,
        actor=Actor.importer("Bank"),
    )

    rest.refresh_from_db()
    assert rest.state == Order.State.RELEASED


def test_more_than_the_limit_leaves_goes_on_with_the_permission(big, release_part):
    release_part("11900.00")

    big.refresh_from_db()
    assert (big.state, quantities(big)) == ("released", [10, 0])
    assert OrderRelease.objects.get().amount == Decimal(11900)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("12495.00", "All of the order fits"),
        ("118.99", "Not one unit"),
        ("-1", "Not one unit"),
    ],
)
def test_refuses_an_amount_that_parts_nothing(big, release_part, amount, message):
    with pytest.raises(InvalidInput, match=message) as refusal:
        release_part(amount)

    big.refresh_from_db()
    assert (refusal.value.field, big.state, quantities(big)) == ("amount", "on_hold", [10, 5])
    assert Order.objects.count() == 1


def test_whole_deliveries_only_is_respected(big, release_part, approved):
    type(approved).objects.filter(pk=approved.pk).update(
        accepts_backorders=False, shortage_policy="cancel"
    )

    with pytest.raises(orders.NotDivisible, match="takes no part deliveries"):
        release_part("10000.00")

    big.refresh_from_db()
    assert (big.state, Order.objects.count()) == ("on_hold", 1)


def test_order_that_their_system_knows_is_not_parted(big, release_part):
    Order.objects.filter(pk=big.pk).update(channel="edi")

    with pytest.raises(orders.NotDivisible, match="knows"):
        release_part("10000.00")

    assert Order.objects.count() == 1


def test_hold_of_the_account_keeps_all_of_it(big, release_part, hold, approved):
    hold(approved)

    with pytest.raises(services.NotReleased):
        release_part("10000.00")

    big.refresh_from_db()
    assert (big.state, quantities(big), Order.objects.count()) == ("on_hold", [10, 5], 1)
    assert not OrderRelease.objects.exists()


def test_own_order_is_not_parted(big, release_part, actor):
    with pytest.raises(services.OwnOrder):
        release_part("10000.00", actor=actor)

    assert Order.objects.count() == 1


def test_large_part_waits_for_the_signature(big, release_part, person, now):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=5000)
    proposal = release_part("10000.00", actor=Actor.user(person(roles.CREDIT_ANALYST)))
    before = Order.objects.count()

    services.answer_proposal(
        proposal.pk,
        sign=True,
        reason="",
        at=now,
        actor=Actor.user(person(roles.CREDIT_MANAGER)),
    )

    big.refresh_from_db()
    assert (before, Order.objects.count()) == (1, 2)
    assert (big.state, quantities(big)) == ("released", [8, 4])
    assert CreditProposal.objects.get().status == "signed"


def test_whole_units_fit_from_the_first_line(big):
    lines = {line.pk: line for line in big.lines.order_by("position")}

    fits = {
        amount: list(fitting_quantities(big, lines, Decimal(amount)).values())
        for amount in (0, 119, 1189, 1190, 1309, 11900, 12495, 99999)
    }

    assert fits == {
        0: [0, 0],
        119: [0, 1],
        1189: [0, 5],
        1190: [1, 0],
        1309: [1, 1],
        11900: [10, 0],
        12495: [10, 5],
        99999: [10, 5],
    }
