"""Changing an order that was handed over: what it becomes, and what stock and credit do."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed

from credit.models import CreditAccount
from credit.services import AmendmentOverCredit
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from orders import services
from orders.models import Amendment, Order, OrderLine, OrderRevision
from orders.services import AmendmentChanges, LineChange, NotAmendable, OrderChanged, OrderInvalid
from tests.factories import (
    CreditAccountFactory,
    CustomerFactory,
    StockLevelFactory,
    TaxRuleFactory,
)
from tests.invoicing import shipped

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def customer(company):
    """May owe 2,000.00 EUR."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(2000))
    return customer


@pytest.fixture
def order(customer) -> Order:
    """10 and 4 at 50.00 EUR: 700.00 net, 833.00 with tax; 20 of each are in stock."""
    return shipped.place(customer, ("10", "50"), ("4", "50"), in_stock="20")


@pytest.fixture
def amend(now, actor):
    def run(order, *lines, **head) -> Order:
        services.amend_order(
            order.pk,
            changes=AmendmentChanges(lines=lines, **head),
            reason="They called",
            at=now,
            actor=actor,
        )
        return Order.objects.get(pk=order.pk)

    return run


def line(order, position) -> OrderLine:
    return order.lines.get(position=position)


def change(order, position, **fields) -> LineChange:
    return LineChange(line_id=line(order, position).pk, **fields)


def exposure(order):
    return CreditAccount.objects.get(customer=order.customer_id).exposure


def test_takes_a_quantity_down_with_claims_amounts_and_exposure(order, amend):
    changed = amend(order, change(order, 1, quantity=Decimal(6)))

    first = line(changed, 1)
    assert (first.ordered, first.cancelled, first.allocated) == (6, 0, 6)
    assert (changed.state, changed.gross_amount) == ("released", Decimal("595.000"))
    assert exposure(order) == Decimal("595.000")
    assert check_all() == []


def test_takes_a_quantity_up_with_claims_amounts_and_exposure(order, amend):
    changed = amend(order, change(order, 2, quantity=Decimal(9)))

    second = line(changed, 2)
    assert (second.ordered, second.allocated, second.net_amount) == (9, 9, Decimal("450.000"))
    assert exposure(order) == changed.gross_amount == Decimal("1130.500")
    assert check_all() == []


def test_gives_what_is_not_in_stock_a_later_day_and_keeps_the_promise(order, amend):
    promised = line(order, 1).promised_on

    changed = amend(order, change(order, 1, quantity=Decimal(25)))

    first = line(changed, 1)
    assert (first.allocated, first.backordered) == (20, 5)
    assert first.promised_on == promised
    assert first.expected_on > promised
    assert check_all() == []


def test_cancels_only_what_is_missing_where_the_customer_wants_no_backorders(
    customer, order, amend
):
    customer.shortage_policy = customer.ShortagePolicy.CANCEL
    customer.save()

    changed = amend(order, change(order, 1, quantity=Decimal(25)))

    first = line(changed, 1)
    assert (first.ordered, first.cancelled, first.allocated) == (25, 5, 20)
    assert check_all() == []


def test_takes_a_line_off(order, amend):
    changed = amend(order, change(order, 2, quantity=Decimal(0)))

    second = line(changed, 2)
    assert (second.cancelled, second.allocated, second.net_amount) == (4, 0, 0)
    assert changed.net_amount == 500
    assert check_all() == []


def test_revives_no_line_that_was_cancelled(order, amend):
    amend(order, change(order, 2, quantity=Decimal(0)))

    with pytest.raises(InvalidInput, match="Line 2 is cancelled"):
        amend(order, change(order, 2, quantity=Decimal(3)))


def test_adds_a_line_at_the_price_of_the_price_list(order, amend):
    level = StockLevelFactory.create()

    changed = amend(order, LineChange(product_id=level.product_id, quantity=Decimal(3)))

    third = line(changed, 3)
    assert (third.ordered, third.allocated, third.unit_price) == (3, 3, 50)
    assert third.price_source == "Price list EUR"
    assert changed.net_amount == 850
    assert check_all() == []


