"""Goods that were lost on the way: nobody pays for them, and their shipment is over."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from shipping.events import ReturnSettled
from shipping.models import DeliveryCase, ProofOfDelivery, Return, ReturnLine, Shipment
from shipping.return_selectors import OPEN, returnable
from shipping.services.cases import end_by_loss
from shipping.services.holding import Held, hold
from shipping.services.returning import NothingToReturn, count_returned

NOTE_LENGTH = 200


class NotLost(DomainError):
    """The shipment of a case cannot be settled as lost."""

    code = "not_lost"


@service
def settle_as_lost(case_id: int, *, note: str = "", at: datetime, actor: Actor) -> Return:
    """Give up a shipment that its carrier has lost: all of it that has not come back.

    It is a return that was settled in one step and of which nothing comes: it counts as returned
    and is accepted whole, so that invoicing credits what is billed of it and never bills the
    rest. Nothing goes to a shelf. The shipment ends as lost, its open cases with it; `note` is
    for us and stands with them and in the audit trail.

    Raises:
        DeliveryCase.DoesNotExist: no such case.
        InvalidInput: the note is too long.
        NotLost: nobody has reported it lost, it was found or settled since, it has arrived or
            its delivery is proved, or a return of it is open.
        NothingToReturn: all of it came back.
    """
    if len(note) > NOTE_LENGTH:
        raise InvalidInput(
            _("Enter %(most)s characters at most.") % {"most": NOTE_LENGTH}, field="note"
        )
    held = hold(DeliveryCase.objects.get(pk=case_id).shipment_id)
    shipment = held.shipment
    cases = lock_many(DeliveryCase, shipment.cases.values_list("pk", flat=True))
    _ensure_lost(shipment, cases[case_id])
    left = returnable({line.pk: line for line in held.lines})
    lost = {key: quantity for key, quantity in left.items() if quantity > 0}
    if not lost:
        raise NothingToReturn(_("All of %(shipment)s came back.") % {"shipment": shipment})
    made = _write(held, lost, at=at, actor=actor)
    shipment.lose()
    audit.save(shipment, at=at, actor=actor, reason=note.strip(), touches=held.labels)
    ended = _("Settled as lost: %(number)s.") % {"number": made.number}
    end_by_loss(shipment, resolution=f"{ended} {note.strip()}".strip(), at=at, actor=actor)
    count_returned(lost, at=at, actor=actor)
    publish(ReturnSettled(return_id=made.pk, at=at, actor=actor))
    return made


def _ensure_lost(shipment: Shipment, case: DeliveryCase) -> None:
    facts = {"shipment": shipment}
    if shipment.state == Shipment.State.LOST:
        raise NotLost(_("%(shipment)s is settled as lost already.") % facts)
    if shipment.delivered_at or ProofOfDelivery.objects.filter(shipment=shipment).exists():
        raise NotLost(_("%(shipment)s has arrived: announce a return of what is missing.") % facts)
    if not may_be_lost(shipment, case):
        raise NotLost(_("%(shipment)s is not reported lost. Report that first.") % facts)
    still_open = Return.objects.filter(state__in=OPEN, lines__shipment_line__shipment=shipment)
    if number := still_open.order_by("pk").values_list("number", flat=True).first():
        raise NotLost(
            _("%(number)s over goods of %(shipment)s is open: settle or refuse it first.")
            % {**facts, "number": number}
        )


def may_be_lost(shipment: Shipment, case: DeliveryCase) -> bool:
    """Say whether a case tells that a shipment is lost, and it was not found since.

    A case that was resolved tells so as long as the shipment stands there as lost.
    """
    lost = Shipment.ExceptionKind.LOST
    stands = case.state == DeliveryCase.State.OPEN or shipment.exception_kind == lost
    return case.kind == lost and stands and shipment.state == Shipment.State.EXCEPTION


def _write(held: Held, lost: Mapping[int, Decimal], *, at: datetime, actor: Actor) -> Return:
    """Write a return that is over: all of it counts as received and is accepted."""
    shipment = held.shipment
    made = Return(
        public_id=public_id("rma"),
        customer_id=shipment.customer_id,
        warehouse_id=shipment.warehouse_id,
        note=_("Lost on the way: %(shipment)s") % {"shipment": shipment.number},
        announced_at=at,
    )
    made.receive(at=at)
    made.inspect()
    made.settle(at=at)
    audit.create(made, at=at, actor=actor, touches=sorted({shipment.label, *held.labels}))
    rows.append(
        [
            rows.make(
                ReturnLine,
                of_id=made.pk,
                shipment_line_id=key,
                reason=ReturnLine.Reason.LOST,
                announced=quantity,
                received=quantity,
                accepted=quantity,
            )
            for key, quantity in lost.items()
        ]
    )
    return made
