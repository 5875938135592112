"""Pages about payment in advance: what people see, who may ask, and what refusals say."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import services as credit
from credit.models import Hold
from customers.models import CustomerUser
from invoicing import services
from invoicing.models import ProForma
from o2c.kernel import roles
from tests.factories import CreditAccountFactory, CustomerFactory
from tests.invoicing.shipped import place

pytestmark = pytest.mark.django_db


def token():
    return {"token": str(uuid.uuid4())}


def text_of(response):
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def buyer_of(browser_of):
    """Sign in somebody of a customer's."""

    def sign_in(customer):
        browser = browser_of(roles.CUSTOMER_USER)
        user_id = int(browser.session["_auth_user_id"])
        CustomerUser.objects.create(user_id=user_id, customer=customer)
        return browser

    return sign_in


def test_shows_what_would_be_asked_before_it_is(clerk, held):
    page = text_of(clerk.get(f"/invoices/pro-forma/ask/{held.number}/"))

    for words in ("Ask for payment in advance", "154.70 EUR", held.customer.email, "2026"):
        assert words in page
    assert not ProForma.objects.exists()


def test_asks_once_however_often_the_form_is_sent(clerk, held):
    form = token()

    answers = [clerk.post(f"/invoices/pro-forma/ask/{held.number}/", form) for _click in range(2)]

    made = ProForma.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/invoices/pro-forma/{made}/"] * 2
    assert made.amount == Decimal("154.70")


def test_says_that_it_is_asked_already(clerk, held, asked, now, monkeypatch):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)

    response = clerk.post(f"/invoices/pro-forma/ask/{held.number}/", token())

    assert response.status_code == 409
    assert f"{asked} asks for the money of {held} already" in text_of(response)
    assert ProForma.objects.count() == 1


def test_says_what_money_does_not_end(clerk, held, now, actor):
    credit.place_hold(held.customer_id, kind=Hold.Kind.MANUAL, reason="Fraud?", at=now, actor=actor)
    path = f"/invoices/pro-forma/ask/{held.number}/"

    page, response = text_of(clerk.get(path)), clerk.post(path, token())

    assert "money in advance does not end that: Fraud?" in page
    assert "Issue pro forma" not in page
    assert (response.status_code, ProForma.objects.count()) == (409, 0)


def test_lists_pro_formas_with_what_they_are_about(clerk, held, asked):
    page = text_of(clerk.get("/invoices/pro-forma/"))

    for words in (asked.number, "Poor Mill", held.number, "2 Dec", "154.70 EUR"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("?q=PF-", True),
        ("?q=poor", True),
        ("?q=so-", True),
        ("?q=nobody", False),
        ("?state=issued", True),
        ("?state=paid", False),
        ("?after=0", False),
    ],
)
def test_finds_by_number_customer_order_and_state(clerk, asked, query, is_found):
    page = text_of(clerk.get(f"/invoices/pro-forma/{query}"))

    assert (f"/invoices/pro-forma/{asked}/" in page) is is_found


def test_pages_need_the_same_statements_for_twenty_as_for_one(clerk, poor, held, asked, now, actor):
    paths = ["/invoices/pro-forma/", f"/invoices/pro-forma/of/{held.number}/"]

    def statements(path):
        with CaptureQueriesContext(connection) as caught:
            assert clerk.get(path).status_code == 200
        return len(caught)

    clerk.get(paths[0])
    one = [statements(path) for path in paths]
    services.withdraw_pro_forma(asked.pk, reason="Again", at=now, actor=actor)
    for _number in range(9):
        again = services.ask_for_prepayment(held.pk, at=now, actor=actor)
        services.withdraw_pro_forma(again.pk, reason="Again", at=now, actor=actor)
        order = place(poor, ("1", "100.00"))
        services.ask_for_prepayment(order.pk, at=now, actor=actor)
    services.ask_for_prepayment(held.pk, at=now, actor=actor)

    assert ([statements(path) for path in paths], ProForma.objects.count()) == (one, 20)


def test_a_page_of_many_lines_costs_as_much_as_one_of_one(clerk, poor, now, actor):
    small, large = place(poor, ("1", "100.00")), place(poor, *[("1", "10.00")] * 20)
    made = [services.ask_for_prepayment(one.pk, at=now, actor=actor) for one in (small, large)]
    clerk.get(f"/invoices/pro-forma/{made[0]}/")

    def statements(path):
        with CaptureQueriesContext(connection) as caught:
            assert clerk.get(path).status_code == 200
        return len(caught)

    pages = [statements(f"/invoices/pro-forma/{one}/") for one in made]
    asks = [statements(f"/invoices/pro-forma/ask/{one}/") for one in (small, large)]

    assert pages[0] == pages[1]
    assert asks[0] == asks[1]


def test_shows_lines_tax_reference_and_gives_the_pdf(clerk, asked):
    page = text_of(clerk.get(f"/invoices/pro-forma/{asked}/"))
    document = clerk.get(f"/invoices/pro-forma/{asked}/pdf/")

    for words in ("Waits for payment", "100.00", "30.00", "24.70", "154.70", "DE0212030000"):
        assert words in page
    assert document["Content-Disposition"] == f'inline; filename="{asked}.pdf"'
    assert document.content.startswith(b"%PDF-")


