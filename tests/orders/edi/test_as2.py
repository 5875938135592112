"""The AS2 door: closed by default, careful when open, and every receipt is true."""

import base64
import hashlib

import pytest

from o2c.kernel.models import OutboxMessage, StoredFile
from orders.models import IntakeDocument, TradingPartner
from tests.orders.edi.conftest import sample

CONTENT = sample("order.850.edi")
HEADERS = {
    "AS2-From": "004711815",
    "AS2-To": "KESTREL",
    "Message-ID": "<1@hollis.example>",
    "Disposition-Notification-To": "edi@hollis.example",
    "Disposition-Notification-Options": "signed-receipt-micalg=optional, sha256",
}


@pytest.fixture
def post(client, partners, settings):
    """Post to the door of Hollis Water's X12 system."""
    settings.EDI_AS2_RECEIVE = True

    def run(content=CONTENT, *, token=None, content_type="application/edi-x12", **headers):
        door = partners["x12"].token if token is None else token
        return client.post(
            f"/edi/as2/{door}",
            content,
            content_type=content_type,
            headers={**HEADERS, **headers},
        )

    return run


def test_a_message_is_kept_and_its_receipt_quotes_it(post):
    response = post()

    digest = base64.b64encode(hashlib.sha256(CONTENT).digest()).decode()
    text = response.content.decode()
    assert response.status_code == 200
    assert f"Received-Content-MIC: {digest}, sha256" in text
    assert "Disposition: automatic-action/MDN-sent-automatically; processed\r\n" in text
    assert "Original-Message-ID: <1@hollis.example>" in text
    assert (response["AS2-From"], response["AS2-To"]) == ("KESTREL", "004711815")
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert OutboxMessage.objects.get().handler.endswith("read_partner_file")


def test_the_door_is_closed_unless_the_settings_open_it(post, settings):
    settings.EDI_AS2_RECEIVE = False

    assert post().status_code == 404
    assert not StoredFile.objects.exists()


def test_nobody_is_behind_another_door(post, partners):
    TradingPartner.objects.filter(kind="edifact").update(is_active=False)

    assert post(token="nobody").status_code == 404
    assert post(token=partners["edifact"].token).status_code == 404
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"AS2-From": "SOMEBODY"}, "authentication-failed"),
        ({"AS2-To": "SOMEBODY"}, "authentication-failed"),
        ({"content_type": "application/pkcs7-mime"}, "insufficient-message-security"),
        ({"content_type": 'multipart/signed; boundary="x"'}, "insufficient-message-security"),
        (
            {"Disposition-Notification-Options": "signed-receipt-protocol=required, pkcs7"},
            "insufficient-message-security",
        ),
    ],
)
def test_what_is_not_as_agreed_is_refused_in_the_receipt(post, changes, said):
    response = post(**changes)

    assert response.status_code == 200
    assert f"processed/Error: {said}" in response.content.decode()
    assert not StoredFile.objects.exists()
    assert not IntakeDocument.objects.exists()


def test_a_message_that_is_too_large_is_not_kept(post, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert post().status_code == 413
    assert not StoredFile.objects.exists()


def test_too_many_within_a_minute_wait(post, settings):
    settings.EDI_AS2_PER_MINUTE = 2

    assert [post().status_code for _time in range(3)] == [200, 200, 429]


def test_a_name_in_a_header_breaks_no_header(post):
    response = post(**{"Message-ID": "<a\tb@x>"})

    assert response.status_code == 200
    assert "Original-Message-ID: <ab@x>" in response.content.decode()


def test_only_posts_are_taken(client, partners, settings):
    settings.EDI_AS2_RECEIVE = True

    assert client.get(f"/edi/as2/{partners['x12'].token}").status_code == 405
