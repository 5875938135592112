"""AS2 (RFC 4130) without signatures: messages as we post them, receipts (MDN) both ways.

Unsigned AS2 proves nobody's identity: it goes over HTTPS, over plain HTTP only to hosts that the
settings name, and comes in only where the settings open the door.
"""

import base64
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.errors import DomainError
from orders.models import PartnerMessage
from orders.shop.web import ShopAway, ShopRefused, connection_to

PATIENCE = 20
MOST_BYTES = 256 * 1024
OK = range(200, 300)
VERSION = "1.2"
PROCESSED = "processed"
SECURED = ("application/pkcs7", "application/x-pkcs7", "multipart/signed")
DIGESTS = {
    "sha1": hashlib.sha1,
    "sha-1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha-256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha-512": hashlib.sha512,
}
WANTED_DIGEST = re.compile(
    r"signed-receipt-micalg\s*=\s*(?:optional|required)\s*,\s*([\w-]+)", re.I
)
SIGNED_REQUIRED = re.compile(r"signed-receipt-protocol\s*=\s*required", re.I)
FIELD = re.compile(rb"^(Disposition|Received-Content-MIC):[ \t]*(.+?)\r?$", re.I | re.M)


class NotDelivered(DomainError):
    """The partner did not take the message; the text says why. It is sent again later."""

    code = "not_delivered"


class Refused(DomainError):
    """The partner has it and does not want it: sending the same again would change nothing."""

    code = "partner_refused"


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What the headers of a received message say."""

    sender: str
    receiver: str
    message_id: str
    content_type: str
    wants_receipt: bool
    digest: str
    needs_signature: bool

    @property
    def is_secured(self) -> bool:
        return self.content_type.lower().startswith(SECURED)


def inbound_of(headers: Mapping[str, str]) -> Inbound:
    options = headers.get("Disposition-Notification-Options", "")
    wanted = WANTED_DIGEST.search(options)
    name = wanted[1].lower() if wanted else "sha1"
    return Inbound(
        sender=headers.get("AS2-From", "").strip().strip('"'),
        receiver=headers.get("AS2-To", "").strip().strip('"'),
        message_id=_one_line(headers.get("Message-ID", "")),
        content_type=headers.get("Content-Type", ""),
        wants_receipt=bool(headers.get("Disposition-Notification-To")),
        digest=name if name in DIGESTS else "sha1",
        needs_signature=bool(SIGNED_REQUIRED.search(options)),
    )


def mic(content: bytes, digest: str) -> str:
    """Return the message integrity check of unsigned content, as receipts quote it."""
    return f"{base64.b64encode(DIGESTS[digest](content).digest()).decode()}, {digest}"


def receipt(
    inbound: Inbound, content: bytes, *, name: str, disposition: str, text: str
) -> tuple[dict[str, str], bytes]:
    """Return headers and body of an unsigned MDN."""
    boundary = f"mdn-{uuid.uuid4().hex}"
    machine = [
        "Reporting-UA: o2c",
        f"Original-Recipient: rfc822; {name}",
        f"Final-Recipient: rfc822; {name}",
        f"Original-Message-ID: {inbound.message_id}",
        f"Received-Content-MIC: {mic(content, inbound.digest)}",
        f"Disposition: automatic-action/MDN-sent-automatically; {disposition}",
    ]
    body = "\r\n".join(
        [
            f"--{boundary}",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            text,
            f"--{boundary}",
            "Content-Type: message/disposition-notification",
            "",
            *machine,
            "",
            f"--{boundary}--",
            "",
        ]
    )
    headers = {
        "Content-Type": "multipart/report; report-type=disposition-notification;"
        f' boundary="{boundary}"',
        "AS2-Version": VERSION,
        "AS2-From": name,
        "AS2-To": _one_line(inbound.sender) or "unknown",
        "Message-ID": f"<{uuid.uuid4().hex}@o2c>",
        "MIME-Version": "1.0",
    }
    return headers, body.encode()


def post(message: PartnerMessage, content: bytes) -> None:
    """Post a message and read the receipt that comes back with the answer.

    Raises:
        NotDelivered: no connection, no success, or a receipt of something else.
        Refused: the receipt says that they will not read it.
    """
    partner = message.partner
    assert message.file is not None  # a queued message has been written
    parts = urlsplit(partner.address)
    headers = {
        "Content-Type": message.file.media_type,
        "AS2-Version": VERSION,
        "AS2-From": partner.our_identifier,
        "AS2-To": partner.identifier,
        "Message-ID": f"<{message.control}.{message.file.sha256[:16]}@o2c>",
        "Subject": f"{message.kind} {message.control}",
        "Disposition-Notification-To": partner.our_identifier,
        "Disposition-Notification-Options": "signed-receipt-micalg=optional, sha256",
        "User-Agent": "o2c",
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    except (ShopAway, ShopRefused) as error:
        raise NotDelivered(str(error)) from error
    try:
        connection.request("POST", target, body=content, headers=headers)
        response = connection.getresponse()
        answer = response.read(MOST_BYTES)
    except (OSError, HTTPException) as error:
        text = _("%(host)s cannot be reached: %(error)s.")
        values = {"host": parts.hostname, "error": type(error).__name__}
        raise NotDelivered(text % values) from error
    finally:
        connection.close()
    _check_answer(response.status, answer, content)


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "http" and host in settings.EDI_PLAIN_HOSTS:
        return HTTPConnection(host, port, timeout=PATIENCE)
    if scheme != "https":
        text = _("AS2 goes over https://; over http:// only to hosts named in EDI_PLAIN_HOSTS.")
        raise NotDelivered(text)
    return connection_to(scheme, host, port)


def _check_answer(status: int, answer: bytes, content: bytes) -> None:
    if status not in OK:
        raise NotDelivered(_("The partner answers with status %(status)s.") % {"status": status})
    found = {name.lower(): value.decode(errors="replace") for name, value in FIELD.findall(answer)}
    disposition = found.get(b"disposition", "")
    outcome = disposition.rpartition(";")[2].strip().lower()
    if disposition and outcome != PROCESSED:
        text = _("The partner's receipt refuses it: %(disposition)s")
        raise Refused(text % {"disposition": disposition[:200]})
    told = found.get(b"received-content-mic", "")
    digest = told.rpartition(",")[2].strip().lower()
    if digest in DIGESTS and told.replace(" ", "") != mic(content, digest).replace(" ", ""):
        raise NotDelivered(_("The partner's receipt is for other content than was sent."))


def _one_line(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:250]
