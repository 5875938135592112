"""`check_books` finds orders that no service could have written."""

from decimal import Decimal

import pytest

from o2c.kernel.events import ON
from o2c.kernel.invariants import check_all
from orders import services
from orders.events import OrderAmended, OrderReleased, OrderSubmitted
from orders.models import Amendment, Order, OrderLine


@pytest.fixture
def released(draft, now, actor, monkeypatch):
    for event in (OrderSubmitted, OrderReleased):
        monkeypatch.setitem(ON, event, [])
    services.submit_order(draft.pk, at=now, actor=actor)
    return services.release_order(draft.pk, at=now, actor=actor)


def broken():
    names = {finding.name for finding in check_all()}
    return {name for name in names if name.startswith("orders.")}


def test_finds_nothing_wrong_with_what_the_services_wrote(released, now, actor):
    ids = list(released.lines.values_list("pk", flat=True))
    gone = dict.fromkeys(ids, 4)
    services.record_progress(
        released.pk,
        changes={"allocated": gone, "picking": gone, "picked": gone},
        at=now,
        actor=actor,
    )

    assert broken() == set()


@pytest.mark.parametrize("state", ["fulfilling", "shipped", "invoiced", "closed"])
def test_finds_a_state_that_does_not_follow(released, state):
    Order.objects.filter(pk=released.pk).update(state=state)

    assert broken() == {"orders.header_state_follows_the_line_quantities"}


def test_finds_claims_beyond_what_was_ordered(released):
    OrderLine.objects.filter(order=released, position=1).update(cancelled=5, allocated=6)

    assert broken() == {"orders.claims_of_a_line_stay_within_what_was_ordered"}


def test_finds_stock_claimed_by_an_order_that_waits(released):
    Order.objects.filter(pk=released.pk).update(state="on_hold", hold_reason="Over the limit")
    OrderLine.objects.filter(order=released, position=1).update(allocated=1)

    assert broken() == {"orders.nothing_moves_on_an_order_that_waits_is_declined_or_cancelled"}


def test_finds_a_cancelled_order_with_a_living_line(released):
    Order.objects.filter(pk=released.pk).update(state="cancelled", cancel_reason="error")

    assert broken() == {"orders.a_cancelled_order_has_every_line_cancelled"}


def test_finds_amounts_that_are_not_those_of_the_lines(released):
    OrderLine.objects.filter(order=released, position=1).update(net_amount=1)

    assert broken() == {"orders.what_was_submitted_has_lines_and_amounts_that_are_theirs"}


@pytest.fixture
def amended(released, now, actor, monkeypatch):
    monkeypatch.setitem(ON, OrderAmended, [])
    first = released.lines.get(position=1)
    changes = services.AmendmentChanges(
        lines=[services.LineChange(line_id=first.pk, quantity=Decimal(12))]
    )
    services.amend_order(released.pk, changes=changes, reason="More", at=now, actor=actor)
    return released


def test_finds_an_order_that_its_latest_revision_does_not_tell(amended):
    Order.objects.filter(pk=amended.pk).update(customer_po="changed behind our back")

    assert broken() == {"orders.latest_revision_is_what_the_order_says"}


def test_finds_an_applied_amendment_without_a_revision(amended, now):
    Amendment.objects.create(
        order=amended,
        serial=2,
        number="A2",
        state="applied",
        base_revision=1,
        base={},
        asked={},
        reason="?",
        created_at=now,
        applied_at=now,
    )

    assert broken() == {"orders.applied_amendments_have_their_revision"}


def test_finds_a_line_taken_off_one_of_another_product(amended):
    first, second = amended.lines.order_by("position")
    OrderLine.objects.filter(pk=second.pk).update(split_from=first)

    assert broken() == {"orders.lines_are_taken_off_lines_of_the_same_order_and_product"}
