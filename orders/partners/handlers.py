"""The conversation with trading partners: all of it leaves the database, so all of it is after."""

from django.utils import timezone

from o2c.kernel.actors import Actor
from o2c.kernel.events import Event, after
from orders.events import (
    LinesCancelled,
    OrderAmended,
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
    PromiseMoved,
)
from orders.models import Amendment, OrderLine
from orders.partners import carrying, receiving, services, transport
from orders.partners.as2 import NotDelivered, Refused
from orders.partners.events import DocumentRejected, FileReceived, MessageQueued

# What was done to a line: X12 code list 670.
ADDED, CHANGED = "AI", "CA"


@after(FileReceived)
def read_partner_file(event: FileReceived) -> None:
    receiving.take_received(
        event.file_id,
        partner_id=event.partner_id,
        name=event.name,
        at=event.at,
        actor=event.actor,
    )


@after(MessageQueued)
def carry_message(event: MessageQueued) -> None:
    """Bring a message to its partner, one worker at a time; a failure is shown, and tried again.

    Raises:
        OnItsWay: somebody else is bringing it; this one looks again later.
    """
    message = carrying.claim(event.message_id, at=timezone.now())
    if message is None:
        return
    actor = _clerk(event)
    try:
        is_carried = transport.carry(message)
    except NotDelivered as error:
        carrying.note_failed(message.pk, error=str(error), at=event.at, actor=actor)
        raise
    except Refused as error:
        carrying.note_refused(message.pk, error=str(error), at=event.at, actor=actor)
        return
    if is_carried:
        carrying.note_sent(message.pk, at=event.at, actor=actor)
    else:
        carrying.let_go(message.pk)


@after(OrderReleased)
def answer_released(event: OrderReleased) -> None:
    _answer(event, event.order_id)


@after(OrderHeld)
def answer_held(event: OrderHeld) -> None:
    _answer(event, event.order_id)


@after(OrderReferred)
def answer_referred(event: OrderReferred) -> None:
    _answer(event, event.order_id)


@after(OrderDeclined)
def answer_declined(event: OrderDeclined) -> None:
    _answer(event, event.order_id)


@after(PromiseMoved)
def answer_moved(event: PromiseMoved) -> None:
    """Tell the partner the new days: it is we who change them."""
    _tell(event, event.order_id, dict.fromkeys(event.line_ids, CHANGED))


@after(OrderAmended)
def tell_partner_amended(event: OrderAmended) -> None:
    """Tell the partner what our own people have changed."""
    amendment = Amendment.objects.get(pk=event.amendment_id)
    rows = amendment.effects["lines"]
    new = {row["position"] for row in rows if row["before"] is None}
    positions = OrderLine.objects.filter(pk__in=event.line_ids).values_list("pk", "position")
    actions = {key: ADDED if position in new else CHANGED for key, position in positions}
    _tell(event, event.order_id, actions, reason=amendment.reason)


@after(LinesCancelled)
def tell_partner_cancelled(event: LinesCancelled) -> None:
    """Tell the partner what they will not get."""
    _tell(event, event.order_id, dict.fromkeys(event.line_ids, CHANGED))


@after(DocumentRejected)
def answer_rejected(event: DocumentRejected) -> None:
    services.answer_rejected(event.document_id, at=event.at, actor=_clerk(event))


def _answer(event: Event, order_id: int) -> None:
    source = f"order:{order_id}:{type(event).__name__}:{event.at.isoformat()}"
    services.answer_released(order_id, source=source, at=event.at, actor=_clerk(event))


def _tell(event: Event, order_id: int, actions: dict[int, str], *, reason: str = "") -> None:
    services.tell_own_change(
        order_id,
        actions=actions,
        reason=reason,
        source=f"order:{order_id}:{type(event).__name__}:{event.at.isoformat()}",
        at=event.at,
        actor=_clerk(event),
    )


def _clerk(event: Event) -> Actor:
    return Actor.job("orders.partners", on_behalf_of=event.actor.name)
