"""Orders over a threshold need a second person, whichever way they come in."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail

from o2c.kernel import roles
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import deliver_due
from orders import services
from orders.models import ApprovalRule, Order, OrderApproval
from orders.services import ApprovalAwaited, Entered, MayNotApprove, NewLine, NothingAsked
from tests.factories import CustomerFactory, ProductFactory

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def rep(person, company):
    return person(roles.SALES_REP)


@pytest.fixture
def lead(person):
    return person(roles.CREDIT_MANAGER)


@pytest.fixture
def finance(person):
    return person(roles.FINANCE_MANAGER)


@pytest.fixture
def over_500(db):
    return ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=500)


@pytest.fixture
def over_10_percent(db):
    return ApprovalRule.objects.create(kind="discount", threshold=Decimal("0.1"))


def lines(quantity, **line):
    return [NewLine(ProductFactory.create().pk, Decimal(quantity), **line)]


def details(quantity, *, by, at, channel="rep", **line):
    return {
        "customer_id": CustomerFactory.create().pk,
        "lines": lines(quantity, **line),
        "channel": channel,
        "requested_on": WEDNESDAY,
        "at": at,
        "actor": Actor.user(by),
    }


def states(order):
    order.refresh_from_db()
    approvals = OrderApproval.objects.filter(order=order).order_by("pk")
    return order.state == "draft", [approval.state for approval in approvals]


@pytest.mark.parametrize(("quantity", "asked"), [(10, []), (11, ["asked"])])
def test_asks_from_above_the_threshold(over_500, rep, now, quantity, asked):
    order = services.place_order(**details(quantity, by=rep, at=now))

    assert states(order) == (bool(asked), asked)


@pytest.mark.parametrize(("price", "asked"), [("45", []), ("44.99", ["asked"]), ("60", [])])
def test_asks_for_the_deepest_discount(over_10_percent, rep, now, price, asked):
    line = {"unit_price": Decimal(price), "price_reason": "Trade fair"}

    order = services.place_order(**details(1, by=rep, at=now, **line))

    assert states(order) == (bool(asked), asked)


def test_says_why_it_asks(over_500, over_10_percent, rep, now):
    line = {"unit_price": Decimal(40), "price_reason": "Trade fair"}

    order = services.place_order(**details(20, by=rep, at=now, **line))

    approval = order.approvals.get()
    assert approval.reasons == [
        "800.00\N{NO-BREAK SPACE}EUR net is more than 500.00\N{NO-BREAK SPACE}EUR.",
        "A discount of 20.0\N{NO-BREAK SPACE}% is more than 10.0\N{NO-BREAK SPACE}%.",
    ]
    assert (approval.permissions, approval.asked_by) == (["orders.approve_order"], rep)


def test_approving_submits_at_once(over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))

    services.approve_order(order.pk, note="Good customer", by=lead, at=now)

    assert states(order) == (False, ["approved"])
    approval = order.approvals.get()
    assert (approval.decided_by, approval.note) == (lead, "Good customer")


def test_a_refused_order_is_a_draft_again(over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))

    services.refuse_approval(order.pk, note="Too cheap", by=lead, at=now)

    assert states(order) == (True, ["refused"])
    services.submit_order(order.pk, at=now, actor=Actor.user(rep))
    assert states(order) == (True, ["refused", "asked"])


def test_who_asked_never_decides(over_500, person, now):
    both = person(roles.SALES_REP, roles.FINANCE_MANAGER)
    order = services.place_order(**details(11, by=both, at=now))

    with pytest.raises(MayNotApprove):
        services.approve_order(order.pk, by=both, at=now)
    with pytest.raises(MayNotApprove):
        services.refuse_approval(order.pk, note="x", by=both, at=now)

    assert states(order) == (True, ["asked"])


def test_who_wrote_the_order_does_not_decide_when_somebody_else_asks(over_500, person, rep, now):
    author = person(roles.SALES_REP, roles.FINANCE_MANAGER)
    order = services.create_order(**details(11, by=author, at=now))
    services.submit_order(order.pk, at=now, actor=Actor.user(rep))

    with pytest.raises(MayNotApprove):
        services.approve_order(order.pk, by=author, at=now)

    assert states(order) == (True, ["asked"])


def test_the_highest_threshold_passed_says_who_approves(over_500, rep, lead, finance, now):
    ApprovalRule.objects.create(
        kind="amount", currency="EUR", threshold=1000, approver="orders.approve_large_order"
    )
    order = services.place_order(**details(21, by=rep, at=now))

    with pytest.raises(MayNotApprove, match="over what you may approve"):
        services.approve_order(order.pk, by=lead, at=now)
    services.approve_order(order.pk, by=finance, at=now)

    assert states(order) == (False, ["approved"])


def test_asking_twice_is_refused(over_500, rep, now):
    order = services.place_order(**details(11, by=rep, at=now))

    with pytest.raises(ApprovalAwaited):
        services.submit_order(order.pk, at=now, actor=Actor.user(rep))

    assert states(order) == (True, ["asked"])


def test_changing_the_draft_voids_what_was_asked(over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))
    entered = Entered(lines=lines(12), requested_on=WEDNESDAY)

    services.change_draft(
        order.pk, entered=entered, revision=order.revision, at=now, actor=Actor.user(rep)
    )

    with pytest.raises(NothingAsked):
        services.approve_order(order.pk, by=lead, at=now)
    assert states(order) == (True, ["voided"])


def test_a_draft_put_away_is_not_approved(over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))

    services.discard_draft(order.pk, at=now, actor=Actor.user(rep))

    with pytest.raises(NothingAsked):
        services.approve_order(order.pk, by=lead, at=now)
    assert states(order) == (False, ["voided"])


def placed(by, now):
    return services.place_order(**details(11, by=by, at=now))


def drafted(by, now):
    order = services.create_order(**details(11, by=by, at=now))
    return services.submit_order(order.pk, at=now, actor=Actor.user(by))


def from_a_file(by, now):
    return services.place_order(**details(11, by=by, at=now, channel="csv"))


def from_a_mail(by, now):
    return services.place_order(**details(11, by=by, at=now, channel="email"))


def repeated(by, now):
    old = services.place_order(**details(11, by=by, at=now, channel="api"))
    again = services.order_again(
        old.pk, requested_on=WEDNESDAY, owner_id=by.pk, at=now, actor=Actor.user(by)
    )
    return services.submit_order(again.pk, at=now, actor=Actor.user(by))


def grown(by, now):
    order = services.create_order(**details(1, by=by, at=now))
    services.replace_lines(order.pk, lines=lines(11), at=now, actor=Actor.user(by))
    return services.submit_order(order.pk, at=now, actor=Actor.user(by))


@pytest.mark.parametrize("way", [placed, drafted, from_a_file, from_a_mail, repeated, grown])
def test_no_way_in_goes_round_it(over_500, rep, now, way):
    order = way(rep, now)

    assert states(order) == (True, ["asked"])


@pytest.mark.parametrize("channel", ["api", "portal", "shop"])
def test_what_the_customer_places_is_theirs_to_decide(over_500, rep, now, channel):
    order = services.place_order(**details(11, by=rep, at=now, channel=channel))

    assert states(order) == (False, [])


def test_a_retired_rule_asks_no_more(over_500, rep, now):
    ApprovalRule.objects.update(is_active=False)

    assert states(services.place_order(**details(11, by=rep, at=now))) == (False, [])


@pytest.mark.django_db(transaction=True)
def test_both_sides_get_a_mail(over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))
    deliver_due(limit=10)
    services.approve_order(order.pk, note="Go", by=lead, at=now)
    deliver_due(limit=10)

    told = {(message.to[0], message.subject) for message in mail.outbox}
    assert {
        (lead.email, f"{order.number} waits for your approval"),
        (rep.email, f"{order.number}: Approved"),
    } <= told
    assert rep.email not in {to for to, subject in told if "waits for your" in subject}


def test_the_queue_shows_who_may_decide(client, over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))
    client.force_login(lead)

    page = client.get("/orders/approvals/")
    client.post(f"/orders/{order.number}/approve/", {"note": "Go"})

    assert [row["may_decide"] for row in page.context["rows"]] == [True]
    assert states(order) == (False, ["approved"])


def test_refusing_needs_a_reason(client, over_500, rep, lead, now):
    order = services.place_order(**details(11, by=rep, at=now))
    client.force_login(lead)

    client.post(f"/orders/{order.number}/refuse/", {"note": " "})

    assert states(order) == (True, ["asked"])


def test_a_rep_may_not_approve(client, over_500, person, rep, now):
    order = services.place_order(**details(11, by=rep, at=now))
    client.force_login(person(roles.SALES_REP))

    response = client.post(f"/orders/{order.number}/approve/")

    assert response.status_code == 403
    assert states(order) == (True, ["asked"])


def test_an_administrator_sets_the_rules(browser_of, company):
    browser = browser_of(roles.ADMINISTRATOR)

    browser.post(
        "/orders/rules/approvals/",
        {
            "token": "1",
            "kind": "discount",
            "threshold": "12.5",
            "approver": "orders.approve_order",
        },
    )
    wrong = browser.post(
        "/orders/rules/approvals/",
        {"token": "2", "kind": "amount", "threshold": "5", "approver": "orders.approve_order"},
    )
    browser.post(
        "/orders/rules/settled/", {"token": "3", "price_tolerance": "2.5", "handling_days": "1"}
    )

    rule = ApprovalRule.objects.get()
    company.refresh_from_db()
    assert (rule.kind, rule.threshold) == ("discount", Decimal("0.125"))
    assert wrong.status_code == 422
    assert "Amounts have a currency" in wrong.content.decode()
    assert (company.price_tolerance_rate, company.handling_days) == (Decimal("0.025"), 1)


def test_others_may_not_set_the_rules(sales_rep, over_500):
    answers = [
        sales_rep.post("/orders/rules/settled/", {"token": "1", "price_tolerance": "50"}),
        sales_rep.post(f"/orders/rules/approvals/{over_500.pk}/retire/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    over_500.refresh_from_db()
    assert over_500.is_active


def test_nothing_waits_for_approval_of_another_currency(over_500, rep, now):
    other = CustomerFactory.create(currency="USD")
    wanted = details(11, by=rep, at=now) | {"customer_id": other.pk}
    wanted["lines"] = lines(11, unit_price=Decimal(50))

    order = services.place_order(**wanted)

    assert Order.objects.get(pk=order.pk).approvals.count() == 0
