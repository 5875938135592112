"""Entering orders: as drafts, or handed over to credit control at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import adopt, lock
from o2c.kernel.numbering import public_id
from o2c.kernel.transactions import service
from orders import validation
from orders.models import Channel, Order
from orders.rules import Facts, Stated
from orders.services.approving import ask_approval
from orders.services.facts import Entered, NewLine, facts_of
from orders.services.findings import keep_findings
from orders.services.locking import lines_of, lock_order
from orders.services.needs import asked_of, needs_of
from orders.services.rows import insert_lines, rows_of, set_totals
from orders.services.submitting import hand_over

NOTHING_STATED = Stated()


@service
def create_order(  # noqa: PLR0913  what an order is made of
    *,
    customer_id: int,
    lines: Sequence[NewLine],
    channel: str,
    requested_on: date,
    ship_to_id: int | None = None,
    customer_po: str = "",
    owner_id: int | None = None,
    note: str = "",
    stated: Stated = NOTHING_STATED,
    at: datetime,
    actor: Actor,
) -> Order:
    """Write a draft, priced and taxed as it would be invoiced, with what the rules find on it.

    Raises:
        Customer.DoesNotExist: no such customer.
        OrderInvalid: something that not even a draft can hold.
    """
    entered = Entered(
        lines=lines,
        requested_on=requested_on,
        ship_to_id=ship_to_id,
        customer_po=customer_po,
        note=note,
        stated=stated,
    )
    facts = facts_of(lock(Customer, customer_id), entered, at=at)
    validation.check_storable(facts, channel=channel)

    order = _new_order(facts, channel=channel, owner_id=owner_id, note=note, at=at)
    _insert(order, facts, at=at, actor=actor)
    keep_findings(order, validation.findings_of(facts), at=at)
    return order


@service
def place_order(  # noqa: PLR0913  what an order is made of
    *,
    customer_id: int,
    lines: Sequence[NewLine],
    channel: str,
    requested_on: date,
    ship_to_id: int | None = None,
    customer_po: str = "",
    owner_id: int | None = None,
    note: str = "",
    payment_terms_id: int | None = None,
    incoterm: str | None = None,
    freight_terms: str = "",
    stated: Stated = NOTHING_STATED,
    at: datetime,
    actor: Actor,
) -> Order:
    """Enter an order and hand it over to credit control in one step.

    An order that needs a second person's approval stays a draft and asks for it, unless the
    customer has placed it with their own hands.
    It is paid by the customer's own terms unless others were agreed; freight and delivery too.

    Raises:
        Customer.DoesNotExist: no such customer.
        OrderInvalid: with all blocking findings; nothing is kept.
    """
    entered = Entered(
        lines=lines,
        requested_on=requested_on,
        ship_to_id=ship_to_id,
        customer_po=customer_po,
        note=note,
        stated=stated,
    )
    facts = facts_of(lock(Customer, customer_id), entered, at=at)
    head = Head(
        channel=channel,
        owner_id=owner_id,
        note=note,
        payment_terms_id=payment_terms_id,
        incoterm=incoterm,
        freight_terms=freight_terms,
    )
    return place(facts, head, at=at, actor=actor)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What an order says besides what the rules look at; without terms, the customer's hold."""

    channel: str
    owner_id: int | None = None
    note: str = ""
    payment_terms_id: int | None = None
    # Empty: delivered by none; null: by the customer's.
    incoterm: str | None = None
    freight_terms: str = ""


def place(facts: Facts, head: Head, *, at: datetime, actor: Actor) -> Order:
    """Make an order of facts about a locked customer, and hand it over to credit control.

    Raises:
        OrderInvalid: with all blocking findings; nothing has been written.
    """
    warnings = validation.check(facts, channel=head.channel)
    asked = asked_of(facts, channel=head.channel)
    needs = needs_of(asked, facts.house.thresholds)

    order = _new_order(facts, channel=head.channel, owner_id=head.owner_id, note=head.note, at=at)
    order.payment_terms_id = head.payment_terms_id or facts.customer.payment_terms_id
    if head.incoterm is not None:
        order.incoterm = head.incoterm
    order.freight_terms = head.freight_terms or facts.customer.freight_terms
    if not needs:
        order.submit(at=at)
    _insert(order, facts, at=at, actor=actor)
    keep_findings(order, warnings, at=at)
    if needs:
        ask_approval(order, asked, needs, at=at, actor=actor)
        return order
    _note_submitted(order, at=at, actor=actor)
    return hand_over(order, at=at, actor=actor)


def _note_submitted(order: Order, *, at: datetime, actor: Actor) -> None:
    """Record the step that the order took before it was inserted."""
    audit.record(
        order.label,
        "to submitted",
        at=at,
        actor=actor,
        changes={"state": (Order.State.DRAFT.value, order.state)},
        touches=[order.customer.label],
    )


@service
def order_again(
    order_id: int,
    *,
    only: Mapping[int, Decimal] | None = None,
    requested_on: date,
    owner_id: int | None,
    at: datetime,
    actor: Actor,
) -> Order:
    """Write a new draft with the lines of an old order at today's prices, naming the old one.

    `only`: so much of which positions; without it all that was ordered.
    Products that are sold no more come along: the draft says so when it is submitted. It is a
    draft of our own people, however the old order came: no customer sees it before then.

    Raises:
        InvalidInput: the old order has no such line, or the quantity is none.
    """
    old = lock_order(order_id)
    lines = _lines_again(old, only)
    order = create_order(
        customer_id=old.customer_id,
        lines=lines,
        channel=Channel.REP,
        requested_on=requested_on,
        ship_to_id=old.ship_to_id,
        owner_id=owner_id,
        note=_("As %(number)s.") % {"number": old.number},
        at=at,
        actor=actor,
    )
    audit.record(order.label, "repeat", at=at, actor=actor, touches=[old.label])
    return order


def _lines_again(old: Order, only: Mapping[int, Decimal] | None) -> list[NewLine]:
    lines = {line.position: line for line in lines_of(old).values()}
    if only is None:
        return [NewLine(line.product_id, line.ordered) for line in lines.values()]
    if not only or not set(only) <= set(lines):
        raise InvalidInput(_("%(number)s has no such line.") % {"number": old.number})
    return [NewLine(lines[position].product_id, only[position]) for position in sorted(only)]


def _new_order(
    facts: Facts, *, channel: str, owner_id: int | None, note: str, at: datetime
) -> Order:
    return Order(
        public_id=public_id("ord"),
        customer=facts.customer,
        ship_to=facts.ship_to,
        channel=channel,
        customer_po=facts.customer_po,
        currency=facts.customer.currency,
        payment_terms_id=facts.customer.payment_terms_id,
        incoterm=facts.customer.incoterm,
        freight_terms=facts.customer.freight_terms,
        requested_on=facts.requested_on,
        owner_id=owner_id,
        note=note,
        created_at=at,
    )


def _insert(order: Order, facts: Facts, *, at: datetime, actor: Actor) -> Order:
    """Write the order and its lines: two statements, however many lines there are."""
    lines = rows_of(facts)
    set_totals(order, lines)
    audit.create(order, at=at, actor=actor, touches=[order.customer.label])
    adopt(order)
    insert_lines(order, lines)
    return order
