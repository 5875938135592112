"""Many orders at once: each for itself, and a word on what became of each."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import roles
from orders import services
from orders.models import Order
from reporting.models import SavedView
from tests.reporting import lives

BULK = "/orders/bulk/"
NOT_NOW = "this cannot be done with it now. Look at it again."


def post(browser, do, *orders, **entered):
    return browser.post(BULK, {"do": do, "ids": [order.pk for order in orders], **entered})


def told(response):
    return [(one.order.number, one.is_done, one.text) for one in response.context["outcomes"]]


def test_cancels_each_with_the_reason_and_says_which_could_not(sales_rep, draft, now, actor):
    first, second = draft(), draft()
    services.discard_draft(second.pk, at=now, actor=actor)

    response = post(sales_rep, "cancel", first, second, reason="duplicate")

    first.refresh_from_db()
    assert (first.state, first.cancel_reason) == ("cancelled", "duplicate")
    assert told(response) == [
        (first.number, True, "Cancelled."),
        (second.number, False, f"{second.number} is cancelled: {NOT_NOW}"),
    ]


def test_assigns_to_somebody_who_enters_orders(sales_rep, draft, person):
    order, colleague = draft(), person(roles.SALES_REP)

    post(sales_rep, "assign", order, owner=colleague.pk)
    refused = post(sales_rep, "assign", order, owner=person(roles.WAREHOUSE).pk)

    order.refresh_from_db()
    assert order.owner == colleague
    assert told(refused) == [(order.number, False, "Choose somebody who enters orders.")]
    assert refused.status_code == 422


def test_changes_the_day_of_drafts_and_of_what_waits(sales_rep, draft, now):
    waiting, unfinished = draft(), draft()
    lives.submit(waiting, at=now)

    post(sales_rep, "date", waiting, unfinished, date="2030-01-15")

    days = Order.objects.order_by("pk").values_list("requested_on", "lines__requested_on")
    assert list(days) == [(date(2030, 1, 15), date(2030, 1, 15))] * 2


@pytest.mark.parametrize("day", ["", "x", "2020-01-01"])
def test_changes_no_day_to_one_that_is_over_or_none(sales_rep, draft, day):
    order = draft()

    response = post(sales_rep, "date", order, date=day)

    before = order.requested_on
    order.refresh_from_db()
    assert order.requested_on == before
    assert [done for _number, done, _text in told(response)] == [False]


def test_does_nothing_that_the_person_may_not(picker, draft):
    order = draft()

    response = post(picker, "cancel", order, reason="duplicate")

    order.refresh_from_db()
    assert order.state == "draft"
    assert told(response) == [(order.number, False, "You may not do this.")]


@pytest.mark.parametrize("do", ["", "approve"])
def test_does_nothing_without_a_known_action(sales_rep, draft, do):
    order = draft()

    response = post(sales_rep, do, order)

    assert response.status_code == 302
    order.refresh_from_db()
    assert order.state == "draft"


def test_filters_by_owner_channel_total_and_findings(sales_rep, draft, person):
    rep = person(roles.SALES_REP)
    mine, other = draft(owner_id=rep.pk), draft(channel="email")
    other.findings.create(rule="day_off", severity="warn", message="x", found_at=mine.created_at)

    def numbers(**asked):
        response = sales_rep.get("/orders/", {"view": "all", **asked})
        return [row.order for row in response.context["listing"].rows]

    assert numbers(owner=rep.pk) == [mine]
    assert numbers(channel="email") == [other]
    assert numbers(findings="1") == [other]
    assert numbers(total="119.01") == []
    assert numbers(total="119", owner="x", channel="none") == [other, mine]


def test_saves_a_view_with_its_count(sales_rep, draft):
    draft(channel="email")
    draft()

    saved = sales_rep.post(
        "/orders/views/save/", {"name": "By mail", "query": "view=drafts&channel=email&after=x"}
    )
    page = sales_rep.get(saved.headers["Location"])

    view = SavedView.objects.get()
    assert (view.name, view.query) == ("By mail", "view=drafts&channel=email")
    shown = next(one for one in page.context["views"] if one.saved == view)
    assert shown.count == 1
    assert len(page.context["listing"].rows) == 1


def test_shares_a_view_with_a_role_and_with_nobody_else(sales_rep, browser_of, clerk):
    asked = {"name": "Ours", "query": "view=open&state=on_hold", "role": roles.SALES_REP}
    sales_rep.post("/orders/views/save/", asked)

    def names(browser):
        return [one.name for one in browser.get("/orders/").context["views"] if one.saved]

    assert names(browser_of(roles.SALES_REP)) == ["Ours"]
    assert names(clerk) == []


def test_removes_only_ones_own_view(sales_rep, browser_of):
    sales_rep.post("/orders/views/save/", {"name": "Mine", "query": "view=open"})
    view = SavedView.objects.get()

    browser_of(roles.SALES_REP).post(f"/orders/views/{view.pk}/remove/")
    assert SavedView.objects.count() == 1
    sales_rep.post(f"/orders/views/{view.pk}/remove/")

    assert SavedView.objects.count() == 0


def test_keeps_no_view_without_a_name_or_for_another_role(sales_rep):
    sales_rep.post("/orders/views/save/", {"name": " ", "query": "view=open"})
    sales_rep.post("/orders/views/save/", {"name": "x", "query": "", "role": roles.AUDITOR})

    assert not SavedView.objects.exists()


def test_asks_no_more_for_twenty_orders_and_many_views(sales_rep, draft):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert sales_rep.get("/orders/?view=all").status_code == 200
        return len(captured)

    draft()
    sales_rep.post("/orders/views/save/", {"name": "0", "query": "view=open&total=5"})
    one = statements()
    for number in range(1, 6):
        sales_rep.post("/orders/views/save/", {"name": str(number), "query": "view=drafts"})
    for _more in range(19):
        draft()

    assert statements() == one
    assert Decimal(one) < 20


def test_refuses_more_orders_than_it_does_at_once(sales_rep, draft):
    order = draft()

    answer = sales_rep.post(BULK, {"do": "cancel", "ids": [order.pk, *range(10**6, 10**6 + 200)]})

    order.refresh_from_db()
    assert (answer.status_code, order.state) == (302, "draft")
