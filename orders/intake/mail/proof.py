"""Whether the mailbox's own server has proven who wrote a mail: Authentication-Results, RFC 8601.

Anybody can write such a header into a mail; the server that receives it puts its own above.
"""

import re
from collections.abc import Iterator, Sequence
from email.message import Message

from django.conf import settings
from django.utils.translation import gettext as _

from orders.intake.findings import Finding, block

MOST_HEADERS = 20
MOST_CHARACTERS = 5000
# What strangers may have chosen the words of: comments, and what stands in quotation marks.
FOREIGN = re.compile(r"\"[^\"]*\"|\([^()]*\)")
DEEPEST_COMMENT = 5
FACT = re.compile(r"(?:^|\s)([a-z.]+)=([^\s;]+)")
# Each method, and where it says whom it is about.
SUBJECTS = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}


def results_in(message: Message) -> list[str]:
    """Return what servers on the way wrote about the sender, the last server's first."""
    found = message.get_all("Authentication-Results", [])[:MOST_HEADERS]
    return [" ".join(str(value)[:MOST_CHARACTERS].split()).lower() for value in found]


def is_disproven(results: Sequence[str]) -> bool:
    """Say whether any server on the way found that somebody else wrote the mail."""
    return any(("dmarc", "fail") in {row[:2] for row in _verdicts(text)} for text in results)


def is_proven(results: Sequence[str], sender: str) -> bool:
    """Say whether the mailbox's server found that the mail is from the sender's own house."""
    house = sender.rpartition("@")[2].lower()
    return bool(house) and any(
        result == "pass" and _is_about(subject, house, method)
        for text in _believed(results)
        for method, result, subject in _verdicts(text)
    )


def unverified(sender: str) -> Finding:
    """Return what is found in every document of a mail whose sender nobody has proven."""
    text = _("No mail server has proven that %(sender)s sent this. Look at it before you accept.")
    return block("sender_unverified", "sender", text % {"sender": sender or "?"})


def _believed(results: Sequence[str]) -> Sequence[str]:
    """Return what the named server wrote; without a name what stands on top."""
    server = settings.INTAKE_MAILBOX_SERVER.lower()
    if not server:
        return results[:1]
    return [text for text in results if re.split(r"[\s;]", text, maxsplit=1)[0] == server]


def _verdicts(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield method, result, and whom it is about (nothing where that is not said)."""
    for _depth in range(DEEPEST_COMMENT):
        text = FOREIGN.sub(" ", text)
    for part in text.split(";"):
        facts = dict(FACT.findall(part))
        method = next((name for name in SUBJECTS if name in facts), "")
        if method:
            named = (facts[name] for name in SUBJECTS[method] if name in facts)
            yield method, facts[method], next(named, "")


def _is_about(subject: str, house: str, method: str) -> bool:
    """Say whether a verdict is about the sender's house, or a server within it."""
    domain = subject.rpartition("@")[2]
    if not domain:
        return method == "dmarc"  # it is always about the From
    return domain == house or (method != "dmarc" and domain.endswith(f".{house}"))
