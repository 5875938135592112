"""Shops are told how far their orders have come, after the commit and as often as it takes."""

from orders.models import Channel, IntakeDocument, Order, WebShop
from orders.shop.adapters import Status
from orders.shop.kinds import adapter_of

State = Order.State
STATUS_OF = {
    State.IN_REVIEW: Status.WAITING,
    State.ON_HOLD: Status.WAITING,
    State.RELEASED: Status.CONFIRMED,
    State.FULFILLING: Status.CONFIRMED,
    State.SHIPPED: Status.SHIPPED,
    State.DELIVERED: Status.SHIPPED,
    State.INVOICED: Status.SHIPPED,
    State.CLOSED: Status.SHIPPED,
    State.CANCELLED: Status.CANCELLED,
    State.DECLINED: Status.CANCELLED,
}


def push_status(order_id: int) -> None:
    """Tell the shop where the order is now; safe twice, and late news are never old news.

    Raises:
        ShopAway: it cannot be reached; the outbox tries again.
        ShopRefused: it does not take the status.
    """
    documents = IntakeDocument.objects.filter(order=order_id, channel=Channel.SHOP)
    origin = documents.exclude(reference="").order_by("pk").select_related("order").first()
    if origin is None or origin.order is None:
        return
    shops = WebShop.objects.select_related("secrets")
    shop = shops.filter(public_id=origin.sender, is_active=True).first()
    status = STATUS_OF.get(State(origin.order.state))
    if shop is not None and status is not None and shop.secrets.api_token:
        adapter_of(shop).push_status(origin.reference, status)