def test_moves_the_day_of_the_order_and_of_the_lines_that_follow_it(order, amend, now, actor):
    promised = line(order, 1).promised_on
    amend(order, change(order, 2, requested_on=date(2026, 12, 1)))

    changed = amend(order, requested_on=FRIDAY)

    assert changed.requested_on == line(changed, 1).requested_on == FRIDAY
    assert line(changed, 1).expected_on == FRIDAY
    assert line(changed, 1).promised_on == promised
    assert line(changed, 2).requested_on == date(2026, 12, 1)
    assert check_all() == []


def test_changes_address_terms_and_po_number(order, customer, amend):
    dock = customer.addresses.create(
        kind="ship_to", label="Dock 9", street="Pier 1", city="Kiel", country="DE"
    )

    changed = amend(order, ship_to_id=dock.pk, customer_po=" 4711 ")

    assert (changed.ship_to, changed.customer_po) == (dock, "4711")
    assert changed.revision == order.revision + 1


def test_taxes_afresh_where_the_goods_go_now(order, customer, amend):
    TaxRuleFactory.create(country="AT", rate=Decimal("0.20"))
    vienna = customer.addresses.create(kind="ship_to", street="Kai 1", city="Wien", country="AT")

    changed = amend(order, ship_to_id=vienna.pk)

    assert {line.tax_rate for line in changed.lines.all()} == {Decimal("0.20000")}
    assert exposure(order) == changed.gross_amount == 840
    assert check_all() == []


def test_prices_what_has_not_left_as_a_line_of_its_own(customer, amend, now):
    order = shipped.place(customer, ("10", "50"), in_stock="6")
    shipped.ready()
    shipped.leave(shipped.pack(order))

    changed = amend(order, change(order, 1, unit_price=Decimal(40)))

    first, rest = line(changed, 1), line(changed, 2)
    assert (first.ordered, first.shipped, first.unit_price) == (6, 6, 50)
    assert (rest.ordered, rest.unit_price, rest.split_from) == (4, 40, first)
    assert changed.net_amount == 460
    assert check_all() == []


def test_refuses_less_than_has_left(customer, amend):
    order = shipped.place(customer, ("10", "50"), in_stock="6")
    shipped.ready()
    shipped.leave(shipped.pack(order))

    with pytest.raises(OrderInvalid, match="Line 1: 6 have been shipped") as refusal:
        amend(order, change(order, 1, quantity=Decimal(5)))

    assert refusal.value.findings[0][:2] == ("below_shipped", "lines.0.quantity")
    assert line(order, 1).ordered == 10
    assert not Amendment.objects.exists()


def test_refuses_less_than_is_on_a_pick_list(order, amend):
    shipped.fulfillment.release_pick_lists(order.pk, at=shipped.NOW, actor=shipped.ACTOR)

    with pytest.raises(OrderInvalid, match="Stop the pick list first"):
        amend(order, change(order, 1, quantity=Decimal(9)))

    assert line(order, 1).ordered == 10


def test_settles_the_order_when_nothing_is_left_to_come(customer, amend, actor, now):
    order = shipped.place(customer, ("10", "50"), in_stock="6")
    shipped.ready()
    shipped.leave(shipped.pack(order))

    changed = amend(order, change(order, 1, quantity=Decimal(6)))

    assert changed.state == "shipped"
    assert check_all() == []


def test_refuses_what_would_leave_nothing(order, amend):
    with pytest.raises(OrderInvalid, match="Cancel it instead"):
        amend(order, change(order, 1, quantity=Decimal(0)), change(order, 2, quantity=Decimal(0)))

    assert Order.objects.get(pk=order.pk).state == "released"


