"""Mailbox and folders that are watched: whether that works, and what is wrong when it does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from o2c.kernel import clock, roles
from o2c.kernel.models import JobRun
from orders import polls
from orders.intake.mail import mailbox
from orders.models import Order
from orders.partners.folders import FolderUnreadable
from orders.tasks import poll_mailbox, watch_edi_folders
from tests.factories import NOW, ContactFactory
from tests.mailbox_server import mailbox_server
from tests.orders.factories import TradingPartnerFactory
from tests.orders.intake.mails import BUYER, CSV, PROVEN, mail

SOURCES = "/orders/sources/"
TRY_MAILBOX = f"{SOURCES}orders.poll_mailbox/try/"


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch, db):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def server(settings):
    """A mailbox that is watched, with one order in it."""
    with mailbox_server() as server:
        settings.INTAKE_MAILBOX_URL = server.url
        server.put(mail(attachments=[("po.csv", CSV)], headers=PROVEN))
        yield server


@pytest.fixture
def folder(settings, tmp_path, company):
    """The folder of a trading partner."""
    settings.EDI_FOLDER = str(tmp_path)
    TradingPartnerFactory.create(transport="folder", address="acme", customer__name="Acme")
    (tmp_path / "acme").mkdir()
    return tmp_path / "acme"


def state(response):
    return [
        (row.source.key, row.word, row.tried_at, row.worked_at) for row in response.context["rows"]
    ]


def test_what_is_not_set_up_is_not_watched(sales_rep, company):
    page = sales_rep.get(SOURCES)

    assert page.context["rows"] == []
    assert "Nothing is watched" in page.content.decode()
    assert (poll_mailbox(), watch_edi_folders()) == (0, 0)
    assert not JobRun.objects.exists()


def test_a_failure_is_told_with_the_last_success_and_mended_by_trying_again(
    sales_rep,
    server,
    books,
    monkeypatch,
):
    ContactFactory.create(customer=books, email=BUYER)
    assert poll_mailbox() == 1
    later = NOW + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    server.mood = "LOGIN"
    with pytest.raises(mailbox.MailboxUnreachable):
        poll_mailbox()

    failed = sales_rep.get(SOURCES)
    listed = sales_rep.get("/orders/intake/").content.decode()
    server.mood = "kind"
    answer = sales_rep.post(TRY_MAILBOX, follow=True)

    assert state(failed) == [("orders.poll_mailbox", "failed", later, NOW)]
    assert "cannot be read" in failed.content.decode()
    assert "cannot be read" in listed
    assert "It works. Nothing waits there." in answer.content.decode()
    assert state(answer) == [("orders.poll_mailbox", "done", later, later)]
    assert "cannot be read" not in sales_rep.get("/orders/intake/").content.decode()
    assert (JobRun.objects.count(), Order.objects.count()) == (1, 1)


def test_what_waits_is_taken_in_by_trying_now(sales_rep, server, books):
    ContactFactory.create(customer=books, email=BUYER)

    answer = sales_rep.post(TRY_MAILBOX, follow=True)

    assert "1 document is taken in." in answer.content.decode()
    assert Order.objects.count() == 1


def test_whatever_breaks_off_is_said_in_words(sales_rep, server, company, monkeypatch):
    def burst(*_arguments, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr("orders.intake.mail.mailbox.poll", burst)

    answer = sales_rep.post(TRY_MAILBOX, follow=True)

    assert "It broke off (ZeroDivisionError); the server" in answer.content.decode()
    assert state(answer) == [("orders.poll_mailbox", "failed", NOW, None)]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("imap://kim:secret@127.0.0.1:1/INBOX", "nothing listens there"),
        ("imap://kim:secret@no-such-host.invalid/INBOX", "there is no such host"),
        ("pop3://kim:secret@127.0.0.1/", "INTAKE_MAILBOX_URL must be imaps://"),
    ],
)
def test_a_mailbox_is_told_apart_by_what_is_wrong_without_its_password(
    sales_rep, company, settings, url, told
):
    settings.INTAKE_MAILBOX_URL = url

    answer = sales_rep.post(TRY_MAILBOX, follow=True).content.decode()

    assert told in answer
    assert "secret" not in answer


def test_a_folder_that_cannot_be_read_is_told(sales_rep, folder):
    watch_edi_folders()
    (folder / "in").write_text("no folder")

    with pytest.raises(FolderUnreadable):
        watch_edi_folders()

    page = sales_rep.get(SOURCES).content.decode()
    assert "Acme: the folder acme/in cannot be read: Not a directory." in page


def test_a_folder_outside_is_told(sales_rep, folder):
    TradingPartnerFactory.create(transport="folder", address="../away", customer__name="Away")

    with pytest.raises(FolderUnreadable, match="Away: The partner's folder is not inside"):
        watch_edi_folders()


def test_a_day_of_tries_is_one_row(server, books):
    for minute in range(3):
        polls.fetch(polls.sources()[0], at=NOW + timedelta(minutes=minute))

    assert JobRun.objects.get().finished_at == NOW + timedelta(minutes=2)


def test_only_who_works_incoming_orders_looks_and_tries(browser_of, server, company):
    picker = browser_of(roles.WAREHOUSE)

    assert picker.get(SOURCES).status_code == 403
    assert picker.post(TRY_MAILBOX).status_code == 403
    assert not JobRun.objects.exists()


def test_an_unknown_source_is_not_there(sales_rep, company):
    assert sales_rep.post(f"{SOURCES}orders.poll_mailbox/try/").status_code == 404


def test_asks_as_much_after_twenty_days_as_after_one(sales_rep, server, folder):
    def statements():
        with CaptureQueriesContext(connection) as counted:
            assert sales_rep.get(SOURCES).status_code == 200
        return len(counted)

    watch_edi_folders()
    sales_rep.get(SOURCES)
    one = statements()
    for day in range(1, 20):
        polls._note(polls.FOLDERS, at=NOW - timedelta(days=day), error="x")

    assert statements() == one
