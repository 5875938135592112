"""Orders by e-mail: attachments, words, and mails that are no orders."""

from decimal import Decimal

import pytest

from orders.intake.services import take_in
from orders.models import IntakeDocument, Order
from tests.factories import ContactFactory
from tests.orders.intake.conftest import rules
from tests.orders.intake.mails import BUYER, CSV, PROVEN, mail


@pytest.fixture
def sender(books):
    """Hollis Water's buyer, who writes from a known address."""
    ContactFactory.create(customer=books, email=BUYER)
    return books


def test_places_an_attached_order_of_a_known_sender(sender, intake):
    (result,) = intake(mail(attachments=[("po.csv", CSV)]), "--commit", name="order.eml")

    order = Order.objects.get()
    letter = IntakeDocument.objects.get(file_format="eml")
    document = IntakeDocument.objects.get(file_format="csv")
    assert (result["file"], result["format"], result["status"]) == (
        "order.eml/po.csv",
        "csv",
        "accepted",
    )
    assert (order.customer, order.customer_po, order.channel) == (sender, "4711", "email")
    assert (letter.state, letter.purpose, letter.sender) == ("parsed", "other", BUYER)
    assert (letter.reference, letter.customer) == ("one@hollis.example", sender)
    assert (document.parent, document.order, document.state) == (letter, order, "accepted")


def test_writes_nothing_without_commit(sender, intake):
    (result,) = intake(mail(attachments=[("po.csv", CSV)]), name="order.eml")

    assert (result["status"], result["order"]) == ("accepted", None)
    assert not IntakeDocument.objects.exists()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\nplease send 20 x 85123A and 4 pcs 71053 by 1 December 2026.\nPO 4711\nBye",
        "Bestellung 4711\n20 Stk 85123A\n4 Stück 71053\nLieferung bitte am 01.12.2026",
        "Our order no. 4711:\n85123A: 20\n71053 x 4 pcs\n2026-12-01\n\n> 99 x 85123A",
    ],
)
def test_reads_an_order_in_words_and_gives_it_to_a_person(sender, intake, text):
    (result,) = intake(mail(text), "--commit", name="order.eml")

    document = IntakeDocument.objects.get()
    assert (result["status"], result["po_number"], result["lines"]) == ("review", "4711", 2)
    assert rules(result) == [("from_prose", "lines")]
    lines = [(line["sku"], Decimal(line["quantity"])) for line in document.content["lines"]]
    assert lines == [("85123A", 20), ("71053", 4)]
    assert document.content["requested_on"] == "2026-12-01"
    assert (document.purpose, document.state) == ("order", "in_review")
    assert result["confidence"] < 0.9
    assert document.evidence["lines.0.quantity"]["where"].startswith("line ")


def test_reads_a_table_in_an_html_mail(sender, intake):
    html = (
        "<p>Please deliver:</p><table><tr><th>Item</th><th>Qty</th></tr>"
        "<tr><td>85123A</td><td>20</td></tr><tr><td>71053</td><td>4</td></tr></table>"
    )
    message = mail("", html=html).replace(b"Content-Type: text/plain", b"Content-Type: text/x-none")

    (result,) = intake(message, "--commit", name="order.eml")

    content = IntakeDocument.objects.get(file_format="eml").content
    assert [(line["sku"], line["quantity"]) for line in content["lines"]] == [
        ("85123A", "20"),
        ("71053", "4"),
    ]
    assert result["status"] == "review"


def test_takes_a_stranger_of_a_known_house_as_a_doubt_only(sender, intake):
    (result,) = intake(
        mail("20 x 85123A", sender="new.colleague@hollis.example"), "--commit", name="order.eml"
    )

    document = IntakeDocument.objects.get()
    assert ("sender_guessed", "customer") in rules(result)
    assert (result["status"], document.customer) == ("review", sender)


def test_gives_an_attached_order_of_a_stranger_to_a_person(books, intake):
    (result,) = intake(mail(attachments=[("po.csv", CSV)]), "--commit", name="order.eml")

    assert (result["status"], rules(result)) == ("review", [("missing_customer", "customer")])
    assert not Order.objects.exists()


def test_gives_a_mail_that_orders_nothing_to_a_person(sender, intake):
    (result,) = intake(mail("When will you be open?"), "--commit", name="question.eml")

    assert (result["status"], rules(result)) == ("review", [("no_order_found", "file")])


