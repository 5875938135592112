"""A mail as the standard reader gives it, made safe: who wrote, what was attached, what is said."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import clean
from orders.intake.findings import Finding, Unreadable, block, warn
from orders.intake.mail.plain import text_of_html
from orders.intake.mail.proof import is_disproven, is_proven, results_in

MAX_PARTS = 200
MAX_DEPTH = 3
MAX_TEXT = 200_000
HEADER_LENGTH = 200
# No order ever came as one of these: pictures of signatures, cards, calendars, keys.
PASSED_OVER = ("image/", "text/calendar", "text/vcard", "text/x-vcard", "application/pgp")
SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/ics")
ZIP = b"PK"
OFFICE = b"[Content_Types].xml"
# What the mailbox writes instead of the text of a mail that it did not load.
TOO_LARGE = "X-O2C-Too-Large"
ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply-bounces?|bounces?)([+-].*)?@", re.I)
PLAIN = re.compile(rb"^[\x21-\x39\x3b-\x7e]{1,70}:", re.ASCII)
USUAL = {
    *("return-path", "received", "delivered-to", "from", "to", "subject", "date", "message-id"),
    *("mime-version", "content-type", "dkim-signature", "authentication-results", "reply-to"),
    *("x-original-to", "envelope-to", "x-mozilla-status", "arc-seal", "sender", "cc"),
}


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a mail. Its name is a stranger's: never a path."""

    name: str
    content: bytes


@dataclass(kw_only=True)
class Mail:
    """`refusal`: why a mail like this is no order; nothing is ever answered to it.

    `digest` tells whether two mails say the same, however they were delivered. `is_proven`: the
    mailbox's server vouches for the sender's house.
    """

    sender: str
    subject: str
    message_id: str
    text: str
    attachments: list[Attachment] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refusal: Finding | None = None
    digest: str = ""
    is_proven: bool = False


def is_mail(content: bytes, name: str) -> bool:
    """Say whether a file is a mail: by its name, or by the headers that it begins with."""
    head = content[:4096].lstrip()
    first = head.partition(b":")[0].decode("ascii", errors="replace").lower()
    starts = bool(PLAIN.match(head)) and first in USUAL
    if name.lower().endswith(".eml"):
        return starts or not head.strip()
    return starts and bool(re.search(rb"(?im)^(from|message-id|received):", head))


def read_mail(content: bytes) -> Mail:
    """Read a mail.

    Raises:
        Unreadable: it has more parts, or mails in mails, than anybody sends.
    """
    try:
        message = message_from_bytes(content, policy=policy.compat32)
        collected = _Collected()
        collected.take(message, depth=0)
    except RecursionError:
        raise too_nested() from None
    sender, results = _sender(message), results_in(message)
    mail = Mail(
        sender=sender,
        subject=_header(message, "Subject"),
        message_id=_header(message, "Message-ID").strip("<> "),
        text="\n".join(collected.plain or collected.rich)[:MAX_TEXT],
        attachments=collected.attachments,
        findings=collected.findings,
        refusal=_refusal(message, sender),
        is_proven=is_proven(results, sender),
    )
    if is_disproven(results):
        text = _("The mail server doubts that %(sender)s sent this.") % {"sender": sender}
        mail.findings.append(block("sender_unproven", "sender", text))
    mail.digest = _digest(mail)
    return mail


def too_nested() -> Unreadable:
    return Unreadable("too_nested", _("The mail has more parts than any order has."))


