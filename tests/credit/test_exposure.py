"""The exposure ledger: append-only, once per source, and always the account's sum."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit import services
from credit.models import CreditAccount, CreditCheck, CreditDecision, ExposureEntry
from customers.models import Customer
from o2c.kernel.locks import lock
from o2c.kernel.transactions import step
from orders import services as orders
from tests.factories import CreditAccountFactory, CustomerFactory

Kind = ExposureEntry.Kind


def entries():
    rows = ExposureEntry.objects.order_by("pk").values_list("source", "kind", "amount")
    return [(source, kind, float(amount)) for source, kind, amount in rows]


def exposure():
    return CreditAccount.objects.get().exposure


def test_moves_an_amount_from_one_kind_to_the_next(approved, now):
    services.record_exposure(approved.pk, source="order:1:1", amounts={"open_order": 100}, at=now)
    services.record_exposure(
        approved.pk,
        source="shipment:1:1",
        amounts={"open_order": Decimal(-40), "shipped_unbilled": Decimal(40)},
        at=now,
    )

    assert entries() == [
        ("order:1:1", "open_order", 100),
        ("shipment:1:1", "open_order", -40),
        ("shipment:1:1", "shipped_unbilled", 40),
    ]
    assert exposure() == 100


def test_same_source_again_changes_nothing(approved, now):
    for amount in (100, 100, 250):
        amounts = {"open_item": Decimal(amount)}
        services.record_exposure(approved.pk, source="invoice:1", amounts=amounts, at=now)

    assert entries() == [("invoice:1", "open_item", 100)]
    assert exposure() == 100


def test_leaves_out_what_is_zero(approved, now):
    amounts = {"open_item": Decimal(0), "unapplied_cash": Decimal("-5.50")}
    services.record_exposure(approved.pk, source="receipt:1", amounts=amounts, at=now)
    services.record_exposure(approved.pk, source="x", amounts={"open_item": Decimal(0)}, at=now)

    assert entries() == [("receipt:1", "unapplied_cash", -5.5)]
    assert exposure() == Decimal("-5.50")


def test_opens_the_account_of_who_has_none(customer, now):
    amounts = {"unapplied_cash": Decimal(-10)}
    services.record_exposure(customer.pk, source="receipt:1", amounts=amounts, at=now)

    account = CreditAccount.objects.get()
    assert (account.customer, account.currency) == (customer, "EUR")
    assert (account.limit, account.exposure) == (0, -10)


def test_refuses_an_unknown_kind(approved, now):
    with pytest.raises(ValueError, match="moon"):
        services.record_exposure(approved.pk, source="x", amounts={"moon": Decimal(1)}, at=now)

    assert entries() == []


def test_takes_one_statement(approved, now):
    with step():
        lock(Customer, approved.pk)
        with CaptureQueriesContext(connection) as caught:
            services.record_exposure(
                approved.pk,
                source="shipment:1:1",
                amounts={"open_order": Decimal(-1), "shipped_unbilled": Decimal(2)},
                at=now,
            )

    assert len(caught) == 1


def test_dispatched_part_is_known_when_the_rest_is_cancelled(approved, place, now, actor):
    order = place(approved, 1000)
    services.record_exposure(
        approved.pk,
        source=f"shipment:9:{order.pk}",
        amounts={"open_order": Decimal(-190), "shipped_unbilled": Decimal(190)},
        at=now,
    )

    orders.cancel_order(order.pk, reason="customer", at=now, actor=actor)

    assert entries()[-1] == (f"order:{order.pk}:2", "open_order", -1000.0)
    assert exposure() == 190


@pytest.mark.parametrize(
    "table", ["credit_exposureentry", "credit_creditcheck", "credit_creditdecision"]
)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_ledgers_are_append_only(approved, place, table, change):
    place(approved, 10)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE waits for them

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(change.format(table))

    assert ExposureEntry.objects.exists()
    assert CreditCheck.objects.exists()
    assert CreditDecision.objects.exists()


def test_no_entry_is_zero(approved, now):
    account = CreditAccount.objects.get()

    with pytest.raises(IntegrityError, match="credit_exposureentry_not_zero"), transaction.atomic():
        account.entries.create(kind="open_item", source="x", amount=0, at=now)


MOVES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 12),
        st.dictionaries(
            st.sampled_from(Kind.values),
            st.decimals(-9999, 9999, places=3),
            max_size=4,
        ),
    ),
    max_size=25,
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(moves=MOVES)
def test_exposure_is_the_sum_of_entries_after_any_history(moves, now):
    """The oracle adds up in plain Python what each source entered first."""
    with transaction.atomic():
        customers = [
            CreditAccountFactory.create().customer,
            CreditAccountFactory.create().customer,
            CustomerFactory.create(),
        ]
        entered = {}
        for who, number, amounts in moves:
            source = f"thing:{who}:{number}"
            services.record_exposure(customers[who].pk, source=source, amounts=amounts, at=now)
            for kind, amount in amounts.items():
                if amount:
                    entered.setdefault((who, number, kind), amount)

        for index, customer in enumerate(customers):
            account = CreditAccount.objects.filter(pk=customer.pk).first()
            owed = sum(amount for (who, *_), amount in entered.items() if who == index)
            assert (account.exposure if account else 0) == owed
        transaction.set_rollback(True)
