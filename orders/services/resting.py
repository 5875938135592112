"""What one order gives up for now, as an order of its own that waits."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service
from orders.models import Channel, Order
from orders.services.cancelling import cancel_quantities
from orders.services.entry import place_order
from orders.services.facts import NewLine
from orders.services.locking import lines_of, lock_order

PO_LENGTH = 60
# Their systems know one order by its number; what they are told of it must stay one.
KNOWN_BY_NUMBER = (Channel.EDI, Channel.SHOP)


class NotDivisible(DomainError):
    """The customer takes the order in whole, or not at all."""

    code = "not_divisible"


def ensure_divisible(order: Order) -> None:
    """Raise NotDivisible unless part of the order may go on as an order of its own."""
    if not order.customer.accepts_backorders:
        raise NotDivisible(
            _("%(customer)s takes no part deliveries: release all of it, or change it with them.")
            % {"customer": order.customer}
        )
    if order.channel in KNOWN_BY_NUMBER:
        raise NotDivisible(
            _("The system of %(customer)s knows %(order)s as one order: change it with them.")
            % {"customer": order.customer, "order": order}
        )
    if any(line.blanket_line_id for line in lines_of(order).values()):
        raise NotDivisible(
            _("%(order)s calls off a blanket order: change it instead.") % {"order": order}
        )


@service
def take_off(
    order_id: int, *, quantities: Mapping[int, Decimal], note: str, at: datetime, actor: Actor
) -> Order:
    """Take `{line id: quantity}` off an order, to be ordered again by `order_rest`.

    Raises:
        NotDivisible: the customer takes it in whole.
        InvalidInput, AlreadyPicked: as `cancel_quantities`.
    """
    order = lock_order(order_id)
    ensure_divisible(order)
    reason = Order.CancelReason.CREDIT
    return cancel_quantities(
        order_id, quantities=quantities, reason=reason, note=note, at=at, actor=actor
    )


@service
def order_rest(
    order_id: int, *, quantities: Mapping[int, Decimal], at: datetime, actor: Actor
) -> Order:
    """Order again what was taken off an order: same prices, place, terms and days; it names it.

    Raises:
        OrderInvalid: the rules let nobody order it any more.
    """
    order = lock_order(order_id)
    lines = lines_of(order)
    rest = place_order(
        customer_id=order.customer_id,
        lines=[
            NewLine(
                product_id=lines[pk].product_id,
                quantity=quantity,
                unit_price=lines[pk].unit_price,
                requested_on=max(lines[pk].requested_on, at.date()),
                price_source=str(order),
                price_reason=lines[pk].price_reason or _("as in %(order)s") % {"order": order},
                customer_part=lines[pk].customer_part,
            )
            for pk, quantity in quantities.items()
        ],
        channel=order.channel,
        requested_on=max(order.requested_on, at.date()),
        ship_to_id=order.ship_to_id,
        customer_po=_po_of_rest(order),
        owner_id=order.owner_id,
        note=_("The rest of %(order)s.") % {"order": order},
        payment_terms_id=order.payment_terms_id,
        incoterm=order.incoterm,
        freight_terms=order.freight_terms,
        at=at,
        actor=actor,
    )
    audit.record(rest.label, "rest of another order", at=at, actor=actor, touches=[order.label])
    return rest


def _po_of_rest(order: Order) -> str:
    """Return the customer's own number, marked as a rest: each of their numbers is used once."""
    if not order.customer_po:
        return ""
    mark = _(" (rest)")
    return f"{order.customer_po[: PO_LENGTH - len(mark)]}{mark}"
