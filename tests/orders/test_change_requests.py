"""A change over a threshold is asked for: a second person decides; it is made, or refused."""

from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import deliver_due
from orders import services
from orders.models import Amendment, ApprovalRule, Channel, Order
from orders.services import (
    AmendmentChanges,
    ApprovalAwaited,
    LineChange,
    MayNotApprove,
    NothingAsked,
    OrderInvalid,
)
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.invoicing import shipped


@pytest.fixture
def rep(person, company):
    return person(roles.SALES_REP)


@pytest.fixture
def lead(person):
    return person(roles.CREDIT_MANAGER)


def placed(**fields):
    """Place an order of 10 at 50.00 for a customer with credit."""
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer, limit=Decimal(100000))
    order = shipped.place(customer, ("10", "50"), in_stock="200")
    Order.objects.filter(pk=order.pk).update(**fields)
    return order


@pytest.fixture
def order(company) -> Order:
    """10 at 50.00 EUR that came by EDI, released; more than 800.00 net needs a second person."""
    ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=800)
    return placed(channel=Channel.EDI)


def to(order, quantity, **fields):
    line = LineChange(line_id=order.lines.get().pk, quantity=Decimal(quantity), **fields)
    return AmendmentChanges(lines=[line])


@pytest.fixture
def draft(rep, now):
    def run(order, quantity="20", by=rep, **fields):
        return services.draft_amendment(
            order.pk,
            changes=to(order, quantity, **fields),
            reason="They called",
            at=now,
            actor=Actor.user(by),
        )

    return run


@pytest.fixture
def asked(order, draft, rep, now):
    """20 instead of 10, asked for."""
    return services.ask_for_change(draft(order).pk, at=now, actor=Actor.user(rep))


def ordered(order):
    return order.lines.get().ordered


@pytest.mark.parametrize("channel", ["edi", "portal", "api", "shop", "rep"])
def test_our_own_people_need_approval_whoever_placed_the_order(order, rep, now, channel):
    Order.objects.filter(pk=order.pk).update(channel=channel)

    with pytest.raises(OrderInvalid, match="Ask for approval"):
        services.amend_order(
            order.pk, changes=to(order, "20"), reason="They called", at=now, actor=Actor.user(rep)
        )

    assert ordered(order) == 10
    assert not Amendment.objects.exists()


def test_the_customers_own_systems_decide_how_much_they_buy(order, now):
    key = Actor(kind="api_key", id="7", name="Hollis Water: ERP")

    services.amend_order(order.pk, changes=to(order, "20"), reason="More", at=now, actor=key)

    assert ordered(order) == 20


def test_a_change_that_needs_approval_is_kept_and_can_be_asked_for(order, draft, rep, lead, now):
    kept = draft(order)
    kept.refresh_from_db()
    assert (kept.state, kept.permissions) == ("draft", ["orders.approve_order"])

    services.ask_for_change(kept.pk, at=now, actor=Actor.user(rep))
    deliver_due(limit=10)

    kept.refresh_from_db()
    assert (kept.state, kept.asker) == ("asked", rep)
    assert kept.needs == [
        "1,000.00\N{NO-BREAK SPACE}EUR net is more than 800.00\N{NO-BREAK SPACE}EUR."
    ]
    assert kept.effects["net_after"] == "1000.00"
    assert ordered(order) == 10
    [message] = [one for one in mail.outbox if one.to == [lead.email]]
    assert message.subject == f"{kept.number} waits for your approval"


def test_approving_makes_it_and_tells_who_asked(order, asked, rep, lead, now):
    made = services.approve_change(asked.pk, note="Good customer", by=lead, at=now)
    deliver_due(limit=50)

    assert (made.state, made.decided_by, made.note) == ("applied", lead, "Good customer")
    assert ordered(order) == 20
    told = [one for one in mail.outbox if one.to == [rep.email]]
    assert [one.subject for one in told] == [f"{asked.number}: Applied"]
    with pytest.raises(NothingAsked):
        services.approve_change(asked.pk, by=lead, at=now)


def test_refusing_leaves_the_order_and_tells_why(order, asked, rep, lead, now):
    services.refuse_change(asked.pk, note="Too much at once", by=lead, at=now)
    deliver_due(limit=50)

    asked.refresh_from_db()
    assert (asked.state, asked.note) == ("refused", "Too much at once")
    assert ordered(order) == 10
    [message] = [one for one in mail.outbox if one.to == [rep.email]]
    assert "Too much at once" in message.body


