"""What the orders stage tells people when an order has been decided on."""

from o2c.kernel.actors import Actor
from o2c.kernel.events import Event, after, on
from orders import approval_mails, change_mails, mails, services
from orders.events import (
    ApprovalAsked,
    ApprovalDecided,
    ChangeAsked,
    ChangeDecided,
    LinesCancelled,
    OrderAmended,
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
    OrderSubmitted,
    PromiseMoved,
    QuoteDecided,
    QuoteSent,
)
from orders.models import Order


@on(OrderSubmitted)
def call_off(event: OrderSubmitted) -> None:
    """Count what the order takes of blanket orders, within what was agreed."""
    services.call_off(event.order_id, at=event.at, actor=event.actor)


@on(OrderDeclined)
def give_back(event: OrderDeclined) -> None:
    """Let others call off what a declined order took of blanket orders."""
    services.recount_calls(event.order_id, at=event.at, actor=event.actor)


@on(LinesCancelled)
def give_back_cancelled(event: LinesCancelled) -> None:
    """Let others call off what was cancelled of a call-off."""
    services.recount_calls(event.order_id, at=event.at, actor=event.actor)


@on(OrderAmended)
def recount_amended(event: OrderAmended) -> None:
    """Hold the changed order to what its blanket orders leave."""
    services.recount_calls(event.order_id, at=event.at, actor=event.actor)


@after(OrderReleased)
def acknowledge(event: OrderReleased) -> None:
    """Confirm the order to its buyer, with the day that each line is promised for."""
    mails.acknowledge(event.order_id, at=event.at, actor=_mailer(event))


@after(PromiseMoved)
def tell_moved(event: PromiseMoved) -> None:
    """Send the buyer a changed confirmation: something comes later than they were told."""
    mails.acknowledge(event.order_id, at=event.at, actor=_mailer(event))


@after(OrderAmended)
def acknowledge_change(event: OrderAmended) -> None:
    """Confirm what the order says now; what credit releases only now is told by its release."""
    if event.was_confirmed:
        mails.acknowledge(event.order_id, at=event.at, actor=_mailer(event))


@after(OrderHeld)
def tell_held(event: OrderHeld) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.ON_HOLD, at=event.at)


@after(OrderReferred)
def tell_referred(event: OrderReferred) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.IN_REVIEW, at=event.at)


@after(OrderDeclined)
def tell_declined(event: OrderDeclined) -> None:
    mails.tell_waiting(event.order_id, state=Order.State.DECLINED, at=event.at)


@after(QuoteSent)
def mail_quote(event: QuoteSent) -> None:
    mails.send_quote(event.quote_id, at=event.at)


@after(QuoteDecided)
def tell_quote_decided(event: QuoteDecided) -> None:
    mails.tell_quote_decided(event.quote_id, actor=event.actor)


@after(ChangeAsked)
def tell_change_approvers(event: ChangeAsked) -> None:
    change_mails.tell_approvers(event.amendment_id)


@after(ChangeDecided)
def tell_who_asked_for_change(event: ChangeDecided) -> None:
    change_mails.tell_who_asked(event.amendment_id)


@after(ApprovalAsked)
def tell_approvers(event: ApprovalAsked) -> None:
    approval_mails.tell_approvers(event.approval_id)


@after(ApprovalDecided)
def tell_who_asked(event: ApprovalDecided) -> None:
    approval_mails.tell_who_asked(event.approval_id)


def _mailer(event: Event) -> Actor:
    return Actor.job("orders.acknowledge", on_behalf_of=event.actor.name)
