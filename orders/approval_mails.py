"""Mails about approvals: to those who may decide, and back to who asked."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from o2c.kernel import mail
from o2c.kernel.models import User
from orders.models import OrderApproval

State = OrderApproval.State
# The approvers of a large house need not all be told.
MOST_TOLD = 20


def tell_approvers(approval_id: int) -> None:
    """Tell everybody who may decide that an order waits; not when it has been decided meanwhile."""
    approval = _approval(approval_id)
    if approval.state != State.ASKED:
        return
    for person in approvers_of(approval.permissions, apart_from=approval.asked_by_id)[:MOST_TOLD]:
        mail.send(
            "orders/mail/approval_asked",
            to=person.email,
            subject=_("%(order)s waits for your approval") % {"order": approval.order},
            key=f"orderapproval-{approval.pk}-asked-{person.pk}",
            language=settings.LANGUAGE_CODE,
            context={
                "approval": approval,
                "order": approval.order,
                "asked_by": approval.asked_by,
            },
        )


def tell_who_asked(approval_id: int) -> None:
    """Tell who asked how it was decided."""
    approval = _approval(approval_id)
    if approval.asked_by is None or approval.state not in {State.APPROVED, State.REFUSED}:
        return
    mail.send(
        "orders/mail/approval_decided",
        to=approval.asked_by.email,
        subject=_("%(order)s: %(state)s")
        % {"order": approval.order, "state": approval.get_state_display()},
        key=f"orderapproval-{approval.pk}-decided",
        language=settings.LANGUAGE_CODE,
        context={"approval": approval, "order": approval.order},
    )


def approvers_of(permissions: Iterable[str], *, apart_from: int | None) -> QuerySet[User]:
    """Return who holds every permission that an approval needs, without who asked."""
    people = User.objects.filter(is_active=True).exclude(pk=apart_from or 0)
    for permission in permissions:
        app, _dot, codename = permission.partition(".")
        people = people.filter(
            groups__permissions__codename=codename,
            groups__permissions__content_type__app_label=app,
        )
    return people.distinct().order_by("pk")


def _approval(approval_id: int) -> OrderApproval:
    approvals = OrderApproval.objects.select_related("order__customer", "asked_by", "decided_by")
    return approvals.get(pk=approval_id)
