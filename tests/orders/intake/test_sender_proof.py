"""Who wrote a mail counts only as far as the mailbox's own server has proven it."""

import pytest

from o2c.kernel.actors import Actor
from orders.intake.mail.messages import read_mail
from orders.intake.rereading import read_again
from orders.intake.services import take_in
from orders.models import IntakeDocument, Order
from tests.factories import NOW, ContactFactory
from tests.orders.intake.mails import BUYER, CSV, mail

ROBOT = Actor.importer("mailbox")
OURS = "mx.kestrel.example; "


@pytest.fixture
def sender(books):
    """Hollis Water's buyer, who writes from a known address."""
    ContactFactory.create(customer=books, email=BUYER)
    return books


def receive(content):
    """Take a mail in as the mailbox does."""
    taken = take_in("m.eml", content, channel="email", commit=True, at=NOW, actor=ROBOT)
    return list(taken)


def written(*results, attachments=(("po.csv", CSV),)):
    """Return a mail with these Authentication-Results, the topmost first."""
    message = mail(attachments=attachments)
    heads = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    return heads.encode() + message


def rules(document):
    return [finding["rule"] for finding in document.findings]


@pytest.mark.parametrize(
    "results",
    [
        [],
        [OURS + "none"],
        [OURS + "dmarc=none header.from=hollis.example; spf=pass smtp.mailfrom=x@rival.example"],
        [OURS + "dmarc=pass header.from=rival.example"],
        [OURS + "dkim=pass header.d=hollis.example.rival.example"],
        [OURS + "dkim=pass"],
        [OURS + 'spf=none smtp.mailfrom="x; dmarc=pass header.from=hollis.example"'],
        [OURS + "spf=none (x; dmarc=pass (a) header.from=hollis.example) smtp.mailfrom=x@y"],
        [OURS + "spf=none", "rival; dmarc=pass header.from=hollis.example"],
        ["dmarc=" * 5000],
    ],
)
def test_an_order_of_a_sender_whom_nobody_has_proven_is_reviewed(sender, results):
    (result,) = receive(written(*results))

    letter = IntakeDocument.objects.get(file_format="eml")
    document = IntakeDocument.objects.get(file_format="csv")
    assert (str(result.status), document.state, document.customer) == (
        "review",
        "in_review",
        sender,
    )
    assert rules(document) == ["sender_unverified"]
    assert (letter.state, rules(letter)) == ("parsed", ["sender_unverified"])
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "results",
    [
        [OURS + "dmarc=pass (p=reject) header.from=hollis.example"],
        [OURS + "dmarc=pass"],
        [OURS + "x=" + "y" * 300 + "; dmarc=pass header.from=hollis.example"],
        [OURS + "dkim=pass header.i=@hollis.example header.s=k1"],
        [OURS + "dkim=pass header.d=mail.hollis.example"],
        [OURS + "spf=pass (said so) smtp.mailfrom=bounce@hollis.example"],
        ["spf=pass smtp.mailfrom=hollis.example; dkim=none; dmarc=none action=none"],
        [OURS + "\r\n\tdkim=fail;\r\n\tdmarc=pass header.from=hollis.example"],
    ],
)
def test_an_order_of_a_proven_sender_is_placed(sender, results):
    (result,) = receive(written(*results))

    assert (str(result.status), result.findings) == ("accepted", [])
    assert Order.objects.get().customer == sender


def test_only_the_named_server_is_believed(sender, settings):
    settings.INTAKE_MAILBOX_SERVER = "MX.kestrel.example"
    forged = "rival.example; dmarc=pass header.from=hollis.example"

    receive(written(forged, OURS + "dmarc=none header.from=hollis.example"))

    assert rules(IntakeDocument.objects.get(file_format="csv")) == ["sender_unverified"]
    assert not Order.objects.exists()


def test_the_named_server_is_believed_wherever_it_stands(sender, settings):
    settings.INTAKE_MAILBOX_SERVER = "mx.kestrel.example"
    ours = OURS + "dmarc=pass header.from=hollis.example"

    (result,) = receive(written("inner.example; none", ours))

    assert str(result.status) == "accepted"


def test_a_house_may_take_the_sender_on_trust(sender, settings):
    settings.INTAKE_MAILBOX_VERIFIED = False

    (result,) = receive(written())

    assert (str(result.status), result.findings) == ("accepted", [])


def test_words_of_an_unproven_sender_say_so_too(sender):
    (result,) = receive(mail("20 x 85123A"))

    assert str(result.status) == "review"
    assert "sender_unverified" in rules(IntakeDocument.objects.get())


def test_a_doubt_of_the_mail_server_is_found_however_much_it_writes(sender):
    content = written(OURS + "x=" + "y" * 300 + "; dmarc=fail header.from=hollis.example")

    (result,) = receive(content)

    found = {finding.rule for finding in result.findings}
    assert ("sender_unproven" in found, "sender_unverified" in found) == (True, False)
    assert not Order.objects.exists()


def test_reading_a_document_again_does_not_prove_its_sender(sender, actor):
    receive(written(attachments=[("po.csv", CSV.replace(b"71053", b"NO-SUCH"))]))
    document = IntakeDocument.objects.get(file_format="csv")

    again = read_again(document.pk, at=NOW, actor=actor)

    assert rules(again)[0] == "sender_unverified"
    assert again.state == "in_review"


def test_a_mail_without_a_sender_is_never_proven(db):
    found = read_mail(b"Authentication-Results: mx; dmarc=pass\r\nFrom: \r\n\r\nhello")

    assert (found.sender, found.is_proven) == ("", False)
