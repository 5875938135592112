"""What fulfilment does when something happens, here or upstream."""

from catalog.events import TrackingChosen
from credit.events import ReleasesExpected
from fulfillment import mails, services
from fulfillment.events import LineShort, LotRecalled, OrderShort, StockReceived
from fulfillment.services.quoted import holder_of
from o2c.kernel.events import Event, after, on
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


@on(TrackingChosen)
def keep_lots_apart(event: TrackingChosen) -> None:
    services.ensure_none_in_stock(event.product_id)


@on(OrdersExpected)
def hold_shelf(event: OrdersExpected) -> None:
    """Lock what is on the shelf once for all orders; each claims of it in its turn."""
    services.hold_shelf(event.product_ids, customer_ids=event.customer_ids, at=event.at)


@on(ReleasesExpected)
def hold_stock(event: ReleasesExpected) -> None:
    """Lock what several orders will claim one after the other, in one order of keys."""
    services.hold_stock(event.product_ids)


@on(OrderReleased)
def allocate_stock(event: OrderReleased) -> None:
    """Claim the order's goods; what was kept for it while it waited and is not its own is free."""
    services.allocate_order(event.order_id, at=event.at, actor=event.actor)
    if event.has_waited:
        _let_go(event.order_id, event)


@on(OrderReferred)
def keep_back(event: OrderReferred) -> None:
    """Keep the goods of an order that waits for a decision, while that should take."""
    services.keep_for_review(event.order_id, at=event.at, actor=event.actor)


def _let_go(order_id: int, event: Event) -> None:
    holder = services.holder_of_order(order_id)
    services.withdraw_reservations(holder, at=event.at, actor=event.actor)


@on(OrderDeclined)
def let_go(event: OrderDeclined) -> None:
    _let_go(event.order_id, event)


@on(QuoteClosed)
def end_keeping(event: QuoteClosed) -> None:
    """What was kept back for a quote goes to its order, which claims it next, or to everybody."""
    end = services.use_reservations if event.is_taken else services.withdraw_reservations
    end(holder_of(event.quote_id), at=event.at, actor=event.actor)


@on(LinesCancelled)
def free_cancelled(event: LinesCancelled) -> None:
    services.free_lines(event.order_id, line_ids=event.line_ids, at=event.at, actor=event.actor)
    if event.order_cancelled:
        _let_go(event.order_id, event)
    else:
        services.lower_in_review(event.order_id, at=event.at, actor=event.actor)


@on(OrderAmended)
def follow_amended(event: OrderAmended) -> None:
    """What credit releases only now was allocated with its release; what waits keeps anew."""
    if event.was_confirmed:
        services.follow_amendment(
            event.order_id, line_ids=event.line_ids, at=event.at, actor=event.actor
        )
    else:
        services.follow_in_review(event.order_id, at=event.at, actor=event.actor)


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
    list_id = event.pick_list_id
    mails.tell_short(event.order_id, event.line_ids, cause="pick", at=event.at, list_id=list_id)
