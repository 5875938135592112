"""Goods that come in: from suppliers, and back from customers. Every change is a move."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.units import broken_pieces
from fulfillment.events import StockReceived
from fulfillment.models import Location, StockLevel, StockMove
from fulfillment.quantities import LIMIT, is_quantity
from fulfillment.selectors import today_of
from fulfillment.services.expected import note_arrival
from fulfillment.services.lots import Goods, ensure_away, ensure_fresh, lots_of
from fulfillment.services.moves import Move, ensure_new, hold_places, make_moves
from fulfillment.services.reallocating import hold_backorders
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


@service
def receive_stock(  # noqa: PLR0913  the parts of one delivery
    *,
    location_id: int,
    product_id: int,
    quantity: Decimal,
    source: str,
    reason: str = "",
    lot_code: str = "",
    expires_on: date | None = None,
    expected_id: int | None = None,
    at: datetime,
    actor: Actor,
) -> StockLevel:
    """Put goods of one lot on the shelf; orders that wait for them are served.

    Args:
        source: the delivery that brought them, once per location, product and lot: `receipt:GR-5`.
        expected_id: the expected receipt that they belong to.

    Raises: as `receive_goods`.
    """
    [level] = receive_goods(
        location_id=location_id,
        product_id=product_id,
        goods=[Goods(quantity=quantity, lot_code=lot_code, expires_on=expires_on)],
        source=source,
        reason=reason,
        expected_id=expected_id,
        at=at,
        actor=actor,
    )
    return level


@service
def receive_goods(  # noqa: PLR0913  the parts of one delivery
    *,
    location_id: int,
    product_id: int,
    goods: Sequence[Goods],
    source: str,
    reason: str = "",
    expected_id: int | None = None,
    known_expired_on: date | None = None,
    at: datetime,
    actor: Actor,
) -> list[StockLevel]:
    """Put a delivery of one product on the shelf, in any number of lots; return their levels.

    Orders that wait for it are served, unless it lies where nothing is picked from. The number of
    statements does not depend on the number of lots.

    Args:
        known_expired_on: the day on which a lot has expired, the first of several, where who
            receives them has been told, and takes it all the same.

    Raises:
        Location.DoesNotExist, Product.DoesNotExist, ExpectedReceipt.DoesNotExist: there is none.
        InvalidInput: a quantity is not above zero or a part of what comes whole, the place is used
            no more, a lot is missing, wrong or here already, or the expected receipt is for
            something else.
        LotExpired: a lot has expired already, and nobody has said to receive it all the same.
        AlreadyRecorded: this delivery was put here before.
    """
    total = _total(goods)
    product = Product.objects.get(pk=product_id)
    _ensure_whole(product, goods)
    location = usable_location(location_id)
    lot_ids = lots_of(product, goods, at=at, actor=actor)
    ensure_fresh(lot_ids, on=today_of(at), known=known_expired_on)
    order_ids = backorders_for(location, product_id, quantity=total)
    if expected_id is not None:
        note_arrival(
            expected_id,
            product_id=product_id,
            warehouse_id=location.warehouse_id,
            quantity=total,
            at=at,
            actor=actor,
        )
    levels = _shelve(
        product, location, goods, lot_ids, source=source, reason=reason, at=at, actor=actor
    )
    announce(location, product_id, order_ids, at=at, actor=actor)
    return levels


def _ensure_whole(product: Product, goods: Sequence[Goods]) -> None:
    """Refuse parts of what comes in whole units only; each lot is looked at, in one statement."""
    for message in broken_pieces((product.pk, one.quantity) for one in goods).values():
        raise InvalidInput(message, field="quantity")


def _total(goods: Sequence[Goods]) -> Decimal:
    """Return how many come; each lot brings some."""
    for one in goods:
        ensure_positive(one.quantity)
    total = sum((one.quantity for one in goods), ZERO)
    if total >= LIMIT:
        message = _("A delivery brings less than %(limit)s of a product: enter it in parts.")
        raise InvalidInput(message % {"limit": f"{LIMIT:f}"}, field="quantity")
    return total


def _shelve(
    product: Product,
    location: Location,
    goods: Sequence[Goods],
    lot_ids: list[int | None],
    *,
    source: str,
    reason: str,
    at: datetime,
    actor: Actor,
) -> list[StockLevel]:
    """Write the moves of a delivery; return the levels that they have raised, lot by lot."""
    levels, held = hold_places(product_id=product.pk, location_id=location.pk, lot_ids=lot_ids)
    kind = StockMove.Kind.RECEIPT
    ensure_new(levels, kind=kind, source=source)
    if product.tracking == Product.Tracking.SERIAL:
        ensure_away(lot_ids, held=held)
    moves = [
        Move(level=level, quantity=one.quantity) for level, one in zip(levels, goods, strict=True)
    ]
    make_moves(moves, kind=kind, source=source, reason=reason, at=at, actor=actor)
    return levels


@service
def receive_return(
    *,
    location_id: int,
    product_id: int,
    lot_id: int | None,
    quantity: Decimal,
    source: str,
    reason: str = "",
    at: datetime,
    actor: Actor,
) -> StockLevel:
    """Put back what a customer returned; orders are served where the place is picked from.

    Args:
        source: what brought it, once per location, product and lot: `return:17`.

    Raises:
        Location.DoesNotExist, Product.DoesNotExist: there is none.
        InvalidInput: the quantity is not above zero, the place is used no more, or the lot is
            missing, another product's, or a piece that is here already.
        AlreadyRecorded: this return was put here before.
    """
    ensure_positive(quantity)
    product = Product.objects.get(pk=product_id)
    location = usable_location(location_id)
    _ensure_lot_fits(product, lot_id, quantity)
    order_ids = backorders_for(location, product_id, quantity=quantity)
    [level], held = hold_places(product_id=product_id, location_id=location_id, lot_ids=[lot_id])
    kind = StockMove.Kind.RETURN
    ensure_new([level], kind=kind, source=source)
    ensure_away([lot_id] if lot_id else [], held=held)
    move = Move(level=level, quantity=quantity)
    make_moves([move], kind=kind, source=source, reason=reason, at=at, actor=actor)
    announce(location, product_id, order_ids, at=at, actor=actor)
    return level


def backorders_for(location: Location, product_id: int, *, quantity: Decimal) -> list[int]:
    """Lock the orders that so much more here can serve; none where nothing is picked from."""
    if not is_picked_from(location):
        return []
    return hold_backorders({product_id: quantity})


def announce(
    location: Location, product_id: int, order_ids: list[int], *, at: datetime, actor: Actor
) -> None:
    """Tell that there is more of a product, where it can be picked."""
    if is_picked_from(location):
        publish(StockReceived(product_ids=[product_id], order_ids=order_ids, at=at, actor=actor))


def is_picked_from(location: Location) -> bool:
    return location.is_active and location.kind in Location.PICKED_FROM


def usable_location(location_id: int) -> Location:
    """Return a place that goods may be put to.

    Raises:
        Location.DoesNotExist: no such place.
        InvalidInput: it is used no more.
    """
    location = Location.objects.get(pk=location_id)
    if not location.is_active:
        raise InvalidInput(
            _("%(place)s is not used any more. Choose another place.") % {"place": location.code},
            field="location",
        )
    return location


def ensure_positive(quantity: Decimal) -> None:
    """Refuse what is no quantity.

    Raises:
        InvalidInput: it is not above zero, or has more than three decimals.
    """
    if not is_quantity(quantity):
        raise InvalidInput(
            _("Enter a quantity above zero, with three decimals at most."), field="quantity"
        )


def _ensure_lot_fits(product: Product, lot_id: int | None, quantity: Decimal) -> None:
    is_tracked = product.tracking != Product.Tracking.NONE
    fits = product.lots.filter(pk=lot_id or 0).exists() if is_tracked else lot_id is None
    if not fits:
        raise InvalidInput(
            _("Say which lot of %(sku)s came back.") % {"sku": product.sku}
            if is_tracked
            else _("%(sku)s is not kept by lot.") % {"sku": product.sku},
            field="lot",
        )
    if product.tracking == Product.Tracking.SERIAL and quantity != 1:
        raise InvalidInput(_("A serial number stands for one piece."), field="quantity")