def test_refuses_changes_that_change_nothing(order, amend):
    with pytest.raises(InvalidInput, match="Nothing would change"):
        amend(order, change(order, 1, quantity=Decimal(10)))


def test_asks_the_rules_about_what_it_becomes(order, amend):
    odd = line(order, 1).product
    odd.pack_multiple = Decimal(5)
    odd.save()

    with pytest.raises(OrderInvalid, match="multiples of 5") as refusal:
        amend(order, change(order, 1, quantity=Decimal(12)))

    assert refusal.value.findings[0][:2] == ("quantity_not_multiple", "lines.0.quantity")
    assert line(order, 1).ordered == 10


def test_lets_what_was_wrong_before_be(order, amend):
    old = line(order, 1).product
    old.status = "discontinued"
    old.save()

    changed = amend(order, change(order, 1, quantity=Decimal(8)))

    assert line(changed, 1).ordered == 8


def test_refuses_more_of_what_is_discontinued(order, amend):
    old = line(order, 1).product
    old.status = "discontinued"
    old.save()

    with pytest.raises(OrderInvalid, match="discontinued"):
        amend(order, change(order, 1, quantity=Decimal(11)))


def test_holds_the_order_when_the_change_takes_it_over_the_limit(order, amend):
    changed = amend(order, change(order, 1, quantity=Decimal(40)))

    assert changed.state == "on_hold"
    assert "618.00\N{NO-BREAK SPACE}EUR over the credit limit" in changed.hold_reason
    assert (exposure(order), line(changed, 1).allocated) == (0, 0)
    assert check_all() == []


def test_refuses_the_change_over_the_limit_once_picking_has_begun(order, amend):
    shipped.fulfillment.release_pick_lists(order.pk, at=shipped.NOW, actor=shipped.ACTOR)

    with pytest.raises(AmendmentOverCredit, match=r"618\.00\sEUR over the credit limit"):
        amend(order, change(order, 1, quantity=Decimal(40)))

    assert (line(order, 1).ordered, exposure(order)) == (10, Decimal("833.000"))
    assert not Amendment.objects.exists()
    assert check_all() == []


def test_releases_an_order_that_waits_when_it_fits_the_limit_now(customer, amend):
    order = shipped.place(customer, ("40", "50"), in_stock="40")
    assert order.state == "on_hold"

    changed = amend(order, change(order, 1, quantity=Decimal(30)))

    assert (changed.state, line(changed, 1).allocated) == ("released", 30)
    assert exposure(order) == Decimal("1785.000")
    assert check_all() == []


def test_keeps_every_revision(order, amend, actor):
    amend(order, change(order, 1, quantity=Decimal(6)))
    amend(order, change(order, 1, unit_price=Decimal(45)))

    kept = list(OrderRevision.objects.order_by("number"))
    assert [row.content["net_amount"] for row in kept] == ["700.000", "500.000", "470.000"]
    assert [str(row.amendment or "") for row in kept] == ["", f"{order}-A1", f"{order}-A2"]
    assert check_all() == []


def test_refuses_a_change_against_an_older_revision_and_says_what_differs(order, amend, now, actor):
    amend(order, change(order, 1, quantity=Decimal(6)))

    with pytest.raises(OrderChanged, match=r"Line 1 .*quantity: 10.000 → 6.000"):
        services.amend_order(
            order.pk,
            changes=AmendmentChanges(lines=[change(order, 1, quantity=Decimal(12))]),
            reason="They called",
            base_revision=order.revision,
            at=now,
            actor=actor,
        )

    assert line(order, 1).ordered == 6


def test_checks_first_and_changes_nothing(order, now, actor):
    changes = AmendmentChanges(lines=[change(order, 1, quantity=Decimal(6))])

    checked = services.check_amendment(order.pk, changes=changes, at=now, actor=actor)

    assert checked.blocking == []
    assert (checked.effects["gross_before"], checked.effects["gross_after"]) == (
        "833.000",
        "595.000",
    )
    assert line(order, 1).ordered == 10
    assert not Amendment.objects.exists()


