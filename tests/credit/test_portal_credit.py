"""A customer's own page about their credit: limit, what waits, and what we ask for."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from credit import services
from credit.models import CreditDocument, Guarantee
from credit.services.documents import Paper
from customers.models import Customer, CustomerUser
from o2c.kernel import files, roles
from o2c.kernel.models import StoredFile
from tests.factories import NOW, CreditAccountFactory, CustomerFactory

PDF = b"%PDF-1.7 accounts of 2025"


@pytest.fixture
def browser_of(person):
    """Sign in somebody of a customer: `browser_of(customer)`."""

    def sign_in(customer: Customer) -> Client:
        user = person(roles.CUSTOMER_USER)
        CustomerUser.objects.create(user=user, customer=customer)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def asked(application, now, analyst):
    """An application of which papers were asked for."""
    services.ask_for_documents(application.pk, documents="Accounts of 2025", at=now, actor=analyst)
    application.refresh_from_db()
    return application


def send(browser, *uploads, token="t1"):
    return browser.post("/portal/credit/documents/", {"token": token, "files": list(uploads)})


def test_shows_limit_used_and_available_with_guarantees(approved, place, browser_of):
    place(approved, 1000)
    Guarantee.objects.create(
        customer=approved,
        kind="insurance",
        issuer="Atlas",
        reference="1",
        amount=Decimal(5000),
        valid_from=NOW.date(),
        valid_until=NOW.date().replace(year=2030),
        recorded_at=NOW,
        recorded_by="Tomás Rey",
    )

    text = browser_of(approved).get("/portal/credit/").content.decode()

    assert "10,000.00" in text
    assert "1,190.00" in text
    assert "Credit insurance: Atlas" in text
    assert "13,810.00" in text


def test_order_page_says_why_it_waits_and_what_to_pay(held, browser_of):
    text = browser_of(held.customer).get(f"/portal/orders/{held.number}/").content.decode()

    assert "over your credit limit" in text
    assert "1,900.00" in text
    assert 'href="/portal/credit/"' in text


def test_nobody_sees_another_customers_credit(held, asked, browser_of):
    stranger = browser_of(CustomerFactory.create())

    text = stranger.get("/portal/credit/").content.decode()
    answer = send(stranger, SimpleUploadedFile("a.pdf", PDF))

    asked.refresh_from_db()
    assert held.number not in text
    assert "Accounts of 2025" not in text
    assert stranger.get(f"/portal/orders/{held.number}/").status_code == 404
    assert (answer.status_code, asked.state) == (302, "awaiting_documents")
    assert not CreditDocument.objects.exists()


def test_our_own_people_have_no_such_page(person):
    client = Client()
    client.force_login(person(roles.CREDIT_ANALYST))

    assert client.get("/portal/credit/").status_code == 403


def test_papers_bring_the_application_back_to_review(asked, browser_of):
    browser = browser_of(asked.customer)
    shown = browser.get("/portal/credit/").content.decode()

    answer = send(browser, SimpleUploadedFile("Accounts 2025.pdf", PDF))

    asked.refresh_from_db()
    document = CreditDocument.objects.get()
    assert "Accounts of 2025" in shown
    assert (answer.status_code, asked.state) == (302, "referred")
    assert (document.application, document.name) == (asked, "Accounts 2025.pdf")
    assert files.read(document.file) == PDF
    assert "Accounts 2025.pdf" in browser.get("/portal/credit/").content.decode()


def test_same_form_sent_twice_keeps_the_paper_once(asked, browser_of):
    browser = browser_of(asked.customer)

    answers = [send(browser, SimpleUploadedFile("a.pdf", PDF)).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert CreditDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (SimpleUploadedFile("a.pdf", b"MZ\x90 program"), "a.pdf is no PDF, PNG, JPEG or Excel"),
        (SimpleUploadedFile("page.html", b"<script>alert(1)</script>"), "page.html is no PDF"),
        (SimpleUploadedFile("a.pdf", PDF + b"0" * 10 * 1024 * 1024), "larger than 10 MB"),
        (SimpleUploadedFile("zip.xlsx", b"PK\x03\x04 no workbook"), "zip.xlsx is no PDF"),
    ],
)
def test_refuses_what_we_do_not_open_and_keeps_nothing(asked, browser_of, upload, message):
    upload.seek(0)

    answer = send(browser_of(asked.customer), upload)

    asked.refresh_from_db()
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert asked.state == "awaiting_documents"
    assert not CreditDocument.objects.exists()
    assert not StoredFile.objects.filter(name=upload.name).exists()


def test_refuses_no_file_and_too_many(asked, browser_of):
    browser = browser_of(asked.customer)
    many = [SimpleUploadedFile(f"{n}.pdf", PDF + str(n).encode()) for n in range(6)]

    none, too_many = send(browser), send(browser, *many, token="t2")

    assert (none.status_code, too_many.status_code) == (422, 422)
    assert "Choose a file first." in none.content.decode()
    assert "Send 5 files at a time at most." in too_many.content.decode()
    assert not CreditDocument.objects.exists()


def test_hostile_names_are_made_harmless(asked, now, actor):
    paper = Paper(name='..\\..\\x/"<b>\r\nSet-Cookie: a\x00.exe', content=PDF)

    services.hand_in(asked.pk, papers=[paper], at=now, actor=actor)

    assert CreditDocument.objects.get().name == "_b_Set-Cookie_ a_.pdf"


def test_papers_that_nobody_asked_for_are_refused(application, now, actor):
    paper = Paper(name="a.pdf", content=PDF)

    with pytest.raises(services.NoDocumentsAsked):
        services.hand_in(application.pk, papers=[paper], at=now, actor=actor)

    assert not CreditDocument.objects.exists()


def test_customer_tells_about_themselves_once(application, browser_of):
    browser = browser_of(application.customer)

    answer = browser.post(
        "/portal/credit/details/",
        {"token": "t1", "years_in_business": "12", "trade_references": "", "requested_limit": ""},
    )

    application.refresh_from_db()
    text = browser.get("/portal/credit/").content.decode()
    assert (answer.status_code, application.years_in_business) == (302, 12)
    assert "Years in business" not in text
    assert "Suppliers who know you" in text


def test_telling_nothing_is_refused(application, browser_of):
    answer = browser_of(application.customer).post("/portal/credit/details/", {"token": "t1"})

    assert answer.status_code == 422


def test_page_costs_as_much_with_20_orders_as_with_one(
    approved, place, browser_of, django_assert_num_queries
):
    browser = browser_of(approved)
    place(approved, 20000)
    browser.get("/portal/credit/")
    with django_assert_num_queries(PAGE):
        browser.get("/portal/credit/")
    for _ in range(19):
        place(approved, 20000)

    with django_assert_num_queries(PAGE):
        browser.get("/portal/credit/")


PAGE = 17


def test_who_has_no_account_yet_sees_that(browser_of, company):
    text = browser_of(CustomerFactory.create()).get("/portal/credit/").content.decode()

    assert "No credit yet" in text
    assert "Your first order on account asks for it by itself." in text


def test_expired_approval_is_shown(browser_of, company, monkeypatch):
    account = CreditAccountFactory.create()
    monkeypatch.setattr("credit.portal.views.today", lambda: NOW.date().replace(year=2028))

    assert "Ended" in browser_of(account.customer).get("/portal/credit/").content.decode()