class _Collected:
    """Gathers texts and files of a mail and of the mails in it."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.rich: list[str] = []
        self.attachments: list[Attachment] = []
        self.findings: list[Finding] = []
        self.parts = 0

    def take(self, message: Message, *, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise too_nested()
        for part in _leaves(message):
            self.parts += 1
            if self.parts > MAX_PARTS:
                raise too_nested()
            if part.get_content_type() == "message/rfc822":
                inner = part.get_payload(0) if part.is_multipart() else None
                if isinstance(inner, Message):
                    self.take(inner, depth=depth + 1)
            else:
                self._take_leaf(part, depth=depth)

    def _take_leaf(self, part: Message, *, depth: int) -> None:
        kind = part.get_content_type()
        name = _file_name(part)
        content = part.get_payload(decode=True)
        body = content if isinstance(content, bytes) else b""
        if name.lower().endswith(".eml"):
            self.take(message_from_bytes(body, policy=policy.compat32), depth=depth + 1)
        elif not name and kind.startswith(("text/plain", "text/html", "multipart/")):
            self._take_text(part, kind, body)
        else:
            self._take_file(kind, name, body)

    def _take_text(self, part: Message, kind: str, body: bytes) -> None:
        text = _decoded(body, part)
        if kind == "text/html":
            self.rich.append(text_of_html(text[:MAX_TEXT]))
        else:
            self.plain.append(text)

    def _take_file(self, kind: str, name: str, body: bytes) -> None:
        name = name or _("attachment without a name")
        if kind.startswith(PASSED_OVER) or kind in SIGNATURES:
            text = _("“%(name)s” is a picture, a card or a signature; it was passed over.")
            self.findings.append(warn("attachment_passed_over", "file", text % {"name": name}))
        elif body.startswith(ZIP) and OFFICE not in body[:4096] and OFFICE not in body[-65536:]:
            text = _("“%(name)s” is an archive. Ask for the files themselves.") % {"name": name}
            self.findings.append(block("archive", "file", text))
        elif body.strip():
            self.attachments.append(Attachment(name=name, content=body))


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts without descending into mails that were attached."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _decoded(body: bytes, part: Message) -> str:
    charset = str(part.get_content_charset() or "utf-8")
    for name in (charset, "utf-8", "cp1252"):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("latin-1")


def _file_name(part: Message) -> str:
    """Return an attachment's own name without any folder before it."""
    try:
        name = str(part.get_filename() or "")
    except (LookupError, UnicodeError, ValueError, TypeError):
        name = "?"
    return clean(_readable(name).replace("\\", "/").rpartition("/")[2])[:HEADER_LENGTH]


def _header(message: Message, name: str) -> str:
    return clean(_readable(str(message.get(name, ""))[:5000]))[:HEADER_LENGTH]


def _readable(text: str) -> str:
    """Return a header's words, decoded where its encoding is known."""
    decoded = EmailMessage(policy=policy.default)
    try:
        decoded["Subject"] = text.replace("\r", " ").replace("\n", " ")
        return str(decoded["Subject"])
    except (LookupError, UnicodeError, ValueError, IndexError):
        return text.encode("ascii", "replace").decode()


def _sender(message: Message) -> str:
    """Return the address of whoever wrote, in lower case; nothing when there is none or two."""
    found = {address.lower() for _name, address in _addresses(message, "From") if "@" in address}
    return clean(found.pop())[:HEADER_LENGTH] if len(found) == 1 else ""


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    return getaddresses([str(value)[:1000] for value in message.get_all(name, [])[:1]])


def _refusal(message: Message, sender: str) -> Finding | None:
    """Say why a mail was written by a machine to nobody in particular, or by ourselves."""
    said = {
        name: _header(message, name).lower()
        for name in ("Auto-Submitted", "Precedence", "List-Id", "List-Unsubscribe", "X-Autoreply")
    }
    is_report = message.get_content_type() == "multipart/report" or ROBOTS.match(sender)
    has_no_return = str(message.get("Return-Path", "")).strip() == "<>"
    is_automatic = said["Auto-Submitted"] not in ("", "no") or said["X-Autoreply"]
    is_list = said["List-Id"] or said["List-Unsubscribe"]
    own = {address.lower() for _name, address in getaddresses([settings.DEFAULT_FROM_EMAIL])}
    reasons = (
        (is_report or has_no_return, "bounce", _("This is a report about a mail, no order.")),
        (message.get(TOO_LARGE), "too_big", _("The mail is too large: only its head was kept.")),
        (is_automatic, "automatic_reply", _("This is an automatic reply, no order.")),
        (
            is_list or said["Precedence"] in ("bulk", "list"),
            "newsletter",
            _("This went to a mailing list, it is no order."),
        ),
        (sender in own, "own_mail", _("We sent this ourselves.")),
    )
    return next((block(rule, "file", text) for holds, rule, text in reasons if holds), None)


def _digest(mail: Mail) -> str:
    told = hashlib.sha256("\0".join((mail.sender, mail.subject, mail.text)).encode())
    for attachment in mail.attachments:
        told.update(hashlib.sha256(attachment.content).digest())
    return told.hexdigest()
