"""Why a task comes now, in a few words with a tone; and where its one action leads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfillment.models import PickList
from o2c.kernel.ui.dates import clock_time, day, duration
from o2c.kernel.ui.figures import Text
from reporting.links import May, first_link, link, page_of
from reporting.selectors.worklists import Moment, Task
from reporting.today.worklists import WORKLISTS, Worklist
from shipping.models import Shipment

BY_KEY = {worklist.key: worklist for worklist in WORKLISTS}
# What is done with the document, before its number or its party.
WHAT: dict[str, Text] = {
    "tasks": gettext_lazy("%s"),
    "drafts": gettext_lazy("Finish draft %s"),
    "quotes": gettext_lazy("Follow up %s"),
    "findings": gettext_lazy("Look at %s"),
    "pricing": gettext_lazy("Check the prices of %s"),
    "creditfindings": gettext_lazy("Look at %s"),
    "masterdata": gettext_lazy("Mend the data for %s"),
    "approvals": gettext_lazy("Approve %s"),
    "largeapprovals": gettext_lazy("Approve %s"),
    "intake": gettext_lazy("Review %s"),
    "credit": gettext_lazy("Decide credit %s"),
    "holds": gettext_lazy("Clear the hold of %s"),
    "ready": gettext_lazy("Release %s to the floor"),
    "picking": gettext_lazy("Pick %s"),
    "shortages": gettext_lazy("Find stock of %s"),
    "counts": gettext_lazy("Count %s"),
    "label": gettext_lazy("Label %s"),
    "load": gettext_lazy("Load %s"),
    "exceptions": gettext_lazy("Resolve %s"),
    "billing": gettext_lazy("Mend the invoice for %s"),
    "unsent": gettext_lazy("Deliver %s"),
    "reviews": gettext_lazy("Review %s"),
    "disputes": gettext_lazy("Answer the dispute of %s"),
    "overdue": gettext_lazy("Call %s"),
    "cash": gettext_lazy("Apply %s"),
    "dunning": gettext_lazy("Send the letter to %s"),
}
# Lists whose tasks are known by the customer, not by a number of their own.
BY_PARTY = {"billing", "overdue", "dunning"}
# Lists whose note is a sentence that says why.
TOLD = {
    "drafts",
    "findings",
    "pricing",
    "creditfindings",
    "masterdata",
    "approvals",
    "largeapprovals",
    "credit",
    "holds",
    "counts",
    "billing",
    "unsent",
    "disputes",
}
NOTE_LENGTH = 44
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Next:
    """One row of "Do next"."""

    task: Task
    what: str
    detail: str
    why: str | SafeString
    tone: str
    is_late: bool
    action: Text
    href: str


def next_of(task: Task, moment: Moment, *, may: May) -> Next:
    worklist = BY_KEY[task.list]
    why, tone = reason_of(task, moment)
    is_named_by_party = task.list in BY_PARTY
    return Next(
        task=task,
        what=str(_what(task)) % (task.party if is_named_by_party else task.number),
        detail=_detail(task, is_named_by_party=is_named_by_party),
        why=why,
        tone=tone,
        is_late=task.due is not None and task.due < moment.now,
        action=_action(task, worklist),
        href=first_link(_page(task, may), queue_of(worklist)),
    )


def queue_of(worklist: Worklist) -> str:
    """Return the address of a worklist's own page; nothing while there is none."""
    address = link(worklist.url_name)
    return f"{address}{worklist.query}" if address else ""


def reason_of(task: Task, moment: Moment) -> tuple[str | SafeString, str]:
    """Return why the task comes now, and the tone of it."""
    special = {
        "overdue": _overdue,
        "load": _pickup,
        "label": _pickup,
        "exceptions": _exception,
        "cash": _cash,
        "dunning": _letter,
    }.get(task.list)
    if special:
        return special(task, moment)
    if task.due and task.due < moment.now:
        return _late(task.due, moment), "bad"
    if task.list in TOLD and task.note:
        return _short(task.note), "warn" if task.list != "drafts" else ""
    if task.due and task.due < moment.parameters["tomorrow"] + DAY:
        return format_html(_("wanted {}"), day(task.due)), "warn"
    return _("waiting %(time)s") % {"time": duration(moment.now - task.since)}, ""


def _short(note: str) -> str:
    """Return the first sentence, or of a long one what stands before its colon."""
    sentence = note.partition(". ")[0]
    if len(sentence) > NOTE_LENGTH:
        sentence = sentence.partition(": ")[0]
    return Truncator(sentence).chars(NOTE_LENGTH)


def _late(due: datetime, moment: Moment) -> str:
    return _("%(time)s late") % {"time": duration(moment.now - due)}


def _overdue(task: Task, moment: Moment) -> tuple[str, str]:
    days = (moment.now - task.since).days
    words = ngettext(
        "%(days)s day overdue, invoices: %(count)s",
        "%(days)s days overdue, invoices: %(count)s",
        days,
    )
    return words % {"days": days, "count": task.note}, "bad"


def _pickup(task: Task, moment: Moment) -> tuple[str | SafeString, str]:
    if task.due is None:
        return _("no pickup planned"), "warn"
    if task.due < moment.now:
        return _("missed its pickup, %(late)s") % {"late": _late(task.due, moment)}, "bad"
    if task.due < moment.parameters["tomorrow"]:
        return format_html(_("truck leaves at {}"), clock_time(task.due)), "warn"
    return format_html(_("truck leaves {}"), day(task.due, "weekday")), ""


def _exception(task: Task, moment: Moment) -> tuple[str, str]:
    return str(Shipment.ExceptionKind(task.note).label), "bad"


def _cash(task: Task, moment: Moment) -> tuple[str, str]:
    if task.note == "unidentified":
        return _("payer unknown"), "bad"
    return _("not applied yet, may free a hold"), "go"


def _letter(task: Task, moment: Moment) -> tuple[str, str]:
    return _("ready to send: %(letter)s") % {"letter": task.number}, ""


def _detail(task: Task, *, is_named_by_party: bool) -> str:
    if not is_named_by_party:
        return task.party
    return task.number if task.list == "overdue" else ""


def _what(task: Task) -> Text:
    return gettext_lazy("Pack %s") if _is_picked(task) else WHAT[task.list]


def _action(task: Task, worklist: Worklist) -> Text:
    return gettext_lazy("Pack") if _is_picked(task) else worklist.action


def _is_picked(task: Task) -> bool:
    return task.list == "picking" and task.note == PickList.State.PICKED


def _page(task: Task, may: May) -> str:
    """Return the document's own page, where the task is done."""
    pages = {
        "tasks": ("customer", task.customer),
        "drafts": ("order", task.number),
        "quotes": ("quote", task.number),
        "holds": ("order", task.number),
        "ready": ("order", task.number),
        "shortages": ("order", task.note),
        "intake": ("intakedocument", task.id),
        "credit": ("credit_case", task.number),
        "picking": ("picklist", task.number),
        "label": ("shipment", task.number),
        "load": ("shipment", task.number),
        "exceptions": ("shipment", task.number),
        "billing": ("invoice", task.number),
        "unsent": ("invoice", task.number),
        "overdue": ("late_customer", task.id),
        "cash": ("receipt", task.number),
        "dunning": ("dunningnotice", task.id),
    }
    return page_of(*pages[task.list], may=may) if task.list in pages else ""
