"""Who hears of a delivery case: the customer by mail, our people in the portal."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from o2c.kernel import notices, roles
from o2c.kernel.actors import Actor
from shipping import mails, services
from shipping.models import Booking, DeliveryCase, ReturnLine, Shipment

OUR_LANGUAGE = "en"


def tell_of_case(case_id: int, *, at: datetime) -> None:
    """Tell the customer once, the sales rep, and those who work on deliveries."""
    case = _case(case_id)
    if case.told_at is None and mails.tell_case(case):
        services.note_told(case_id, at=at, actor=Actor.job("shipping.tell_of_case"))
    people = notices.people_of(roles.SHIPPING)
    rep_id = case.shipment.customer.sales_rep_id
    _tell(case, [*people, *([rep_id] if rep_id else [])], key=f"case-{case.pk}", at=at)


def tell_owner(case_id: int, *, at: datetime) -> None:
    """Tell somebody that a case was given to them."""
    case = _case(case_id)
    if case.owner_id is not None:
        _tell(case, [case.owner_id], key=f"case-{case.pk}-owner-{at:%Y%m%d%H%M%S%f}", at=at)


def tell_that_it_has_arrived(shipment_id: int, *, at: datetime) -> None:
    """Tell those who settle that goods which were credited as lost have arrived after all."""
    shipment = Shipment.objects.select_related("customer").get(pk=shipment_id)
    with override(OUR_LANGUAGE):
        facts = {"shipment": shipment, "customer": shipment.customer}
        text = _("%(shipment)s to %(customer)s has arrived, but is settled as lost") % facts
    people = notices.people_of(roles.SHIPPING, roles.AR_CLERK)
    link = reverse("shipping:shipment", args=[shipment.number])
    notices.tell(people, key=f"lost-arrived-{shipment_id}", text=text, link=link, at=at)


def tell_of_booking(booking_id: int, *, at: datetime) -> None:
    """Tell those who ship that a carrier did not take a shipment, or does not forget it."""
    booking = Booking.objects.select_related("shipment", "carrier").get(pk=booking_id)
    if booking.state not in Booking.TO_MEND:
        return
    with override(OUR_LANGUAGE):
        facts = {"shipment": booking.shipment, "carrier": booking.carrier}
        text = _("%(shipment)s: the booking with %(carrier)s has to be mended") % facts
    people = [booking.owner_id] if booking.owner_id else notices.people_of(roles.SHIPPING)
    link = reverse("shipping:shipment", args=[booking.shipment.number])
    key = f"booking-{booking_id}-{at:%Y%m%d%H%M%S%f}"
    notices.tell(people, key=key, text=text, link=link, at=at)


def tell_of_stuck_return(return_id: int, *, at: datetime) -> None:
    """Tell those who work on returns what could not be put away, and why."""
    stuck = ReturnLine.objects.filter(of=return_id).exclude(problem="").order_by("pk")
    line = stuck.select_related("of", "shipment_line__order_line").first()
    if line is None:
        return
    with override(OUR_LANGUAGE):
        facts = {"return": line.of, "sku": line.shipment_line.order_line.sku, "why": line.problem}
        text = _("%(return)s: %(sku)s is not put away. %(why)s") % facts
    people = notices.people_of(roles.SHIPPING, roles.WAREHOUSE)
    key = f"return-stuck-{return_id}-{at:%Y%m%d%H%M%S%f}"
    notices.tell(
        people, key=key, text=text, link=reverse("shipping:return", args=[line.of.number]), at=at
    )


def _tell(case: DeliveryCase, people: list[int], *, key: str, at: datetime) -> None:
    with override(OUR_LANGUAGE):
        facts = {
            "shipment": case.shipment,
            "customer": case.shipment.customer,
            "what": case.get_kind_display(),
        }
        text = _("%(shipment)s to %(customer)s: %(what)s") % facts
    link = reverse("shipping:case", args=[case.pk])
    notices.tell(people, key=f"delivery-{key}", text=text, link=link, at=at)


def _case(case_id: int) -> DeliveryCase:
    cases = DeliveryCase.objects.select_related("shipment__customer", "shipment__carrier")
    return cases.get(pk=case_id)
