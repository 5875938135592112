"""The queue page: what waits, most urgent first, with the decision beside it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit.models import CreditAccount, CreditApplication, CreditDecision, OrderRelease
from o2c.kernel import clock, roles
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory

HTMX = {"HTTP_HX_REQUEST": "true"}
QUEUE = "/credit/"


@pytest.fixture(autouse=True)
def nine_o_clock(now):
    with clock.travel(now):
        yield


def decide(browser, number, *, token="t1", **values):
    data = {"token": token, "reason": "Known in the trade", **values}
    return browser.post(reverse("credit:decide", args=[number]), data)


def test_shows_applications_and_held_orders_most_urgent_first(
    credit_analyst, application, approved, place, now
):
    held = place(approved, 10000, at=now - timedelta(hours=23))

    response = credit_analyst.get(QUEUE)

    rows = response.context["worklist"].rows
    assert [row.case.number for row in rows] == [held.number, application.number]
    assert response.context["case"].number == held.number
    assert "19 h late" in response.content.decode()


def test_shows_the_asked_case(credit_analyst, application, held):
    response = credit_analyst.get(QUEUE, {"case": application.number})

    assert response.context["case"].number == application.number
    assert "No order has been paid on time yet." in response.content.decode()


def test_unknown_case_is_not_found(credit_analyst):
    assert credit_analyst.get(QUEUE, {"case": "CR-0"}).status_code == 404


def test_empty_queue_says_so(credit_analyst):
    assert b"Nothing waits" in credit_analyst.get(QUEUE).content


def test_approves_what_is_asked_for_and_releases_the_order(
    credit_analyst, application, referred, now
):
    response = decide(credit_analyst, application.number, decision="approve")

    referred.refresh_from_db()
    account = CreditAccount.objects.get()
    assert (response.status_code, response.url) == (302, QUEUE)
    assert (referred.state, account.limit) == ("released", Decimal("11900.00"))
    assert account.latest_decision.valid_until == now.date() + timedelta(days=365)


def test_approves_with_another_limit(credit_analyst, application, referred):
    decide(
        credit_analyst,
        application.number,
        decision="limit",
        limit="20,000.00",
        until="2027-06-30",
    )

    referred.refresh_from_db()
    assert (referred.state, CreditAccount.objects.get().limit) == ("released", Decimal(20000))


def test_asks_for_documents_and_takes_it_up_again(credit_analyst, application):
    decide(credit_analyst, application.number, decision="documents")
    application.refresh_from_db()
    asked = application.state
    page = credit_analyst.get(QUEUE, {"view": "documents"})

    credit_analyst.post(reverse("credit:documents-received", args=[application.number]))

    application.refresh_from_db()
    assert (asked, application.state) == ("awaiting_documents", "referred")
    assert page.context["worklist"].counts["documents"] == 1
    assert b"They are here" in page.content


def test_declines_the_application_and_its_orders(credit_analyst, application, referred):
    decide(credit_analyst, application.number, decision="decline")

    referred.refresh_from_db()
    assert (referred.state, referred.hold_reason) == (
        "declined",
        "Credit declined: Known in the trade",
    )


def test_releases_one_held_order(credit_analyst, held, now):
    decide(credit_analyst, held.number, decision="approve")

    held.refresh_from_db()
    release = OrderRelease.objects.get()
    assert held.state == Order.State.RELEASED
    assert (release.amount, release.expires_on) == (
        Decimal("11900.00"),
        now.date() + timedelta(days=14),
    )


def test_raises_the_limit_of_a_held_order(credit_analyst, held):
    decide(credit_analyst, held.number, decision="limit", limit="12000", until="2027-06-30")

    held.refresh_from_db()
    assert held.state == Order.State.RELEASED


def test_ends_the_hold_of_a_held_order(credit_analyst, approved, place, hold):
    hold(approved)
    order = place(approved, 10)

    decide(credit_analyst, order.number, decision="release_hold")

    order.refresh_from_db()
    assert order.state == Order.State.RELEASED


def test_declines_a_held_order_and_leaves_the_account(credit_analyst, held):
    decide(credit_analyst, held.number, decision="decline")

    held.refresh_from_db()
    assert held.state == Order.State.DECLINED
    assert CreditAccount.objects.get().limit == Decimal(10000)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"decision": "approve", "reason": ""}, "Say why; the next person will want to know."),
        ({"decision": "limit"}, "This is needed for what you have chosen."),
        ({"decision": "limit", "limit": "1", "until": "2020-01-01"}, "Enter a date after today."),
        ({"decision": "limit", "limit": "-1", "until": "2027-01-01"}, "Enter a limit of zero"),
    ],
)
def test_refusal_is_shown_in_the_panel(credit_analyst, application, referred, values, message):
    data = {"token": "t1", "reason": "Known", **values}
    response = credit_analyst.post(
        reverse("credit:decide", args=[application.number]), data, **HTMX
    )

    referred.refresh_from_db()
    assert (response.status_code, response["HX-Retarget"]) == (422, "#decide")
    assert message in response.content.decode()
    assert b'id="work"' not in response.content
    assert referred.state == Order.State.IN_REVIEW
    assert not CreditDecision.objects.exists()


def test_refusal_without_scripts_is_a_whole_page(credit_analyst, application):
    response = decide(credit_analyst, application.number, decision="approve", reason="")

    assert response.status_code == 422
    assert b"<title>Error: Credit queue" in response.content


def test_decision_by_htmx_answers_with_the_next_case(credit_analyst, application, held):
    data = {"token": "t1", "reason": "Known", "decision": "approve"}

    response = credit_analyst.post(
        reverse("credit:decide", args=[application.number]), data, **HTMX
    )

    assert (response.status_code, response["HX-Push-Url"]) == (200, QUEUE)
    assert response.context["case"].number == held.number


def test_same_form_sent_twice_decides_once(credit_analyst, application):
    first = decide(credit_analyst, application.number, decision="approve")
    second = decide(credit_analyst, application.number, decision="approve")

    assert (first.status_code, second.status_code) == (302, 302)
    assert CreditDecision.objects.count() == 1


def test_case_that_a_colleague_has_decided_is_refused(credit_analyst, application):
    decide(credit_analyst, application.number, decision="decline")

    response = decide(credit_analyst, application.number, token="t2", decision="approve")

    assert response.status_code == 409
    assert CreditDecision.objects.count() == 1


@pytest.mark.parametrize("role", [roles.SALES_REP, roles.AUDITOR, roles.AR_CLERK])
def test_others_see_the_queue_and_decide_nothing(browser_of, role, application, referred):
    browser = browser_of(role)

    page = browser.get(QUEUE)
    response = decide(browser, application.number, decision="approve")

    referred.refresh_from_db()
    assert (page.status_code, response.status_code) == (200, 403)
    assert b"Credit control decides." in page.content
    assert referred.state == Order.State.IN_REVIEW
    assert not CreditDecision.objects.exists()


def test_visitor_sees_nothing(visitor):
    assert visitor.get(QUEUE).status_code == 403
    assert visitor.get("/credit/accounts/").status_code == 403


def test_nobody_decides_about_an_own_order(browser_of, person, company, place, customer, now):
    browser = browser_of(roles.CREDIT_ANALYST)
    order = place(customer, 10000)
    application = CreditApplication.objects.get()
    Order.objects.filter(pk=order.pk).update(owner=browser.session["_auth_user_id"])

    response = decide(browser, application.number, decision="approve")

    order.refresh_from_db()
    assert response.status_code == 409
    assert "somebody else has to decide" in response.content.decode()
    assert order.state == Order.State.IN_REVIEW


def queries(browser, path):
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


def test_queue_asks_the_same_for_1_and_20_cases(credit_analyst, company, place):
    place(CustomerFactory.create(), 10000)
    few = queries(credit_analyst, QUEUE)
    for _ in range(10):
        place(CustomerFactory.create(), 10000)
        place(CreditAccountFactory.create().customer, 10000)

    assert queries(credit_analyst, QUEUE) == few


def test_accounts_ask_the_same_for_1_and_20(credit_analyst, company):
    CreditAccountFactory.create()
    few = queries(credit_analyst, "/credit/accounts/")
    CreditAccountFactory.create_batch(20)

    assert queries(credit_analyst, "/credit/accounts/") == few
