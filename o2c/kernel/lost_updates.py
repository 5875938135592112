"""Two people who edit one thing: the second is told, and the first one's work stays.

A form keeps the mark of the row that it showed; the service, holding the row's lock, compares.
"""

import hashlib

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from o2c.kernel.audited import Audited, label_of
from o2c.kernel.errors import DomainError
from o2c.kernel.models import AuditEntry


class ChangedMeanwhile(DomainError):
    """Somebody else has changed it since it was looked at."""

    code = "changed_meanwhile"


def mark_of(row: Audited) -> str:
    """Return a mark of what the database holds of a row, as it was read.

    What a model names in `FOLLOWS` is left out: words that follow figures kept elsewhere.
    """
    follows: frozenset[str] = getattr(row, "FOLLOWS", frozenset())
    names = sorted({field.attname for field in row._meta.concrete_fields} - follows)
    values = repr([(name, getattr(row, name)) for name in names])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def refuse_if_changed(row: Audited, *, seen: str) -> None:
    """Refuse to write over changes that the writer has not seen; call it with the row locked.

    `seen` is the row's mark when it was shown; empty: the caller has looked at nothing.

    Raises:
        ChangedMeanwhile: it is another by now; the message says who changed what, and when.
    """
    if not seen or seen == mark_of(row):
        return
    label = label_of(row)
    entries = AuditEntry.objects.filter(objects_touched__contains=[label], subject=label)
    last = entries.order_by("-pk").first()
    if last is None:
        message = _("It was changed meanwhile. Nothing of yours is saved; open it again.")
        raise ChangedMeanwhile(message)
    names = ", ".join(name.removesuffix("_id").replace("_", " ") for name in sorted(last.changes))
    raise ChangedMeanwhile(
        _(
            "%(who)s has changed it on %(when)s (%(what)s). Nothing of yours is saved and nothing "
            "of theirs is lost: open it again and enter what still applies."
        )
        % {
            "who": last.actor_name,
            "when": date_format(localtime(last.at), "j M Y H:i"),
            "what": names or last.action,
        }
    )
