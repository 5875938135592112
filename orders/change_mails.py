"""Mails about changes that need approval: to those who may decide, and back to who asked."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from o2c.kernel import mail
from orders.approval_mails import MOST_TOLD, approvers_of
from orders.models import Amendment

State = Amendment.State


def tell_approvers(amendment_id: int) -> None:
    """Tell everybody who may decide that a change waits; not when that is over meanwhile."""
    amendment = _amendment(amendment_id)
    if amendment.state != State.ASKED:
        return
    for person in approvers_of(amendment.permissions, apart_from=amendment.asker_id)[:MOST_TOLD]:
        mail.send(
            "orders/mail/change_asked",
            to=person.email,
            subject=_("%(change)s waits for your approval") % {"change": amendment},
            key=f"amendment-{amendment.pk}-asked-{person.pk}",
            language=settings.LANGUAGE_CODE,
            context={"amendment": amendment, "order": amendment.order},
        )


def tell_who_asked(amendment_id: int) -> None:
    """Tell who asked how it was decided."""
    amendment = _amendment(amendment_id)
    if amendment.asker is None or amendment.state not in {State.APPLIED, State.REFUSED}:
        return
    mail.send(
        "orders/mail/change_decided",
        to=amendment.asker.email,
        subject=_("%(change)s: %(state)s")
        % {"change": amendment, "state": amendment.get_state_display()},
        key=f"amendment-{amendment.pk}-decided",
        language=settings.LANGUAGE_CODE,
        context={"amendment": amendment, "order": amendment.order},
    )


def _amendment(amendment_id: int) -> Amendment:
    related = Amendment.objects.select_related("order__customer", "asker", "decided_by")
    return related.get(pk=amendment_id)
