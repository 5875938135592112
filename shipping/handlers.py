"""What shipping does when something happens."""

from contextlib import suppress

from fulfillment.events import PickPacked, PickUnpacked
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.events import after, on
from shipping import mails, services, tellings
from shipping.carriers import carrying
from shipping.events import (
    BookingFailed,
    BookingWanted,
    BookingWithdrawn,
    CaseAssigned,
    GoodsRefused,
    LostHasArrived,
    ReturnAnnounced,
    ReturnInspected,
    ReturnRefused,
    ReturnSettled,
    ReturnStuck,
    ShipmentDispatched,
    ShipmentFailed,
)
from shipping.notices import sending
from shipping.reports.strays import place_of
from shipping.return_selectors import is_lost


@on(PickPacked)
def plan_shipment(event: PickPacked) -> None:
    services.plan_shipment(event.pick_list_id, at=event.at, actor=event.actor)


@on(PickUnpacked)
def ensure_no_shipment(event: PickUnpacked) -> None:
    services.ensure_no_shipment(event.pick_list_id)


@after(ShipmentDispatched)
def send_ship_notice(event: ShipmentDispatched) -> None:
    mails.send_ship_notice(event.shipment_id, at=event.at)


@after(ShipmentDispatched)
def place_reports(event: ShipmentDispatched) -> None:
    """Give the shipment what its carrier reported before it was known to have left."""
    actor = Actor.job("shipping.place_reports", on_behalf_of=event.actor.name)
    place_of(event.shipment_id, at=clock.now(), actor=actor)


@after(ShipmentDispatched)
def tell_partners(event: ShipmentDispatched) -> None:
    """Send the ship notice to the trading partners who have ordered what is in it."""
    actor = Actor.job("shipping.tell_partners", on_behalf_of=event.actor.name)
    sending.tell_partners(event.shipment_id, at=event.at, actor=actor)


@after(BookingWanted)
def ask_carrier(event: BookingWanted) -> None:
    actor = Actor.job("shipping.ask_carrier", on_behalf_of=event.actor.name)
    carrying.book(event.booking_id, at=clock.now(), actor=actor)


@after(BookingWithdrawn)
def cancel_with_carrier(event: BookingWithdrawn) -> None:
    actor = Actor.job("shipping.cancel_with_carrier", on_behalf_of=event.actor.name)
    carrying.withdraw(event.booking_id, at=clock.now(), actor=actor)


@after(BookingFailed)
def tell_about_booking(event: BookingFailed) -> None:
    tellings.tell_of_booking(event.booking_id, at=event.at)


@after(ShipmentFailed)
def tell_about_exception(event: ShipmentFailed) -> None:
    tellings.tell_of_case(event.case_id, at=event.at)


@after(LostHasArrived)
def tell_that_it_has_arrived(event: LostHasArrived) -> None:
    tellings.tell_that_it_has_arrived(event.shipment_id, at=event.at)


@after(CaseAssigned)
def tell_case_owner(event: CaseAssigned) -> None:
    tellings.tell_owner(event.case_id, at=event.at)


@after(GoodsRefused)
def take_back_refused(event: GoodsRefused) -> None:
    """Announce what was refused at the door; what is on its way back already is not again."""
    actor = Actor.job("shipping.take_back_refused", on_behalf_of=event.actor.name)
    with suppress(services.NothingToReturn):
        services.announce_refused(event.shipment_id, at=clock.now(), actor=actor)


@after(ReturnAnnounced)
def tell_how_to_return(event: ReturnAnnounced) -> None:
    """Tell the customer the number, where to send the goods, and what to put into the packages."""
    mails.send_return_announced(event.return_id)


@after(ReturnInspected)
def store_returned(event: ReturnInspected) -> None:
    """Put what came back to its places; a delivery after the first finds it there."""
    services.store_returned(event.return_id, at=event.at, actor=event.actor)


@after(ReturnStuck)
def tell_what_is_not_put_away(event: ReturnStuck) -> None:
    tellings.tell_of_stuck_return(event.return_id, at=event.at)


@after(ReturnSettled)
def tell_what_is_not_credited(event: ReturnSettled) -> None:
    """Tell the customer what is not credited; of lost goods, that they never come."""
    if is_lost(event.return_id):
        mails.send_lost(event.return_id)
    else:
        mails.send_return_refused(event.return_id)


@after(ReturnRefused)
def tell_return_is_refused(event: ReturnRefused) -> None:
    mails.send_return_refused(event.return_id)
