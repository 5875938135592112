"""What was said with a customer, and what is to be done."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from customers.models import Activity, Contact, Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.models import User
from o2c.kernel.transactions import service

LONGEST_TEXT = 4000
Kind = Activity.Kind


class NoTask(DomainError):
    """Only tasks are done."""

    code = "no_task"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """What is to be remembered. Of a task: what to do, by which day, and who does it.

    `happened_at` None: now. `contact_id`: with whom it was.
    """

    kind: str
    text: str
    contact_id: int | None = None
    happened_at: datetime | None = None
    due_on: date | None = None
    assignee_id: int | None = None


@service
def add_activity(customer_id: int, *, happening: Happening, at: datetime, actor: Actor) -> Activity:
    """Remember something about a customer, or give somebody a task.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: something is missing or cannot be; `field` names it.
    """
    customer = lock(Customer, customer_id)
    _check(happening, customer, at=at)
    activity = Activity(
        customer=customer,
        kind=happening.kind,
        text=happening.text.strip(),
        contact_id=happening.contact_id,
        at=happening.happened_at or at,
        author=actor.name,
        due_on=happening.due_on,
        assignee_id=happening.assignee_id,
    )
    return audit.create(activity, at=at, actor=actor, touches=[customer.label])


@service
def change_activity(
    activity_id: int, *, happening: Happening, seen: str = "", at: datetime, actor: Actor
) -> Activity:
    """Correct what was noted, or move a task to another day or person; its kind stays.

    Raises:
        Activity.DoesNotExist: no such activity.
        ChangedMeanwhile: somebody else has changed it since it was looked at.
        InvalidInput: something is missing or cannot be; `field` names it.
    """
    customer, activity = _locked(activity_id)
    refuse_if_changed(activity, seen=seen)
    _check(happening, customer, at=at)
    activity.text = happening.text.strip()
    activity.contact_id = happening.contact_id
    activity.at = happening.happened_at or activity.at
    activity.due_on, activity.assignee_id = happening.due_on, happening.assignee_id
    return audit.save(activity, at=at, actor=actor, touches=[customer.label])


@service
def finish_task(activity_id: int, *, at: datetime, actor: Actor) -> Activity:
    """Note that a task is done; doing so again changes nothing.

    Raises:
        Activity.DoesNotExist: no such activity.
        NoTask: it is a note, a call or a meeting.
    """
    customer, activity = _locked(activity_id)
    if activity.kind != Kind.TASK:
        raise NoTask(_("Only tasks are done; this is a %(kind)s.") % {"kind": activity.kind})
    activity.done_at = activity.done_at or at
    return audit.save(activity, at=at, actor=actor, touches=[customer.label])


@service
def reopen_task(activity_id: int, *, at: datetime, actor: Actor) -> Activity:
    """Put a task back on the list of who has to do it.

    Raises:
        Activity.DoesNotExist: no such activity.
    """
    customer, activity = _locked(activity_id)
    activity.done_at = None
    return audit.save(activity, at=at, actor=actor, touches=[customer.label])


def _check(happening: Happening, customer: Customer, *, at: datetime) -> None:
    text = happening.text.strip()
    if not text or len(text) > LONGEST_TEXT:
        message = _("Say what it was, in %(most)s characters at most.") % {"most": LONGEST_TEXT}
        raise InvalidInput(message, field="text")
    if happening.kind not in Kind.values:
        raise InvalidInput(_("Choose note, call, meeting or task."), field="kind")
    if happening.happened_at is not None and happening.happened_at > at:
        raise InvalidInput(_("This is still to come: make it a task."), field="happened_at")
    contacts = Contact.objects.filter(pk=happening.contact_id or 0, customer=customer)
    if happening.contact_id is not None and not contacts.exists():
        raise InvalidInput(_("This contact is not of this customer."), field="contact")
    _check_task(happening)


def _check_task(happening: Happening) -> None:
    is_task = happening.kind == Kind.TASK
    if is_task and happening.due_on is None:
        raise InvalidInput(_("By which day is it to be done?"), field="due_on")
    people = User.objects.filter(pk=happening.assignee_id or 0, is_active=True, customer_user=None)
    if is_task and (happening.assignee_id is None or not people.exists()):
        raise InvalidInput(_("Who is to do it? Choose one of us."), field="assignee")
    if not is_task and (happening.due_on or happening.assignee_id):
        message = _("Only a task has a due day and somebody who does it.")
        raise InvalidInput(message, field="due_on")


def _locked(activity_id: int) -> tuple[Customer, Activity]:
    """Lock the customer, and read the activity only then: nobody else can change it."""
    owner = Activity.objects.values_list("customer_id", flat=True).get(pk=activity_id)
    customer = lock(Customer, owner)
    return customer, Activity.objects.get(pk=activity_id)
