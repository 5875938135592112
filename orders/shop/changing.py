"""What a shop's newer version of an order changes of ours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from catalog.models import Product
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from orders.intake.documents import ReadOrder
from orders.intake.matching import products_by_code
from orders.models import Order, OrderLine
from orders.services import AmendmentChanges, LineChange, amend_order


class UnknownInShop(InvalidInput):
    """The shop's newer version orders something that we do not sell."""

    code = "unknown_product"


def is_same(read: ReadOrder, order: Order) -> bool:
    """Say whether the shop orders what our order holds: most updates are echoes of our own."""
    products = products_by_code({line.sku for line in read.lines})
    if any(line.sku.casefold() not in products for line in read.lines):
        return False
    return _wanted(read, products) == _held(_standing(order))


def change_order(order: Order, read: ReadOrder, *, reason: str, at: datetime, actor: Actor) -> None:
    """Change the quantities of our order to those of the shop's, what is new and gone too.

    Raises:
        UnknownInShop: a line names no product of ours.
        OrderInvalid, NotAmendable: the change cannot be; nothing is changed.
    """
    products = products_by_code({line.sku for line in read.lines})
    for place, line in enumerate(read.lines):
        if line.sku.casefold() not in products:
            message = _("We sell nothing under “%(sku)s”.") % {"sku": line.sku}
            raise UnknownInShop(message, field=f"lines.{place}.sku")
    lines = changes_of(_wanted(read, products), _standing(order))
    amend_order(order.pk, changes=AmendmentChanges(lines=lines), reason=reason, at=at, actor=actor)


def changes_of(wanted: Mapping[int, Decimal], lines: Sequence[OrderLine]) -> list[LineChange]:
    """Return what makes the lines come to the wanted quantity of each product.

    Where several lines hold one product the later ones give way first.
    """
    changes, left = [], dict(wanted)
    last = {line.product_id: line.pk for line in lines}
    for line in lines:
        held = line.ordered - line.cancelled
        rest = left.get(line.product_id, Decimal(0))
        quantity = rest if last[line.product_id] == line.pk else min(held, rest)
        left[line.product_id] = rest - quantity
        if quantity != held:
            changes.append(LineChange(line_id=line.pk, quantity=quantity))
    new = [(product, quantity) for product, quantity in left.items() if quantity]
    return [*changes, *(LineChange(product_id=pk, quantity=quantity) for pk, quantity in new)]


def _standing(order: Order) -> list[OrderLine]:
    lines = order.lines.filter(ordered__gt=F("cancelled"))
    return list(lines.order_by("position", "pk"))


def _wanted(read: ReadOrder, products: Mapping[str, Product]) -> dict[int, Decimal]:
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in read.lines:
        if line.quantity:
            wanted[products[line.sku.casefold()].pk] += line.quantity
    return dict(wanted)


def _held(lines: Iterable[OrderLine]) -> dict[int, Decimal]:
    held: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        held[line.product_id] += line.ordered - line.cancelled
    return dict(held)
