"""Limits, holds and panels: what people see and change of one account."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from credit import services
from credit.models import (
    CreditAccount,
    CreditDecision,
    CreditPolicy,
    Guarantee,
    Hold,
    PaymentBehaviour,
)
from o2c.kernel import clock, roles
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory


@pytest.fixture(autouse=True)
def nine_o_clock(now):
    with clock.travel(now):
        yield


def url(name, customer, *more):
    return reverse(f"credit:{name}", args=[customer.number, *more])


def text_of(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_account_shows_exposure_limit_and_history(credit_analyst, approved, place):
    order = place(approved, 1000)

    page = text_of(credit_analyst.get(url("account", approved)))

    assert "1,190.00 <small>of 10,000.00 EUR limit</small>" in page
    assert f"order:{order.pk}:1" in page
    assert "Known for years" in page


def test_account_of_who_has_none_is_empty(credit_analyst, customer):
    page = text_of(credit_analyst.get(url("account", customer)))

    assert "No credit yet" in page
    assert not CreditAccount.objects.exists()


def test_sets_a_limit_and_releases_what_waits(credit_analyst, held):
    data = {"token": "t", "limit": "15,000", "valid_until": "2027-06-30", "reason": "Season"}

    response = credit_analyst.post(url("set-limit", held.customer), data)

    held.refresh_from_db()
    decision = CreditDecision.objects.latest("pk")
    assert response.status_code == 302
    assert (decision.limit, decision.valid_until) == (Decimal(15000), date(2027, 6, 30))
    assert held.state == Order.State.RELEASED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limit": "much"}, "Enter a number."),
        ({"valid_until": "2026-11-18"}, "Enter a date after today."),
        ({"reason": ""}, "This field is required."),
        ({"token": ""}, "This field is required."),
    ],
)
def test_refused_limit_changes_nothing(credit_analyst, approved, changes, message):
    data = {"token": "t", "limit": "1", "valid_until": "2027-06-30", "reason": "x", **changes}

    response = credit_analyst.post(url("set-limit", approved), data)

    assert response.status_code == 422
    assert message in text_of(response)
    assert CreditAccount.objects.get().limit == Decimal(10000)


def test_places_and_releases_a_hold(credit_analyst, approved, place):
    credit_analyst.post(url("place-hold", approved), {"token": "a", "reason": "Cheque bounced"})
    waiting = place(approved, 10)
    stood = text_of(credit_analyst.get(url("account", approved)))

    credit_analyst.post(
        url("release-hold", approved, "manual"), {"token": "b", "reason": "It cleared"}
    )

    hold = Hold.objects.get()
    waiting.refresh_from_db()
    assert "Cheque bounced" in stood
    assert (hold.release_reason, waiting.state) == ("It cleared", "released")


@pytest.mark.parametrize(
    ("role", "name", "more"),
    [
        (roles.AR_CLERK, "set-limit", ()),
        (roles.SALES_REP, "set-limit", ()),
        (roles.SALES_REP, "place-hold", ()),
        (roles.COLLECTOR, "release-hold", ("manual",)),
        (roles.AUDITOR, "release-hold", ("manual",)),
    ],
)
def test_others_change_nothing(browser_of, company, approved, hold, role, name, more):
    hold(approved)
    data = {"token": "t", "limit": "1", "valid_until": "2027-06-30", "reason": "x"}

    response = browser_of(role).post(url(name, approved, *more), data)

    assert response.status_code == 403
    assert CreditAccount.objects.get().limit == Decimal(10000)
    assert Hold.objects.get().released_at is None


def test_list_finds_by_name_and_number(credit_analyst, company):
    found = CreditAccountFactory.create(
        customer=CustomerFactory.create(name="Möller", folded_name="moller")
    ).customer
    CreditAccountFactory.create()

    by_name = credit_analyst.get("/credit/accounts/", {"q": "möll"}).context["rows"]
    by_number = credit_analyst.get("/credit/accounts/", {"q": found.number}).context["rows"]

    assert [account.customer for account, _ in by_name] == [found]
    assert [account.customer for account, _ in by_number] == [found]


def test_list_narrows_to_what_needs_a_look(credit_analyst, approved, company, hold):
    ending = CreditAccountFactory.create().customer
    CreditAccount.objects.filter(pk=ending.pk).update(
        latest_decision=CreditDecision.objects.create(
            customer=ending,
            outcome="approved",
            valid_until=date(2026, 12, 1),
            reason="x",
            decided_at=clock.now(),
            decided_by="x",
        )
    )
    over = CreditAccountFactory.create(limit=0).customer
    CreditAccount.objects.filter(pk=over.pk).update(exposure=1)
    hold(approved)

    def shown(show):
        rows = credit_analyst.get("/credit/accounts/", {"show": show}).context["rows"]
        return [account.customer for account, _ in rows]

    assert (shown("held"), shown("ending"), shown("over")) == ([approved], [ending], [over])


def test_list_goes_on_page_by_page(credit_analyst, company):
    CreditAccountFactory.create_batch(51)

    first = credit_analyst.get("/credit/accounts/").context
    second = credit_analyst.get("/credit/accounts/", {"after": first["after"]}).context

    assert (len(first["rows"]), len(second["rows"]), second["after"]) == (50, 1, "")


@pytest.mark.parametrize(
    ("amount", "outcome", "message"),
    [
        ("10000", "allow", "It will go on to the warehouse at once."),
        (
            "10000.01",
            "hold",
            "It will wait. 0.01 EUR over the credit limit: 0.00 EUR owed and this order of",
        ),
    ],
)
def test_panel_says_what_an_order_would_meet(sales_rep, approved, amount, outcome, message):
    response = sales_rep.get("/credit/panel/", {"customer": approved.pk, "amount": amount})

    assert response.context["forecast"].outcome == outcome
    assert message in text_of(response)


@pytest.mark.parametrize(
    ("amount", "outcome", "message"),
    [
        ("2000", "allow", "Credit will be approved with it: A small first order"),
        ("2001", "refer", "Credit control will look at it first: No order has been paid on time"),
    ],
)
def test_panel_knows_the_guidelines(sales_rep, customer, amount, outcome, message):
    response = sales_rep.get("/credit/panel/", {"customer": customer.pk, "amount": amount})

    assert response.context["forecast"].outcome == outcome
    assert message in text_of(response)


def test_panel_says_what_the_hold_is(sales_rep, approved, hold):
    hold(approved)

    response = sales_rep.get("/credit/panel/", {"customer": approved.pk, "amount": "1"})

    assert "It will wait. The account is on hold: Asks." in text_of(response)


@pytest.mark.parametrize("amount", ["", "much", "-1", "NaN", "Infinity"])
def test_panel_without_an_amount_forecasts_nothing(sales_rep, approved, amount):
    response = sales_rep.get("/credit/panel/", {"customer": approved.pk, "amount": amount})

    assert (response.status_code, response.context["forecast"]) == (200, None)


@pytest.mark.parametrize("number", ["", "0", "x", "²"])
def test_panel_of_nobody_is_not_found(sales_rep, number):
    assert sales_rep.get("/credit/panel/", {"customer": number}).status_code == 404


def test_forecast_is_what_happens(sales_rep, company, place):
    for net in (10, 1000, 2000, 30000):
        customer = CustomerFactory.create()
        gross = Decimal(net) * Decimal("1.19")
        foretold = sales_rep.get("/credit/panel/", {"customer": customer.pk, "amount": gross})

        order = place(customer, net)

        told = {"allow": "released", "refer": "in_review"}
        assert order.state == told[foretold.context["forecast"].outcome]


def test_order_shows_its_checks(sales_rep, held):
    page = text_of(sales_rep.get(f"/credit/orders/{held.pk}/checks/"))

    assert "1,900.00 EUR over the credit limit" in page


def test_guidelines_are_shown_to_credit_control(credit_analyst, sales_rep):
    assert "unknown_payer" in text_of(credit_analyst.get("/credit/guidelines/1/"))
    assert "v1" in text_of(credit_analyst.get("/credit/guidelines/"))
    assert sales_rep.get("/credit/guidelines/").status_code == 403


def forecast_of(sales_rep, customer, amount):
    response = sales_rep.get("/credit/panel/", {"customer": customer.pk, "amount": amount})
    found = response.context["forecast"]
    return found.outcome, found.message.replace("\N{NO-BREAK SPACE}", " ")


def test_forecast_knows_the_policy_guarantees_and_group(
    sales_rep, approved, company, now, analyst, place
):
    PaymentBehaviour.objects.create(account_id=approved.pk, dunning_level=3, as_of=now.date())
    assert forecast_of(sales_rep, approved, 1) == (
        "refer",
        "Credit control will look at it first. The customer has been reminded up to level 3.",
    )
    CreditPolicy.objects.update(
        rules=[{"rule": "dunning_level", "classes": [], "threshold": "3", "action": "warn"}]
    )
    assert forecast_of(sales_rep, approved, 1) == (
        "allow",
        "It will go on to the warehouse at once. The customer has been reminded up to level 3.",
    )
    Guarantee.objects.create(
        customer=approved,
        kind="guarantee",
        issuer="Bank",
        reference="1",
        amount=Decimal(500),
        valid_from=date(2026, 1, 1),
        valid_until=date(2099, 1, 1),
        recorded_at=now,
    )
    assert forecast_of(sales_rep, approved, 10500)[0] == "allow"
    assert forecast_of(sales_rep, approved, "10500.01")[0] == "hold"
    child = CreditAccountFactory.create(customer__parent=approved).customer
    services.set_group_limit(approved.pk, limit=Decimal(100), reason="x", at=now, actor=analyst)
    assert forecast_of(sales_rep, child, 100)[0] == "allow"
    assert forecast_of(sales_rep, child, 101) == (
        "hold",
        "It will wait. 1.00 EUR over the limit of the group: its members owe 0.00 EUR, and this "
        "order of 101.00 EUR counts against 100.00 EUR. It goes on as soon as one of them pays.",
    )


def test_forecast_names_the_application_that_waits(sales_rep, customer, place):
    place(customer, 10000)

    outcome, message = forecast_of(sales_rep, customer, 1)

    assert outcome == "refer"
    assert message.startswith("Credit control will look at it first. Credit application CR-")
