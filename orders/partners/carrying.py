"""A message on its way to the partner: who brings it, and how that ended."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from orders.models import PartnerMessage

ERROR_LENGTH = 300
State = PartnerMessage.State
# Longer than any way to a partner takes; shorter than the outbox waits before it tries again.
LEASE = settings.OUTBOX_LEASE - timedelta(minutes=1)


class OnItsWay(DomainError):
    """Somebody else is bringing the message to its partner right now."""

    code = "on_its_way"


@service
def claim(message_id: int, *, at: datetime) -> PartnerMessage | None:
    """Take a message to carry it; nobody else may until it is noted how that ended, or `LEASE`.

    None: it has left already. `at` is the machine's time, whatever day is played.

    Raises:
        OnItsWay: somebody else has it.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lte=at)
    waiting = PartnerMessage.objects.filter(pk=message_id).exclude(state=State.SENT)
    is_mine = waiting.filter(free).update(claimed_until=at + LEASE)
    message = PartnerMessage.objects.select_related("partner", "file").get(pk=message_id)
    if message.state == State.SENT:
        return None
    if not is_mine:
        raise OnItsWay(_("%(message)s is on its way already.") % {"message": message})
    return message


@service
def let_go(message_id: int) -> None:
    """Give a message back that has no way to its partner: it waits for a person."""
    PartnerMessage.objects.filter(pk=message_id).update(claimed_until=None)


@service
def note_sent(message_id: int, *, at: datetime, actor: Actor) -> None:
    """Note that the message has left; not twice."""
    message = lock(PartnerMessage, message_id)
    if message.state != PartnerMessage.State.SENT:
        message.send(at=at)
        audit.save(message, at=at, actor=actor)


@service
def note_failed(message_id: int, *, error: str, at: datetime, actor: Actor) -> None:
    """Note why it could not leave; it is tried again by itself."""
    message = lock(PartnerMessage, message_id)
    if message.state != PartnerMessage.State.SENT:
        message.fail(error=error[:ERROR_LENGTH])
        audit.save(message, at=at, actor=actor)


@service
def note_refused(message_id: int, *, error: str, at: datetime, actor: Actor) -> None:
    """Note that the partner will not read it; not when they have acknowledged it before.

    What was sent a second time, because nobody knew how the first ended, is refused as a repeat.
    """
    message = lock(PartnerMessage, message_id)
    if message.verdict == PartnerMessage.Verdict.ACCEPTED:
        note_sent(message_id, at=at, actor=actor)
    else:
        note_failed(message_id, error=error, at=at, actor=actor)


@service
def note_verdict(
    partner_id: int, control: str, *, verdict: str, at: datetime, actor: Actor
) -> bool:
    """Note that the partner's 997 or CONTRL took or refused a message; False: we sent none such."""
    found = PartnerMessage.objects.filter(partner=partner_id, control=control).first()
    if found is None:
        return False
    message = lock(PartnerMessage, found.pk)
    message.verdict, message.answered_at = verdict, at
    audit.save(message, at=at, actor=actor)
    return True