def test_tells_a_person_of_an_attachment_that_cannot_be_read(sender, intake):
    results = intake(mail(attachments=[("po.csv", b"\x00\x01")]), "--commit", name="order.eml")

    assert [(result["status"], rules(result)[0][0]) for result in results] == [
        ("rejected", "binary"),
        ("review", "attachment_rejected"),
    ]


def test_refuses_an_archive_with_a_finding(sender, intake):
    attached = [("all.zip", b"PK\x03\x04" + bytes(60), "application/zip")]
    (result,) = intake(mail(attachments=attached), "--commit", name="order.eml")

    assert result["status"] == "review"
    assert ("archive", "file") in rules(result)


def test_reads_what_is_attached_to_a_forwarded_mail(sender, intake):
    inner = mail(attachments=[("po.csv", CSV)], message_id="<inner@hollis.example>")
    (result,) = intake(mail(attachments=[("fwd.eml", inner)]), "--commit", name="outer.eml")

    assert (result["file"], result["status"]) == ("outer.eml/po.csv", "accepted")


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("automatic_reply", {"headers": [("Auto-Submitted", "auto-replied")]}),
        ("newsletter", {"headers": [("List-Unsubscribe", "<https://example.com>")]}),
        ("newsletter", {"headers": [("Precedence", "bulk")]}),
        ("bounce", {"sender": "MAILER-DAEMON@hollis.example"}),
        ("bounce", {"headers": [("Return-Path", "<>")]}),
        ("own_mail", {"sender": "orders@localhost"}),
    ],
)
def test_rejects_what_machines_write_and_answers_nothing(sender, intake, mailoutbox, rule, changes):
    message = mail("20 x 85123A", attachments=[("po.csv", CSV)], **changes)

    (result,) = intake(message, "--commit", name="machine.eml")

    assert (result["status"], result["order"]) == ("rejected", None)
    assert (rule, "file") in rules(result)
    assert not Order.objects.exists()
    assert mailoutbox == []


def test_doubts_a_sender_whom_the_mail_server_doubts(sender, intake):
    doubted = [("Authentication-Results", "mx.kestrel.example; dmarc=fail header.from=hollis")]
    (result,) = intake(
        mail(attachments=[("po.csv", CSV)], headers=doubted), "--commit", name="order.eml"
    )

    assert result["status"] == "review"
    assert ("sender_unproven", "sender") in rules(result)
    assert not Order.objects.exists()


def test_takes_a_mail_once_however_it_was_delivered(sender, intake):
    message = mail(attachments=[("po.csv", CSV)])
    intake(message, "--commit", name="order.eml")

    (again,) = intake(b"Received: by another\r\n" + message, "--commit", name="copy.eml")

    assert (again["status"], rules(again)) == ("duplicate", [("duplicate", "file")])
    assert Order.objects.count() == 1
    assert IntakeDocument.objects.filter(file_format="eml").count() == 1


def test_does_not_lose_another_mail_with_the_same_message_id(sender, intake):
    intake(mail("20 x 85123A"), "--commit", name="one.eml")

    (other,) = intake(mail("4 x 71053 ea", subject="Another"), "--commit", name="two.eml")

    assert other["status"] == "review"
    assert IntakeDocument.objects.filter(file_format="eml").count() == 2


def test_goes_on_where_it_broke_off(sender, intake, actor, now, monkeypatch):
    second = CSV.replace(b"4711", b"4712")
    message = mail(attachments=[("a.csv", CSV), ("b.csv", second)], headers=PROVEN)
    taken = take_in("order.eml", message, channel="email", commit=True, at=now, actor=actor)
    assert next(taken).po_number == "4711"
    taken.close()  # the worker died here
    assert IntakeDocument.objects.get(file_format="eml").state == "received"

    results = intake(message, "--commit", name="order.eml")

    assert [(result["po_number"], result["status"]) for result in results] == [
        ("4711", "accepted"),
        ("4712", "accepted"),
    ]
    assert sorted(Order.objects.values_list("customer_po", flat=True)) == ["4711", "4712"]
    assert IntakeDocument.objects.count() == 3
    assert IntakeDocument.objects.get(file_format="eml").state == "parsed"
