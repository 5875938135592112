"""Locking all that a shipment carries, from the top of the ladder down."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from fulfillment.models import PickList
from o2c.kernel import rows
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.lost_updates import ChangedMeanwhile
from orders.models import Order
from orders.services import lock_order
from shipping.models import Shipment, ShipmentLine


@dataclass(frozen=True)
class Held:
    """A locked shipment, its locked orders, and what it carries of their lines."""

    shipment: Shipment
    orders: list[Order]
    lines: list[ShipmentLine]

    def quantities(self, order: Order) -> dict[int, Decimal]:
        """Return what it carries of an order, by order line."""
        carried: dict[int, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            if line.order_id == order.pk:
                carried[line.order_line_id] += line.quantity
        return carried

    @property
    def pick_list_ids(self) -> list[int]:
        return sorted({line.pick_list_id for line in self.lines})

    @property
    def labels(self) -> list[str]:
        """Name the documents that its moves concern, for the audit trail."""
        return [order.label for order in self.orders]


def hold(shipment_id: int) -> Held:
    """Lock customer, orders, pick lists and shipment. All orders of a shipment are one customer's.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        ChangedMeanwhile: orders were joined to it or taken out at this moment.
    """
    lines = rows.fetch(ShipmentLine, "shipment_id", [shipment_id])
    orders = [lock_order(order_id) for order_id in sorted({line.order_id for line in lines})]
    lock_many(PickList, {line.pick_list_id for line in lines})
    shipment = lock(Shipment, shipment_id)
    if shipment.state in Shipment.WAITING:
        _refuse_if_joined(shipment, lines)
    return Held(shipment, orders, lines)


def _refuse_if_joined(shipment: Shipment, seen: list[ShipmentLine]) -> None:
    """Until it leaves, orders may be joined to it or taken out while its own are being locked."""
    now = rows.fetch(ShipmentLine, "shipment_id", [shipment.pk])
    if [line.pk for line in now] != [line.pk for line in seen]:
        raise ChangedMeanwhile(
            _("%(shipment)s carries something else now: look again.") % {"shipment": shipment}
        )
