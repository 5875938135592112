"""What would become of a file's orders by our books alone: nothing is placed, nothing is kept."""

from collections.abc import Iterator
from datetime import datetime

from o2c.kernel.actors import Actor
from orders.intake.delivery import Delivery
from orders.intake.edi.partners import Door
from orders.intake.formats import CHANNELS, format_of
from orders.intake.judging import Verdict, judge, verdict_of
from orders.intake.piles import let_go
from orders.intake.understanding import read_for, understand
from orders.models import Channel


def check_only(
    name: str, content: bytes, *, customer: str = "", at: datetime, actor: Actor
) -> Iterator[Verdict]:
    """Read and judge the orders of a file, and place none.

    Raises:
        Unreadable: nothing can be made of the file.
    """
    file_format = format_of(content, name)
    delivery = Delivery(
        name=name,
        file_format=file_format,
        stored=None,
        at=at,
        channel=CHANNELS.get(file_format, Channel.FILE),
        parent=None,
        sender="",
        door=Door(),
        actor=actor,
    )
    pile = understand(read_for(content, file_format, customer), customer, "", delivery)
    for orders, books in pile.portions:
        for order in let_go(orders):
            judge(order, books)
            yield verdict_of(order)
