"""A limit over a parent and all that belong to it."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services
from credit.models import CreditAccount, CreditGroup
from credit.services.accounts import account_of
from customers.models import Customer
from customers.services.details import Details, change_customer
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import LadderBroken, lock
from o2c.kernel.models import AuditEntry
from o2c.kernel.outbox import deliver_due
from o2c.kernel.transactions import service
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.race import meanwhile, run_together, without_locks


@pytest.fixture
def family(company):
    """A parent with two children and a grandchild, each with a limit of 10,000.00 EUR."""
    parent = CreditAccountFactory.create().customer
    child, sibling = (
        CreditAccountFactory.create(customer__parent=parent).customer for _ in range(2)
    )
    grandchild = CreditAccountFactory.create(customer__parent=child).customer
    return parent, child, sibling, grandchild


@pytest.fixture
def set_limit(now, analyst):
    def run(parent, limit, reason="Agreed with the holding"):
        return services.set_group_limit(
            parent.pk, limit=Decimal(limit), reason=reason, at=now, actor=analyst
        )

    return run


def told(order):
    check = order.credit_checks.latest("pk")
    found = next(reason for reason in check.reasons if reason["rule"] == "group_limit")
    return check.outcome, found["message"].replace("\N{NO-BREAK SPACE}", " ")


def test_what_all_members_owe_counts(family, place, set_limit):
    parent, child, sibling, grandchild = family
    set_limit(parent, 3570)

    states = [place(member, 1000).state for member in (grandchild, sibling, parent, child)]

    assert states == ["released", "released", "released", "on_hold"]
    order = Order.objects.get(customer=child)
    assert told(order) == (
        "hold",
        "1,190.00 EUR over the limit of the group: its members owe 3,570.00 EUR, and this order "
        "of 1,190.00 EUR counts against 3,570.00 EUR. It goes on as soon as one of them pays.",
    )
    assert order.credit_checks.get().inputs["group"] == {
        "parent": parent.pk,
        "limit": "3570.000",
        "exposure": "3570.000",
    }


def test_order_that_fits_says_so(family, place, set_limit):
    set_limit(family[0], 3570)
    place(family[1], 1000)

    order = place(family[2], 1000)

    assert told(order) == (
        "allow",
        "The group owes 1,190.00 EUR; this order fits its limit of 3,570.00 EUR.",
    )


def test_own_limit_counts_as_well(family, place, set_limit):
    set_limit(family[0], 1000000)

    order = place(family[1], 10000)

    assert order.state == Order.State.ON_HOLD
    assert told(order)[1].startswith("The group owes 0.00 EUR")


def test_permission_covers_the_group_limit(family, place, set_limit, now, analyst):
    set_limit(family[0], 1000)
    order = place(family[1], 1000)

    services.release_order(
        order.pk, amount=Decimal(1190), expires_on=now.date(), reason="x", at=now, actor=analyst
    )

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED
    assert told(order) == (
        "allow",
        "Over the group's limit by 190.00 EUR, permitted by credit control.",
    )


def test_payment_of_one_member_lets_orders_of_another_go(family, place, set_limit, now):
    _parent, child, sibling, grandchild = family
    set_limit(family[0], 1190)
    place(child, 1000)
    waiting, later = place(sibling, 500), place(grandchild, 1000)
    services.record_exposure(
        child.pk, source="receipt:1", amounts={"unapplied_cash": Decimal(-1190)}, at=now
    )

    deliver_due(limit=100)

    waiting.refresh_from_db()
    later.refresh_from_db()
    assert (waiting.state, later.state) == ("released", "on_hold")


def test_higher_limit_and_no_limit_let_orders_go(family, place, set_limit, now, analyst):
    set_limit(family[0], 1000)
    orders = [place(member, 1000) for member in family[:2]]
    assert {order.state for order in orders} == {"on_hold"}

    set_limit(family[0], 1190)
    deliver_due(limit=100)
    assert [Order.objects.get(pk=order.pk).state for order in orders] == ["released", "on_hold"]

    services.remove_group_limit(family[0].pk, reason="Sold", at=now, actor=analyst)
    deliver_due(limit=100)
    assert [Order.objects.get(pk=order.pk).state for order in orders] == ["released"] * 2
    assert not CreditGroup.objects.exists()


def test_limit_and_its_changes_are_on_record(family, set_limit, now, analyst):
    group = set_limit(family[0], "1000.004")
    set_limit(family[0], 2000, reason="More trade")
    services.remove_group_limit(family[0].pk, reason="Sold", at=now, actor=analyst)

    entries = AuditEntry.objects.filter(subject=group.label).order_by("pk")
    assert [(entry.action, entry.reason) for entry in entries] == [
        ("create", ""),
        ("change", "More trade"),
        ("remove", "Sold"),
    ]
    assert entries[1].changes["limit"] == ["1000.000", "2000.00"]


def test_cut_limit_stops_no_running_order(family, place, set_limit):
    set_limit(family[0], 10000)
    order = place(family[1], 1000)

    set_limit(family[0], 0)
    deliver_due(limit=100)

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


@pytest.mark.parametrize("limit", ["-1", "NaN", "Infinity", "1000000000000"])
def test_limit_that_cannot_be_is_refused(family, set_limit, limit):
    with pytest.raises(InvalidInput) as refused:
        set_limit(family[0], limit)

    assert refused.value.field == "limit"
    assert not CreditGroup.objects.exists()


def test_limit_needs_a_reason_and_a_family(family, set_limit, now, analyst):
    with pytest.raises(InvalidInput):
        set_limit(family[0], 1, reason=" ")
    with pytest.raises(services.NoGroup, match="Nobody belongs to"):
        set_limit(family[3], 1)
    with pytest.raises(services.NoGroup, match="There is no limit over"):
        services.remove_group_limit(family[0].pk, reason="x", at=now, actor=analyst)

    assert not CreditGroup.objects.exists()


def test_one_family_has_one_group(family, set_limit):
    set_limit(family[0], 1000)
    with pytest.raises(services.GroupAlready, match=f"There is a limit over {family[0]}"):
        set_limit(family[1], 1000)

    CreditGroup.objects.all().delete()
    set_limit(family[1], 1000)
    with pytest.raises(services.GroupAlready, match=f"There is a limit over {family[1]}"):
        set_limit(family[0], 1000)


def test_topmost_of_two_groups_counts(family, place, set_limit):
    parent, child, _sibling, grandchild = family
    set_limit(child, 5000)
    above = CreditAccountFactory.create().customer
    other = CustomerFactory.create(parent=above)
    set_limit(above, 1000)
    type(parent).objects.filter(pk=parent.pk).update(parent=above)

    order = place(grandchild, 1000)

    assert (order.state, told(order)[0]) == ("on_hold", "hold")
    assert other.parent == above


def test_several_currencies_are_refused(family, set_limit):
    CustomerFactory.create(parent=family[1], currency="USD")

    with pytest.raises(services.SeveralCurrencies, match="The members buy in EUR, USD"):
        set_limit(family[0], 1000)


def test_parent_whose_group_has_another_currency_is_refused(family, set_limit, now, analyst):
    foreign = CustomerFactory.create(currency="USD")
    values = {name: getattr(foreign, name) for name in Details.__dataclass_fields__}
    set_limit(family[0], 1000)

    with pytest.raises(services.SeveralCurrencies, match="buys in USD, and the limit of the gro"):
        change_customer(
            foreign.pk,
            details=Details(**values | {"parent_id": family[3].pk}),
            at=now,
            actor=analyst,
        )

    foreign.refresh_from_db()
    assert foreign.parent_id is None


def test_member_costs_two_statements_more_and_never_more(family, place, set_limit):
    """The account with the group's lock, the sum, the check, the entry."""
    set_limit(family[0], 100000)

    def counted():
        with CaptureQueriesContext(connection) as caught:
            place(family[3], 10)
        return [query["sql"] for query in caught if "credit_" in query["sql"]]

    alone = counted()
    CreditAccountFactory.create_batch(20, customer__parent=family[0])
    for _ in range(10):
        place(family[2], 10)

    assert len(alone) == len(counted()) == 4


