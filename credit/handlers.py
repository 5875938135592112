"""How credit reacts to what other stages announce, and whom it tells."""

from datetime import datetime

from credit import bureau, mails, services, tellings
from credit.events import (
    ApplicationDecided,
    ApplicationReferred,
    BureauAsked,
    CaseNearlyLate,
    DocumentsAsked,
    DocumentsReceived,
    GroupRoomMade,
    HoldPlaced,
    HoldReleased,
    OrderCreditDecided,
    OrderNear,
    PrepaymentTakenBack,
    ProposalAnswered,
    ProposalMade,
    RoomMade,
)
from credit.selectors.bureau import subject_to_ask
from customers.events import ParentChosen
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.events import after, on
from orders.events import (
    LinesCancelled,
    OrderAmended,
    OrderDeclined,
    OrderHeld,
    OrderReleased,
    OrdersExpected,
    OrderSubmitted,
)


@on(ParentChosen)
def keep_to_one_currency(event: ParentChosen) -> None:
    services.ensure_one_currency(event.customer_id)


@on(OrdersExpected)
def read_accounts(event: OrdersExpected) -> None:
    services.read_accounts(event.customer_ids, at=event.at)


@on(OrderSubmitted)
def review(event: OrderSubmitted) -> None:
    services.review_order(event.order_id, at=event.at, actor=event.actor)


@on(OrderReleased)
def count_exposure(event: OrderReleased) -> None:
    services.count_order(event.order_id, at=event.at)


@on(OrderHeld)
def give_back_exposure(event: OrderHeld) -> None:
    if event.was_released:
        services.follow_order(event.order_id, at=event.at)
        services.hold_suspended(event.order_id, at=event.at, actor=event.actor)


@on(LinesCancelled)
def lower_exposure(event: LinesCancelled) -> None:
    services.follow_order(event.order_id, at=event.at)
    services.lapse_proposals(event.order_id, at=event.at, actor=event.actor)
    if event.order_cancelled:
        services.end_order_holds(event.order_id, at=event.at, actor=event.actor)
        services.withdraw_unneeded(event.order_id, at=event.at, actor=event.actor)


@on(OrderDeclined)
def end_holds_of_declined(event: OrderDeclined) -> None:
    services.end_order_holds(event.order_id, at=event.at, actor=event.actor)


@on(OrderAmended)
def check_amended(event: OrderAmended) -> None:
    services.lapse_proposals(event.order_id, at=event.at, actor=event.actor)
    services.follow_amendment(
        event.order_id, was_confirmed=event.was_confirmed, at=event.at, actor=event.actor
    )


@after(OrderAmended)
def use_limit_of_amended(event: OrderAmended) -> None:
    """Let waiting orders go on when the change has left room for them."""
    if event.is_less:
        actor = Actor.job("credit.use_limit_of_amended", on_behalf_of=event.actor.name)
        services.recheck_after(event.order_id, at=clock.now(), actor=actor)


@after(LinesCancelled)
def use_freed_limit(event: LinesCancelled) -> None:
    """Let waiting orders go on in a step of their own: this one may hold stock already."""
    actor = Actor.job("credit.use_freed_limit", on_behalf_of=event.actor.name)
    services.recheck_after(event.order_id, at=clock.now(), actor=actor)


@after(RoomMade)
def look_at_waiting(event: RoomMade) -> None:
    """Let waiting orders go on as far as there is room now."""
    actor = Actor.job("credit.look_at_waiting", on_behalf_of=event.actor.name)
    services.recheck_waiting(event.customer_id, at=clock.now(), actor=actor)


@after(OrderNear)
def count_near(event: OrderNear) -> None:
    """Check and count an order whose day has come near."""
    actor = Actor.job("credit.count_near", on_behalf_of=event.actor.name)
    services.count_in(event.order_id, at=clock.now(), actor=actor)


@after(GroupRoomMade)
def look_at_group(event: GroupRoomMade) -> None:
    """Let waiting orders of a group's members go on, each member in a step of its own."""
    actor = Actor.job("credit.look_at_group", on_behalf_of=event.actor.name)
    services.recheck_group(event.parent_id, at=clock.now(), actor=actor)


@after(ApplicationReferred)
def tell_analysts(event: ApplicationReferred) -> None:
    tellings.tell_of_application(event.application_id, at=event.at)


@after(OrderHeld)
def tell_analysts_of_order(event: OrderHeld) -> None:
    tellings.tell_of_held_order(event.order_id, at=event.at)


@after(DocumentsReceived)
def tell_documents_are_here(event: DocumentsReceived) -> None:
    tellings.tell_of_documents(event.application_id, at=event.at)


@after(CaseNearlyLate)
def warn_analysts(event: CaseNearlyLate) -> None:
    """Mail who works the queue; the notice was written with the event."""
    tellings.tell_nearly_late(event.number, answer_by=datetime.fromisoformat(event.answer_by))


@after(ProposalMade)
def tell_signers(event: ProposalMade) -> None:
    tellings.tell_signers(event.proposal_id, at=event.at)


@after(ProposalAnswered)
def tell_proposer(event: ProposalAnswered) -> None:
    tellings.tell_proposer(event.proposal_id, at=event.at)


@after(OrderCreditDecided)
def tell_rep_of_order(event: OrderCreditDecided) -> None:
    tellings.tell_rep_of_order(event.order_id, outcome=event.outcome, at=event.at)
    mails.tell_rep_of_order(event.order_id, outcome=event.outcome, rest_id=event.rest_id)


@after(ApplicationDecided)
def tell_sales_rep(event: ApplicationDecided) -> None:
    tellings.tell_rep_decided(event.application_id, at=event.at)
    mails.tell_sales_rep(event.application_id)


@after(ApplicationDecided)
def answer_customer(event: ApplicationDecided) -> None:
    mails.tell_customer_decided(event.application_id)


@after(DocumentsAsked)
def ask_customer(event: DocumentsAsked) -> None:
    mails.ask_for_documents(event.application_id, asked_at=event.at)


@after(HoldPlaced)
def tell_customer(event: HoldPlaced) -> None:
    mails.tell_held(event.hold_id)


@after(HoldReleased)
def tell_customer_it_ended(event: HoldReleased) -> None:
    mails.tell_hold_ended(event.hold_id)


@after(BureauAsked)
def ask_bureau(event: BureauAsked) -> None:
    """Ask outside of any step, then keep the answer and judge again in one."""
    subject = subject_to_ask(event.application_id, since=event.at)
    if subject is None:
        return
    answer = bureau.ask(subject, today=local_date(clock.now(), the_company()))
    services.record_bureau_answer(
        event.application_id,
        answer=answer,
        since=event.at,
        person_id=event.person_id,
        at=clock.now(),
        actor=Actor.job("credit.ask_bureau", on_behalf_of=event.actor.name),
    )


@after(PrepaymentTakenBack)
def tell_of_lost_prepayment(event: PrepaymentTakenBack) -> None:
    tellings.tell_of_lost_prepayment(event.order_id, at=event.at)
