"""The watched mailbox: mails are taken in, and only then moved out of the way.

Whatever breaks off, a mail stays in the mailbox until all of it is in our books; taking it in
again finds what is there already. Two who look at once do the same work twice and nothing else.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4
from socket import gaierror
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessage,
)

from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from orders.intake.mail.messages import TOO_LARGE
from orders.intake.results import Result
from orders.intake.services import take_in
from orders.models import Channel

KINDS: dict[str, tuple[Callable[..., BaseMailBox], int]] = {
    "imaps": (MailBox, 993),
    "imap+tls": (MailBoxStartTls, 143),
    "imap": (MailBoxUnencrypted, 143),
}
SECONDS = 20
# A beat's share: what is left waits for the next one.
MAILS_AT_ONCE = 50
HEADERS_KEPT = 100_000


class MailboxUnreachable(DomainError):
    """The mailbox did not answer, refused us, or has no such folder."""

    code = "mailbox_unreachable"


@dataclass(frozen=True, kw_only=True)
class Address:
    """What INTAKE_MAILBOX_URL says: imaps://user:password@host:993/INBOX."""

    kind: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def address_of(url: str) -> Address:
    """Read a mailbox's address.

    Raises:
        MailboxUnreachable: it names no way to reach a mailbox that we know.
    """
    parts = urlsplit(url)
    if parts.scheme not in KINDS or not parts.hostname:
        raise MailboxUnreachable(_("INTAKE_MAILBOX_URL must be imaps://user:password@host/INBOX."))
    return Address(
        kind=parts.scheme,
        host=parts.hostname,
        port=parts.port or KINDS[parts.scheme][1],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


def poll(url: str, *, at: datetime, actor: Actor) -> list[Result]:
    """Take in what waits in the mailbox, oldest first, and move each mail when it is done.

    Raises:
        MailboxUnreachable: it did not answer as mailboxes do; nothing is lost.
    """
    results: list[Result] = []
    broken: list[Exception] = []
    with _opened(address_of(url)) as mailbox:
        for message in list(_waiting(mailbox)):
            try:
                results += _take(mailbox, message, at=at, actor=actor)
            except Exception as error:  # noqa: BLE001  the mails after it must not wait for it
                broken.append(error)
    if broken:
        raise broken[0]
    return results


def _take(
    mailbox: BaseMailBox, message: MailMessage, *, at: datetime, actor: Actor
) -> list[Result]:
    """Take one mail in, then move it."""
    uid = str(message.uid)
    content = _content_of(mailbox, message)
    if content is None:  # somebody else was faster
        return []
    name = f"mail-{uid}.eml"
    taken = take_in(name, content, channel=Channel.EMAIL, commit=True, at=at, actor=actor)
    results = list(taken)
    mailbox.move(uid, settings.INTAKE_MAILBOX_DONE)
    return results


def _waiting(mailbox: BaseMailBox) -> Iterator[MailMessage]:
    """Yield the mails' headers and sizes, oldest first, without marking them as read."""
    return mailbox.fetch("ALL", headers_only=True, mark_seen=False, limit=MAILS_AT_ONCE)


def _content_of(mailbox: BaseMailBox, message: MailMessage) -> bytes | None:
    """Return the mail as it came; of one that is too large, the headers alone."""
    is_large = message.size_rfc822 > settings.INTAKE_MAX_BYTES
    part = "BODY.PEEK[HEADER]" if is_large else "BODY.PEEK[]"
    _status, found = mailbox.client.uid("fetch", str(message.uid), f"({part})")
    raw = next((item[1] for item in found if isinstance(item, tuple)), None)
    if raw is None or not is_large:
        return raw
    headers: bytes = raw.rstrip()[:HEADERS_KEPT]
    return headers + f"\r\n{TOO_LARGE}: yes\r\n\r\n".encode()


class Line:
    """The connection, which is closed even where signing in or out of it has failed."""

    def __init__(self, mailbox: BaseMailBox) -> None:
        self.mailbox = mailbox

    def close(self) -> None:
        with suppress(OSError):
            self.mailbox.client.shutdown()


@contextmanager
def _opened(address: Address) -> Iterator[BaseMailBox]:
    kind, _port = KINDS[address.kind]
    try:
        mailbox = kind(address.host, address.port, timeout=SECONDS)
        with (
            closing(Line(mailbox)),
            mailbox.login(address.user, address.password, initial_folder=address.folder),
        ):
            if not mailbox.folder.exists(settings.INTAKE_MAILBOX_DONE):
                mailbox.folder.create(settings.INTAKE_MAILBOX_DONE)
            yield mailbox
    except (OSError, ImapToolsError, IMAP4.error) as error:
        told = _told(error)
        message = _("The mailbox %(user)s at %(host)s cannot be read: %(told)s.")
        names = {"user": address.user, "host": address.host, "told": told}
        raise MailboxUnreachable(message % names) from error


def _told(error: Exception) -> str:
    """Say in words what a mailbox did not do; what we have no words for, by its name."""
    words: list[tuple[type[Exception], str]] = [
        (MailboxLoginError, _("it refuses the user or the password")),
        (MailboxFolderSelectError, _("there is no such folder")),
        (TimeoutError, _("it does not answer")),
        (ConnectionRefusedError, _("nothing listens there")),
        (gaierror, _("there is no such host")),
    ]
    known = (text for kind, text in words if isinstance(error, kind))
    return next(known, type(error).__name__)
