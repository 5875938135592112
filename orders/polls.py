"""Where orders are fetched from every minute: when that was tried, when it worked, why it fails."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.models import JobRun
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import Text
from orders.intake.mail import mailbox
from orders.partners.folders import FolderUnreadable, problems, take_from_folders

logger = logging.getLogger(__name__)

MAILBOX, FOLDERS = "orders.poll_mailbox", "orders.watch_edi_folders"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Something that is looked into; `fetch` takes what is there and returns how much it was."""

    key: str
    name: Text
    fetch: Callable[[datetime], int]


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A source with what is known of it; `error` says why the last try failed, or is empty."""

    source: Source
    tried_at: datetime | None = None
    worked_at: datetime | None = None
    error: str = ""

    @property
    def word(self) -> str:
        """The word of the status table for jobs."""
        if self.tried_at is None:
            return "queued"
        return "failed" if self.error else "done"


def sources() -> list[Source]:
    """Return what this installation watches, by its settings."""
    all_of_them = [
        (
            settings.INTAKE_MAILBOX_URL,
            Source(key=MAILBOX, name=gettext_lazy("Mailbox for orders"), fetch=_mailbox),
        ),
        (
            settings.EDI_FOLDER,
            Source(key=FOLDERS, name=gettext_lazy("Trading partners' folders"), fetch=_folders),
        ),
    ]
    return [source for is_set, source in all_of_them if is_set]


def fetch(source: Source, *, at: datetime) -> int:
    """Take what a source has, and note that this was tried and how it went.

    Raises:
        Exception: whatever broke off; it is noted in words, and nothing is lost.
    """
    try:
        count = source.fetch(at)
    except Exception as error:
        _note(source.key, at=at, error=_words(error))
        raise
    _note(source.key, at=at, error="")
    return count


def try_now(source: Source, *, at: datetime) -> tuple[int, str]:
    """Fetch for a person who waits: how much was taken in, or in words why it failed."""
    try:
        return fetch(source, at=at), ""
    except Exception as error:
        logger.exception("%s failed when somebody tried it", source.key)
        return 0, _words(error)


def watched() -> list[Watched]:
    """Return each source with its last try, its last success and what is wrong; two statements
    at most.
    """
    found = sources()
    if not found:
        return []
    runs = JobRun.objects.filter(name__in=[source.key for source in found])
    worked = dict(runs.values_list("name").annotate(last=Max("finished_at")))
    latest = {run.name: run for run in runs.order_by("name", "-started_at", "-pk").distinct("name")}
    return [
        Watched(
            source=source,
            tried_at=latest[source.key].started_at,
            worked_at=worked[source.key],
            error=latest[source.key].error,
        )
        if source.key in latest
        else Watched(source=source)
        for source in found
    ]


def failing() -> list[Watched]:
    """Return the sources of which the last try failed."""
    return [row for row in watched() if row.error]


@service
def _note(key: str, *, at: datetime, error: str) -> None:
    """Note a try: a row a day and source, so that a try every minute leaves no pile."""
    values = {"started_at": at, "error": error} | ({} if error else {"finished_at": at})
    today = JobRun.objects.filter(name=key, for_date=at.date())
    if not today.update(**values):
        JobRun.objects.create(name=key, for_date=at.date(), **values)


def _words(error: Exception) -> str:
    if isinstance(error, DomainError):
        return str(error)
    return _("It broke off (%(kind)s); the server's log says more.") % {
        "kind": type(error).__name__
    }


def _mailbox(at: datetime) -> int:
    actor = Actor.importer("mailbox")
    return len(mailbox.poll(settings.INTAKE_MAILBOX_URL, at=at, actor=actor))


def _folders(at: datetime) -> int:
    count = take_from_folders(at=at)
    found = problems()
    if found:
        raise FolderUnreadable(" ".join(found))
    return count
