"""Blanket orders: agreed, called off by normal orders, over when the time is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import adopt, lock, lock_many, lock_with
from o2c.kernel.numbering import public_id
from o2c.kernel.transactions import service
from orders.models import BlanketLine, BlanketOrder, Channel, Order
from orders.selectors import today_of
from orders.services.blanket_checks import Agreed, BlanketInvalid, blanket_lines_of
from orders.services.entry import place_order
from orders.services.facts import NewLine
from orders.services.offer_approval import ensure_approved

State = BlanketOrder.State
# Blanket orders whose last day is over where the customer is, when the company's day begins.
OVER = """
SELECT b.id, b.customer_id FROM orders_blanketorder AS b
  JOIN customers_customer AS c ON c.id = b.customer_id
 WHERE b.state IN ('active', 'fulfilled')
   AND b.valid_until < (%(at)s AT TIME ZONE c.time_zone)::date
 ORDER BY b.id
"""


class BlanketChanged(DomainError):
    """Somebody else has changed the draft since it was shown, or it is a draft no more."""

    code = "blanket_changed"


@service
def create_blanket(
    *, customer_id: int, agreed: Agreed, owner_id: int | None = None, at: datetime, actor: Actor
) -> BlanketOrder:
    """Write a draft.

    Raises:
        Customer.DoesNotExist: no such customer.
        BlanketInvalid: it cannot be agreed.
    """
    customer = lock(Customer, customer_id)
    blanket = BlanketOrder(
        public_id=public_id("blk"),
        customer=customer,
        currency=customer.currency,
        owner_id=owner_id,
        created_at=at,
    )
    lines = blanket_lines_of(customer, agreed, at=at)
    _fill(blanket, agreed)
    audit.create(blanket, at=at, actor=actor, touches=[customer.label])
    adopt(blanket)
    _insert_lines(blanket, lines)
    return blanket


@service
def change_blanket(
    blanket_id: int, *, agreed: Agreed, version: int, at: datetime, actor: Actor
) -> BlanketOrder:
    """Replace what a draft says by what was entered against its `version`.

    Raises:
        BlanketChanged: somebody has changed it since, or it is no draft any more.
        BlanketInvalid: it cannot be agreed.
    """
    blanket = lock_blanket(blanket_id)
    if blanket.state != State.DRAFT or blanket.version != version:
        raise BlanketChanged(
            _("%(blanket)s was changed meanwhile. Open it again, look, and enter it once more.")
            % {"blanket": blanket}
        )
    lines = blanket_lines_of(blanket.customer, agreed, at=at)
    _fill(blanket, agreed)
    blanket.version += 1
    audit.save(blanket, at=at, actor=actor, touches=[blanket.customer.label])
    blanket.lines.all().delete()
    _insert_lines(blanket, lines)
    return blanket


@service
def activate_blanket(blanket_id: int, *, at: datetime, actor: Actor) -> BlanketOrder:
    """Let it be called off from its first day on.

    Raises:
        TransitionNotAllowed: it is no draft.
        BlanketInvalid: its time is over already.
        OfferNeedsApproval: somebody else has to let so large a discount go.
    """
    blanket = lock_blanket(blanket_id)
    blanket.activate(at=at)
    if blanket.valid_until < today_of(blanket.customer, at):
        message = _("Its last day is over. Choose a later one.")
        raise BlanketInvalid([("blanket_over", "valid_until", message)])
    ensure_approved(
        blanket.lines.values_list("unit_price", "list_price"),
        currency=blanket.currency,
        owner_id=blanket.owner_id,
        offer=blanket,
        actor=actor,
    )
    return audit.save(blanket, at=at, actor=actor, touches=[blanket.customer.label])


@service
def end_blanket(blanket_id: int, *, reason: str, at: datetime, actor: Actor) -> BlanketOrder:
    """End it before its time; orders that have called it off go on.

    Raises:
        InvalidInput: no reason is given.
        TransitionNotAllowed: it has ended already.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why it ends."), field="reason")
    blanket = lock_blanket(blanket_id)
    blanket.end(reason=reason.strip()[:300], at=at)
    return audit.save(blanket, at=at, actor=actor, reason=reason, touches=[blanket.customer.label])


@service
def call_off_blanket(
    blanket_id: int,
    *,
    quantities: Mapping[int, Decimal],
    requested_on: date,
    customer_po: str = "",
    ship_to_id: int | None = None,
    owner_id: int | None = None,
    at: datetime,
    actor: Actor,
) -> Order:
    """Place an order of `{blanket line key: quantity}` at the agreed prices.

    Raises:
        InvalidInput: nothing is called off, or a line is another blanket order's.
        CallOffRefused: more than is left, or less than the least; nothing is kept.
        OrderInvalid: with all blocking findings of the order; nothing is kept.
    """
    blanket = lock_blanket(blanket_id)
    lines = {line.pk: line for line in blanket.lines.order_by("position")}
    wanted = {key: quantity for key, quantity in quantities.items() if quantity}
    if not wanted or not set(wanted) <= set(lines):
        raise InvalidInput(_("Enter how much of which line is called off."), field="lines")
    return place_order(
        customer_id=blanket.customer_id,
        lines=[
            NewLine(line.product_id, wanted[line.pk], blanket_line_id=line.pk)
            for line in lines.values()
            if line.pk in wanted
        ],
        channel=Channel.REP,
        requested_on=requested_on,
        ship_to_id=ship_to_id,
        customer_po=customer_po,
        owner_id=owner_id or blanket.owner_id,
        at=at,
        actor=actor,
    )


@service
def end_blankets(as_of: date, *, at: datetime, actor: Actor) -> int:
    """End those whose last day is over by the customer's calendar; return how many.

    `as_of` is the company's day that begins. Run again, for whichever day, it finds what is left.
    """
    begin = datetime.combine(as_of, time(), ZoneInfo(the_company().time_zone))
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"at": begin})
        found = cursor.fetchall()
    lock_many(Customer, {customer_id for _key, customer_id in found})
    blankets = lock_many(BlanketOrder, [key for key, _customer_id in found]).values()
    over = [row for row in blankets if row.state in (State.ACTIVE, State.FULFILLED)]
    for blanket in over:
        blanket.end(reason=_("Its last day is over."), at=at)
    touches = {blanket: [f"customer:{blanket.customer_id}"] for blanket in over}
    audit.save_many(touches, at=at, actor=actor)
    return len(over)


def lock_blanket(blanket_id: int) -> BlanketOrder:
    """Lock the customer, then the blanket order, in one statement.

    Raises:
        BlanketOrder.DoesNotExist: no such blanket order.
    """
    customer, blanket = lock_with(BlanketOrder, blanket_id, owner=Customer, column="customer_id")
    blanket.customer = customer
    return blanket


def _fill(blanket: BlanketOrder, agreed: Agreed) -> None:
    blanket.valid_from = agreed.valid_from
    blanket.valid_until = agreed.valid_until
    blanket.customer_po = agreed.customer_po.strip()
    blanket.note = agreed.note


def _insert_lines(blanket: BlanketOrder, lines: Sequence[BlanketLine]) -> None:
    for line in lines:
        line.blanket = blanket
    rows.insert(lines)