def test_keeps_a_change_until_it_is_applied_or_withdrawn(order, now, actor):
    changes = AmendmentChanges(lines=[change(order, 1, quantity=Decimal(6))])
    made = {"changes": changes, "reason": "They called", "at": now, "actor": actor}
    first = services.draft_amendment(order.pk, **made)
    second = services.draft_amendment(order.pk, **made)

    services.withdraw_amendment(first.pk, at=now, actor=actor)
    services.apply_amendment(second.pk, at=now, actor=actor)

    assert [row.state for row in Amendment.objects.order_by("serial")] == ["withdrawn", "applied"]
    assert line(order, 1).ordered == 6
    with pytest.raises(TransitionNotAllowed):
        services.apply_amendment(first.pk, at=now, actor=actor)


def test_refuses_a_kept_change_when_the_order_has_changed_since(order, amend, now, actor):
    kept = services.draft_amendment(
        order.pk,
        changes=AmendmentChanges(lines=[change(order, 1, quantity=Decimal(12))]),
        reason="They called",
        at=now,
        actor=actor,
    )
    amend(order, change(order, 1, quantity=Decimal(6)))

    with pytest.raises(OrderChanged, match=r"10\.000 → 6\.000"):
        services.apply_amendment(kept.pk, at=now, actor=actor)

    assert line(order, 1).ordered == 6


def test_keeps_a_change_that_cannot_be_as_a_draft_with_its_findings(order, now, actor):
    odd = line(order, 1).product
    odd.pack_multiple = Decimal(5)
    odd.save()

    kept = services.draft_amendment(
        order.pk,
        changes=AmendmentChanges(lines=[change(order, 1, quantity=Decimal(12))]),
        reason="They called",
        at=now,
        actor=actor,
    )

    assert kept.state == "draft"
    assert [found["rule"] for found in kept.findings] == ["quantity_not_multiple"]
    with pytest.raises(OrderInvalid):
        services.apply_amendment(kept.pk, at=now, actor=actor)


def test_changes_no_draft(draft, amend):
    with pytest.raises(NotAmendable):
        amend(draft, change(draft, 1, quantity=Decimal(1)))


def test_asks_for_a_reason(order, now, actor):
    with pytest.raises(InvalidInput, match="Say why"):
        services.amend_order(
            order.pk,
            changes=AmendmentChanges(customer_po="1"),
            reason=" ",
            at=now,
            actor=actor,
        )


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity", "0.0001", "1000000000"])
def test_refuses_quantities_that_are_none(order, amend, quantity):
    with pytest.raises(InvalidInput):
        amend(order, change(order, 1, quantity=Decimal(quantity)))

    assert line(order, 1).ordered == 10


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity", "1e30"])
def test_refuses_prices_that_are_none(order, amend, price):
    with pytest.raises(InvalidInput):
        amend(order, change(order, 1, unit_price=Decimal(price)))

    assert line(order, 1).unit_price == 50


def test_revision_is_never_changed(order, amend):
    amend(order, change(order, 1, quantity=Decimal(6)))

    with pytest.raises(Exception, match="never changed or deleted"):
        OrderRevision.objects.update(number=99)


def test_costs_as_many_statements_with_twenty_lines_as_with_one(customer, now, actor):
    orders = [shipped.place(customer, *[("2", "1")] * count) for count in (1, 20)]
    counted = []

    for order in orders:
        lines = [LineChange(line_id=row.pk, quantity=Decimal(1)) for row in order.lines.all()]
        with CaptureQueriesContext(connection) as captured:
            services.amend_order(
                order.pk,
                changes=AmendmentChanges(lines=lines),
                reason="They called",
                at=now,
                actor=actor,
            )
        counted.append(len(captured))

    assert counted[0] == counted[1]