def test_step_of_several_customers_without_a_group_stays_on_its_rung(company, now, analyst):
    customers = [CreditAccountFactory.create().customer for _ in range(2)]

    @service
    def set_both():
        for customer in customers:
            services.set_limit(
                customer.pk,
                limit=Decimal(5),
                valid_until=now.date().replace(year=2027),
                reason="x",
                at=now,
                actor=analyst,
            )

    set_both()

    assert set(CreditAccount.objects.values_list("limit", flat=True)) == {Decimal(5)}


def test_step_that_holds_a_group_asks_for_no_other_customer(family, set_limit, now, analyst):
    set_limit(family[0], 1000)

    @service
    def look_at_two():
        for customer in family[1:3]:
            account_of(lock(Customer, customer.pk), at=now, actor=analyst)

    with pytest.raises(LadderBroken):
        look_at_two()


@pytest.fixture
def race(family, place, set_limit, monkeypatch):
    """Place two orders of 595.00 by two members against 1,000.00 for both; return the states.

    The second one comes when the first one is counted, and not committed yet.
    """

    def run() -> list[str]:
        set_limit(family[0], 1000)
        orders = [partial(place, member, 500) for member in family[2:]]
        results = meanwhile(monkeypatch, (services, "count_order"), *orders)
        return [order.state for order in results]

    return run


@pytest.mark.django_db(transaction=True)
def test_siblings_at_once_never_exceed_the_group(race):
    assert race() == ["released", "on_hold"]
    assert sum(CreditAccount.objects.values_list("exposure", flat=True)) == Decimal("595.000")


@pytest.mark.django_db(transaction=True)
def test_siblings_exceed_it_without_the_lock(race, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert race() == ["released", "released"]


@pytest.mark.django_db(transaction=True)
def test_orders_payments_and_limits_at_once_never_wait_in_a_circle(
    family, place, set_limit, now, analyst
):
    set_limit(family[0], 5000)
    for member in family:
        place(member, 3000)

    def pay(member, number):
        services.record_exposure(
            member.pk, source=f"receipt:{number}", amounts={"unapplied_cash": Decimal(-9)}, at=now
        )
        services.recheck_waiting(member.pk, at=now, actor=analyst)

    results = run_together(
        *(partial(place, member, 100) for member in family),
        *(partial(pay, member, number) for number, member in enumerate(family)),
        partial(services.recheck_group, family[0].pk, at=now, actor=analyst),
        partial(set_limit, family[0], 6000),
    )

    assert [result for result in results if isinstance(result, Exception)] == []
