"""What fulfilment does when something happens, here or upstream."""

from fulfillment import mails, services
from fulfillment.events import LineShort, LotRecalled, OrderShort, StockReceived
from o2c.kernel.events import after, on
from orders.events import LinesCancelled, OrderAmended, OrderHeld, OrderReleased, OrdersExpected
from orders.services import lines_of, lock_order


@on(OrdersExpected)
def hold_shelf(event: OrdersExpected) -> None:
    """Lock what is on the shelf once for all orders; each claims of it in its turn."""
    services.hold_shelf(event.product_ids, customer_ids=event.customer_ids, at=event.at)


@on(OrderReleased)
def allocate_stock(event: OrderReleased) -> None:
    services.allocate_order(event.order_id, at=event.at, actor=event.actor)


@on(LinesCancelled)
def free_cancelled(event: LinesCancelled) -> None:
    services.free_lines(event.order_id, line_ids=event.line_ids, at=event.at, actor=event.actor)


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