def test_what_has_become_stale_is_refused_with_the_reason(order, asked, lead, now, actor):
    key = Actor(kind="api_key", id="7", name="Hollis Water: ERP")
    services.amend_order(order.pk, changes=to(order, "5"), reason="Less", at=now, actor=key)

    found = services.approve_change(asked.pk, by=lead, at=now)

    assert found.state == "refused"
    assert "has been changed since" in found.note
    assert ordered(order) == 5


def test_who_asked_or_wrote_it_never_decides(order, draft, person, rep, now):
    both = person(roles.SALES_REP, roles.FINANCE_MANAGER)
    kept = draft(order, by=both)
    services.ask_for_change(kept.pk, at=now, actor=Actor.user(rep))

    for nobody in (both, rep):
        with pytest.raises(MayNotApprove):
            services.approve_change(kept.pk, by=nobody, at=now)
        with pytest.raises(MayNotApprove):
            services.refuse_change(kept.pk, note="x", by=nobody, at=now)

    kept.refresh_from_db()
    assert (kept.state, ordered(order)) == ("asked", 10)


def test_asking_does_not_mend_what_else_is_wrong(order, draft, rep, now):
    product = order.lines.get().product
    product.pack_multiple = Decimal(7)
    product.save()
    kept = draft(order)

    with pytest.raises(OrderInvalid, match="multiples of 7"):
        services.ask_for_change(kept.pk, at=now, actor=Actor.user(rep))

    kept.refresh_from_db()
    assert kept.state == "draft"


def test_one_change_of_an_order_waits_at_a_time(order, asked, draft, rep, now):
    with pytest.raises(ApprovalAwaited):
        services.ask_for_change(draft(order, "30").pk, at=now, actor=Actor.user(rep))


def test_the_pages_ask_decide_and_show_how_it_ended(order, draft, rep, lead, client):
    kept = draft(order)
    page = f"/orders/amendments/{kept.number}/"
    client.force_login(rep)
    assert "Ask for approval" in client.get(page).content.decode()
    client.post(f"{page}ask/")
    mine = client.get("/orders/approvals/").content.decode()
    assert kept.number in mine
    assert "You asked: somebody else decides." in mine

    client.force_login(lead)
    assert f"{page}approve/" in client.get("/orders/approvals/").content.decode()
    without = client.post(f"{page}refuse/", {"note": ""}, follow=True)
    assert "Say why it is refused." in without.content.decode()
    client.post(f"{page}refuse/", {"note": "Not now"})

    panel = client.get(f"/orders/{order.number}/changes/").content.decode()
    assert kept.number in panel
    whole = client.get(f"/orders/{order.number}/").content.decode()
    assert f"/orders/{order.number}/changes/" in whole
    shown = client.get(page).content.decode()
    assert "Refused by" in shown
    assert "Not now" in shown
    assert ordered(order) == 10


def test_the_approvals_cost_the_same_statements_with_1_row_and_with_20(
    order, draft, rep, lead, now, client
):
    def ask(one):
        services.ask_for_change(draft(one).pk, at=now, actor=Actor.user(rep))

    def statements():
        with CaptureQueriesContext(connection) as counted:
            page = client.get("/orders/approvals/")
        return len(counted), len(page.context["changes"])

    client.force_login(lead)
    ask(order)
    statements()
    alone = statements()
    for _number in range(19):
        ask(placed())

    assert (alone, statements()) == ((alone[0], 1), (alone[0], 20))


def test_today_counts_the_changes_that_wait_for_approval(order, draft, rep, lead, now, client):
    client.force_login(lead)
    kept = draft(order)
    before = tile_of(client.get("/"), "approvals")

    services.ask_for_change(kept.pk, at=now, actor=Actor.user(rep))

    page = client.get("/")
    load = tile_of(page, "approvals").load
    assert (before.load.count, load.count) == (0, 1)
    assert f"Approve {kept.number}" in [task.what for task in page.context["tasks"]]


def tile_of(page, key):
    return next(tile for tile in page.context["tiles"] if tile.worklist.key == key)


def test_an_orders_changes_cost_the_same_statements_with_1_row_and_with_20(
    order, draft, rep, lead, now, client
):
    def statements():
        with CaptureQueriesContext(connection) as counted:
            page = client.get(f"/orders/{order.number}/changes/")
        return len(counted), len(page.context["changes"])

    client.force_login(lead)
    draft(order)
    statements()
    alone = statements()
    for _number in range(19):
        draft(order)

    assert (alone, statements()) == ((alone[0], 1), (alone[0], 20))
