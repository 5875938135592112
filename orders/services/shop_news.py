"""What web shops are to hear about their orders."""

from datetime import datetime

from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish
from orders.models import Channel, Order
from orders.shop.events import ShopStatusDue


def tell_shop_later(order: Order, *, at: datetime, actor: Actor) -> None:
    """Have the shop told about its order after the commit; other channels cost nothing."""
    if order.channel == Channel.SHOP:
        publish(ShopStatusDue(order_id=order.pk, at=at, actor=actor))
