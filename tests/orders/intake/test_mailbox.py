"""The watched mailbox: nothing is lost and nothing doubled, whatever breaks off when."""

import pytest

from o2c.kernel.actors import Actor
from orders.intake import settling
from orders.intake.mail import mailbox
from orders.models import IntakeDocument, Order
from orders.tasks import poll_mailbox
from tests.factories import NOW, ContactFactory
from tests.mailbox_server import mailbox_server
from tests.orders.intake.mails import BUYER, CSV, PROVEN, mail
from tests.race import meanwhile

ROBOT = Actor.importer("mailbox")
ORDER = mail(attachments=[("po.csv", CSV)], headers=PROVEN)


@pytest.fixture
def server():
    with mailbox_server() as server:
        yield server


@pytest.fixture
def sender(books):
    ContactFactory.create(customer=books, email=BUYER)
    return books


def poll(server):
    return mailbox.poll(server.url, at=NOW, actor=ROBOT)


@pytest.mark.parametrize("mood", ["kind", "plain"])
def test_takes_mails_in_and_moves_them(sender, server, mood):
    server.mood = mood
    server.put(ORDER)
    server.put(mail("Out of office", message_id="<2@x>", headers=[("Auto-Submitted", "yes")]))

    results = poll(server)

    assert [(result.file_format, str(result.status)) for result in results] == [
        ("csv", "accepted"),
        ("eml", "rejected"),
    ]
    assert server.folders["INBOX"] == {}
    assert sorted(server.folders["Processed"]) == [1, 2]
    assert poll(server) == []
    assert Order.objects.count() == 1


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "CREATE", "SEARCH", "FETCH", "MOVE"])
def test_a_server_that_breaks_off_anywhere_loses_and_doubles_nothing(sender, server, command):
    server.put(ORDER)
    server.mood = command
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever a broken line raises
        poll(server)
    assert list(server.folders["INBOX"]) == [1]

    server.mood = "kind"
    poll(server)

    assert server.folders["INBOX"] == {}
    assert Order.objects.get().customer_po == "4711"
    assert IntakeDocument.objects.filter(file_format="csv").count() == 1


@pytest.mark.parametrize("step", ["_place", "keep"])
def test_a_worker_that_dies_in_a_step_loses_and_doubles_nothing(sender, server, step, monkeypatch):
    content = CSV if step == "_place" else CSV.replace(b"71053", b"NO-SUCH")
    server.put(mail(attachments=[("po.csv", content)], headers=PROVEN))
    with monkeypatch.context() as broken:

        def die(*_arguments, **_named):
            raise KeyboardInterrupt

        broken.setattr(f"orders.intake.settling.{step}", die)
        with pytest.raises(KeyboardInterrupt):
            poll(server)
    assert list(server.folders["INBOX"]) == [1]

    poll(server)

    assert server.folders["INBOX"] == {}
    assert IntakeDocument.objects.filter(file_format="csv").count() == 1
    assert Order.objects.count() == (1 if step == "_place" else 0)


def test_one_mail_that_breaks_does_not_stop_the_others(sender, server, monkeypatch):
    server.put(mail("first", message_id="<bad@x>"))
    server.put(ORDER)
    take = mailbox.take_in

    def take_in(name, content, **given):
        if b"<bad@x>" in content:
            raise ValueError("a fault of ours")
        return take(name, content, **given)

    monkeypatch.setattr(mailbox, "take_in", take_in)
    with pytest.raises(ValueError, match="a fault of ours"):
        poll(server)

    assert list(server.folders["INBOX"]) == [1]
    assert Order.objects.count() == 1


def test_keeps_only_the_head_of_a_mail_that_is_too_large(sender, server, settings):
    settings.INTAKE_MAX_BYTES = 2000
    server.put(mail(attachments=[("po.csv", CSV * 200)]))

    (result,) = poll(server)

    assert (str(result.status), result.findings[-1].rule) == ("rejected", "too_big")
    assert IntakeDocument.objects.get().file.size < 2000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("place", "first_is_told"),
    [((mailbox, "_content_of"), "duplicate"), ((settling, "place_order"), "accepted")],
    ids=["once it is read", "once it is placed"],
)
def test_two_who_look_at_once_make_one_order(sender, server, place, first_is_told, monkeypatch):
    server.put(ORDER)

    [first], [second] = meanwhile(monkeypatch, place, lambda: poll(server), lambda: poll(server))

    assert (first.status, second.status) == (first_is_told, "accepted")
    assert server.folders["INBOX"] == {}
    assert Order.objects.count() == 1
    assert IntakeDocument.objects.filter(file_format="eml").count() == 1
    assert IntakeDocument.objects.filter(file_format="csv").count() == 1


def test_looks_nowhere_without_an_address(db, settings):
    settings.INTAKE_MAILBOX_URL = ""

    assert poll_mailbox() == 0


def test_the_task_looks_where_the_setting_says(sender, server, settings):
    settings.INTAKE_MAILBOX_URL = server.url
    server.put(ORDER)

    assert poll_mailbox() == 1


@pytest.mark.parametrize("url", ["pop3://a:b@c", "imaps://", "nonsense"])
def test_refuses_an_address_that_names_no_mailbox(url):
    with pytest.raises(mailbox.MailboxUnreachable, match="INTAKE_MAILBOX_URL must be"):
        mailbox.address_of(url)


def test_says_when_the_mailbox_refuses_us(db, server):
    with pytest.raises(mailbox.MailboxUnreachable, match="cannot be read"):
        mailbox.poll(server.url.replace("post-2026", "wrong"), at=NOW, actor=ROBOT)
