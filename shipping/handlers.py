"""What shipping does when something happens."""

from fulfillment.events import PickPacked
from o2c.kernel.events import after, on
from shipping import mails, services
from shipping.events import ShipmentDispatched, ShipmentFailed


@on(PickPacked)
def plan_shipment(event: PickPacked) -> None:
    services.plan_shipment(event.pick_list_id, at=event.at, actor=event.actor)


@after(ShipmentDispatched)
def send_ship_notice(event: ShipmentDispatched) -> None:
    mails.send_ship_notice(event.shipment_id)


@after(ShipmentFailed)
def tell_about_exception(event: ShipmentFailed) -> None:
    mails.tell_exception(event.shipment_id, at=event.at)
