"""What fulfilment does when something happens, here or upstream."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from catalog.events import TrackingChosen
from fulfillment import mails, services
from fulfillment.events import LineShort, LotRecalled, OrderShort, StockReceived
from fulfillment.services.quoted import holder_of
from o2c.kernel.events import after, on
from orders.events import (
    LinesCancelled,
    OrderAmended,
    OrderDeclined,
    OrderHeld,
    OrderReferred,
    OrderReleased,
    OrdersExpected,
    QuoteClosed,
)
from orders.services import lines_of, lock_order

# A decision on credit takes days, not weeks.
REVIEW_TAKES = timedelta(days=5)


@on(TrackingChosen)
def keep_lots_apart(event: TrackingChosen) -> None:
    services.ensure_none_in_stock(event.product_id)


@on(OrdersExpected)
def hold_shelf(event: OrdersExpected) -> None:
    """Lock what is on the shelf once for all orders; each claims of it in its turn."""
    services.hold_shelf(event.product_ids, customer_ids=event.customer_ids, at=event.at)


@on(OrderReleased)
def allocate_stock(event: OrderReleased) -> None:
    services.allocate_order(event.order_id, at=event.at, actor=event.actor)


@on(OrderReferred)
def keep_back(event: OrderReferred) -> None:
    """Keep the goods of an order that waits for a decision, while that should take."""
    lines = lines_of(lock_order(event.order_id)).values()
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[line.product_id] += line.open_quantity
    services.reserve(
        f"order:{event.order_id}",
        wanted,
        customer_id=lock_order(event.order_id).customer_id,
        expires_at=event.at + REVIEW_TAKES,
        at=event.at,
        actor=event.actor,
    )


@on(OrderDeclined)
def let_go(event: OrderDeclined) -> None:
    services.withdraw_reservations(f"order:{event.order_id}", at=event.at, actor=event.actor)


@on(QuoteClosed)
def end_keeping(event: QuoteClosed) -> None:
    """What was kept back for a quote goes to its order, which claims it next, or to everybody."""
    end = services.use_reservations if event.is_taken else services.withdraw_reservations
    end(holder_of(event.quote_id), at=event.at, actor=event.actor)


@on(LinesCancelled)
def free_cancelled(event: LinesCancelled) -> None:
    services.free_lines(event.order_id, line_ids=event.line_ids, at=event.at, actor=event.actor)
    if event.order_cancelled:
        services.withdraw_reservations(f"order:{event.order_id}", at=event.at, actor=event.actor)


@on(OrderAmended)
def follow_amended(event: OrderAmended) -> None:
    """What credit releases only now was allocated with its release."""
    if event.was_confirmed:
        services.follow_amendment(
            event.order_id, line_ids=event.line_ids, at=event.at, actor=event.actor
        )


@on(OrderHeld)
def free_held(event: OrderHeld) -> None:
    """Give back what a suspended order claimed; others may have it meanwhile."""
    if event.was_released:
        line_ids = list(lines_of(lock_order(event.order_id)))
        services.free_lines(event.order_id, line_ids=line_ids, at=event.at, actor=event.actor)


@on(StockReceived)
def serve_backorders(event: StockReceived) -> None:
    services.allocate_backorders(
        order_ids=event.order_ids, product_ids=event.product_ids, at=event.at, actor=event.actor
    )


@after(LotRecalled)
def free_late_claims(event: LotRecalled) -> None:
    """Give back what was being claimed while the lot was recalled."""
    services.free_recalled(event.lot_id, at=event.at, actor=event.actor)


@after(OrderShort)
def tell_about_shortage(event: OrderShort) -> None:
    mails.tell_short(event.order_id, event.line_ids, cause="stock", at=event.at)


@after(LineShort)
def tell_about_short_pick(event: LineShort) -> None:
    mails.tell_short(event.order_id, event.line_ids, cause="pick", at=event.at)
