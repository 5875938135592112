"""What rules find stays with a draft until it is mended, looked at, or waived by who may."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from orders import services
from orders.models import ApprovalRule, Order, OrderFinding
from orders.services import Entered, MayNotWaive, NewLine, NotWaivable, OrderInvalid
from tests.factories import CustomerFactory, ProductFactory

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def rep(person, company):
    return person(roles.SALES_REP)


@pytest.fixture
def pricing(person):
    return person(roles.FINANCE_MANAGER)


@pytest.fixture
def pump(db):
    """Sold in fives."""
    return ProductFactory.create(sku="PMP-5", pack_multiple=Decimal(5))


def enter(product, quantity, *, by, at, **line):
    """A draft of one line that somebody has entered."""
    return services.create_order(
        customer_id=CustomerFactory.create().pk,
        lines=[NewLine(product.pk, Decimal(quantity), **line)],
        channel="rep",
        requested_on=WEDNESDAY,
        at=at,
        actor=Actor.user(by),
    )


def told(order, state="open"):
    found = OrderFinding.objects.filter(order=order, state=state).order_by("pk")
    return [(one.rule, one.severity, one.owner) for one in found]


def change(order, quantity, *, by, at):
    line = order.lines.get()
    entered = Entered(lines=[NewLine(line.product_id, Decimal(quantity))], requested_on=WEDNESDAY)
    return services.change_draft(
        order.pk, entered=entered, revision=order.revision, at=at, actor=Actor.user(by)
    )


def test_a_draft_keeps_what_blocks_it(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)

    assert told(order) == [("quantity_not_multiple", "block", "sales")]
    with pytest.raises(OrderInvalid):
        services.submit_order(order.pk, at=now, actor=Actor.user(rep))
    assert Order.objects.get().state == "draft"


def test_mending_resolves_it_and_the_order_goes_on(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)

    changed = change(order, 10, by=rep, at=now)
    services.submit_order(changed.pk, at=now, actor=Actor.user(rep))

    assert told(order) == []
    assert told(order, "resolved") == [("quantity_not_multiple", "block", "sales")]
    assert Order.objects.get().state != "draft"


def test_a_waiver_answers_it_with_a_reason(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)

    services.waive_finding(order.findings.get().pk, reason="Broken pack", by=rep, at=now)
    services.submit_order(order.pk, at=now, actor=Actor.user(rep))

    finding = order.findings.get()
    assert (finding.state, finding.reason, finding.decided_by) == ("waived", "Broken pack", rep)
    assert Order.objects.get().state != "draft"
    entry = AuditEntry.objects.get(subject=finding.label)
    assert (entry.action, entry.reason) == ("to waived", "Broken pack")
    assert order.label in entry.objects_touched


def test_another_fact_asks_again(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)
    services.waive_finding(order.findings.get().pk, reason="Broken pack", by=rep, at=now)

    changed = change(order, 8, by=rep, at=now)

    assert told(order) == [("quantity_not_multiple", "block", "sales")]
    with pytest.raises(OrderInvalid):
        services.submit_order(changed.pk, at=now, actor=Actor.user(rep))


def test_the_same_fact_on_another_line_stays_answered(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)
    services.waive_finding(order.findings.get().pk, reason="Broken pack", by=rep, at=now)
    other = ProductFactory.create()
    lines = [NewLine(other.pk, Decimal(1)), NewLine(pump.pk, Decimal(7))]

    services.replace_lines(order.pk, lines=lines, at=now, actor=Actor.user(rep))

    assert told(order) == []


def test_without_a_reason_nothing_is_waived(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)

    with pytest.raises(InvalidInput):
        services.waive_finding(order.findings.get().pk, reason="  ", by=rep, at=now)

    assert told(order) == [("quantity_not_multiple", "block", "sales")]


def test_some_rules_are_never_waived(rep, now):
    order = enter(ProductFactory.create(price=None), 1, by=rep, at=now)

    with pytest.raises(NotWaivable):
        services.waive_finding(order.findings.get().pk, reason="Please", by=rep, at=now)

    assert told(order) == [("no_price", "block", "pricing")]


def test_only_the_owner_of_a_rule_waives_it(rep, pricing, now):
    order = enter(ProductFactory.create(), 1, by=rep, at=now, unit_price=Decimal(40))
    finding = order.findings.get()

    with pytest.raises(MayNotWaive, match="Ask somebody of pricing"):
        services.waive_finding(finding.pk, reason="Friend", by=rep, at=now)
    services.waive_finding(finding.pk, reason="Trade fair", by=pricing, at=now)

    assert told(order, "waived") == [("price_differs", "block", "pricing")]


@pytest.mark.parametrize(("threshold", "state"), [(39, "open"), (40, "waived"), (None, "open")])
def test_who_entered_an_order_over_the_threshold_does_not_waive_its_price(
    pricing, company, now, threshold, state
):
    if threshold is not None:
        ApprovalRule.objects.create(kind="waiver", currency="EUR", threshold=threshold)
    order = enter(ProductFactory.create(), 1, by=pricing, at=now, unit_price=Decimal(40))
    finding = order.findings.get()

    with suppress(MayNotWaive):
        services.waive_finding(finding.pk, reason="Trade fair", by=pricing, at=now)

    finding.refresh_from_db()
    assert finding.state == state


def test_warnings_go_with_the_order_until_somebody_has_looked(rep, now):
    product = ProductFactory.create()
    order = enter(product, 1, by=rep, at=now)
    lines = [NewLine(product.pk, Decimal(1)), NewLine(product.pk, Decimal(2))]
    services.replace_lines(order.pk, lines=lines, at=now, actor=Actor.user(rep))
    services.submit_order(order.pk, at=now, actor=Actor.user(rep))

    services.resolve_finding(order.findings.get().pk, by=rep, at=now)

    assert told(order, "resolved") == [("product_twice", "warn", "sales")]


def test_looking_is_not_enough_where_something_blocks(pump, rep, now):
    order = enter(pump, 7, by=rep, at=now)

    with pytest.raises(NotWaivable):
        services.resolve_finding(order.findings.get().pk, by=rep, at=now)

    assert told(order) == [("quantity_not_multiple", "block", "sales")]


@pytest.fixture
def browser(client, rep):
    client.force_login(rep)
    return client


def test_the_queue_is_filtered_by_rule_owner_severity_and_age(browser, pump, rep, now):
    mine = enter(pump, 7, by=rep, at=now)
    unpriced = enter(ProductFactory.create(price=None), 1, by=rep, at=now - timedelta(days=30))

    def orders(**asked):
        rows = browser.get("/orders/findings/", asked).context["queue"].rows
        return [row.finding.order for row in rows]

    assert orders() == [mine, unpriced]
    assert orders(rule="quantity_not_multiple") == [mine]
    assert orders(owner="pricing") == [unpriced]
    assert orders(severity="warn") == []
    assert orders(order=mine.number) == [mine]
    assert orders(days="x", rule="none", owner="none") == [mine, unpriced]


def test_the_queue_is_worked_on_its_page(browser, pump, rep, now):
    finding = enter(pump, 7, by=rep, at=now).findings.get()

    page = browser.get("/orders/findings/").content.decode()
    browser.post(f"/orders/findings/{finding.pk}/waive/", {"reason": "Broken pack"})

    finding.refresh_from_db()
    assert "PMP-5 is sold in multiples of 5." in page
    assert (finding.state, finding.decided_by) == ("waived", rep)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "x"])
def test_nobody_is_sent_elsewhere(browser, pump, rep, now, back):
    finding = enter(pump, 7, by=rep, at=now).findings.get()

    asked = {"reason": "Broken pack", "next": back}
    response = browser.post(f"/orders/findings/{finding.pk}/waive/", asked)

    assert response.headers["Location"] == "/orders/findings/"


def test_readers_work_nothing(auditor, pump, rep, now):
    finding = enter(pump, 7, by=rep, at=now).findings.get()

    auditor.post(f"/orders/findings/{finding.pk}/waive/", {"reason": "x"})
    seen = auditor.post(f"/orders/findings/{finding.pk}/seen/")

    finding.refresh_from_db()
    assert finding.state == "open"
    assert seen.status_code == 403


def test_the_queue_costs_the_same_for_twenty_as_for_one(browser, pump, rep, now):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/orders/findings/").status_code == 200
        return len(captured)

    enter(pump, 7, by=rep, at=now)
    one = statements()
    for _more in range(19):
        enter(pump, 7, by=rep, at=now)

    assert statements() == one