def test_is_withdrawn_with_a_reason_only(clerk, asked):
    path = f"/invoices/pro-forma/{asked}/withdraw/"

    refused = clerk.post(path, {"reason": ""})
    accepted = clerk.post(path, {"reason": "Asked by mistake"})
    again = clerk.post(path, {"reason": "Twice"})

    asked.refresh_from_db()
    assert (refused.status_code, accepted.status_code, again.status_code) == (422, 302, 409)
    assert (asked.state, asked.end_reason) == ("withdrawn", "Asked by mistake")


def test_panel_of_an_order_shows_what_was_asked_and_the_way_to_ask(clerk, auditor, held):
    path = f"/invoices/pro-forma/of/{held.number}/"

    asks, looks = text_of(clerk.get(path)), text_of(auditor.get(path))

    assert f"/invoices/pro-forma/ask/{held.number}/" in asks
    assert looks.strip() == ""


def test_panel_asks_no_second_time(clerk, held, asked, now, monkeypatch):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)

    page = text_of(clerk.get(f"/invoices/pro-forma/of/{held.number}/"))

    assert f"/invoices/pro-forma/{asked}/" in page
    assert "/invoices/pro-forma/ask/" not in page


def test_order_page_offers_it_and_links_what_was_asked(clerk, held, now, actor):
    before = clerk.get(f"/orders/{held.number}/")
    asked = services.ask_for_prepayment(held.pk, at=now, actor=actor)

    after = clerk.get(f"/orders/{held.number}/")

    assert "prepay" in [action.key for action in before.context["actions"]]
    assert "prepay" not in [action.key for action in after.context["actions"]]
    [told] = {block.remedy for block in after.context["blocks"]}
    assert told == (
        f"It goes on when 154.70\N{NO-BREAK SPACE}EUR is paid in advance: {asked} asks for it."
    )
    [document] = [one for one in after.context["documents"] if asked.number in one.title]
    assert (document.href, document.pdf) == (
        f"/invoices/pro-forma/{asked}/",
        f"/invoices/pro-forma/{asked}/pdf/",
    )


def test_credit_queue_asks_for_the_panel(browser_of, held):
    page = text_of(browser_of(roles.CREDIT_ANALYST).get(f"/credit/?case={held.number}"))

    assert f'hx-get="/invoices/pro-forma/of/{held.number}/"' in page


@pytest.mark.parametrize("path", ["", "{pf}/", "{pf}/pdf/", "of/{so}/", "ask/{so}/"])
def test_visitor_sees_nothing(visitor, held, asked, path):
    path = path.format(pf=asked, so=held)

    assert visitor.get(f"/invoices/pro-forma/{path}").status_code == 403


def test_auditor_looks_and_changes_nothing(auditor, held, asked):
    assert auditor.get(f"/invoices/pro-forma/{asked}/").status_code == 200

    answers = [
        auditor.post(f"/invoices/pro-forma/ask/{held.number}/", token()),
        auditor.post(f"/invoices/pro-forma/{asked}/withdraw/", {"reason": "x"}),
    ]

    asked.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert (asked.state, ProForma.objects.count()) == ("issued", 1)


@pytest.mark.parametrize("path", ["PF-0/", "PF-0/pdf/", "of/SO-0/", "ask/SO-0/"])
def test_has_no_page_for_an_unknown_number(clerk, path):
    assert clerk.get(f"/invoices/pro-forma/{path}").status_code == 404


def test_customer_sees_what_to_pay_on_the_order_and_the_credit_page(buyer_of, held, asked):
    buyer = buyer_of(held.customer)

    pages = [text_of(buyer.get(path)) for path in (f"/portal/orders/{held}/", "/portal/credit/")]

    for page in pages:
        for words in ("Pay in advance", asked.number, "154.70", "DE02120300000000202051", "2 Dec"):
            assert words in page
        assert f"/portal/pro-formas/{asked}/" in page
    document = buyer.get(f"/portal/pro-formas/{asked}/")
    assert document.content.startswith(b"%PDF-")


def test_portal_says_what_is_available_once(buyer_of, company):
    customer = CustomerFactory.create()
    CreditAccountFactory.create(customer=customer)

    page = text_of(buyer_of(customer).get("/portal/credit/"))

    assert page.lower().count("available") == 1


def test_another_customers_pro_forma_does_not_exist(buyer_of, held, asked):
    other = buyer_of(CustomerFactory.create())

    assert other.get(f"/portal/pro-formas/{asked}/").status_code == 404
    assert asked.number not in text_of(other.get("/portal/credit/"))


def test_what_has_ended_is_shown_to_the_customer_no_more(buyer_of, held, asked, now, actor):
    services.withdraw_pro_forma(asked.pk, reason="Mistake", at=now, actor=actor)

    page = text_of(buyer_of(held.customer).get("/portal/credit/"))

    assert asked.number not in page
