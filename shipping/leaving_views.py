"""Page: the goods leave."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of
from shipping import services
from shipping.forms import InPartForm
from shipping.models import Shipment
from shipping.views import show_shipment

# Who sends goods to the floor may also send part of an order that is wanted as a whole.
MAY_SEND_PART = "fulfillment.release_picklist"


@action("shipping.dispatch_shipment")
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Hand the shipment to its carrier, for a reason also part of what is wanted as a whole."""
    row = get_object_or_404(Shipment, number=number)
    form = InPartForm(request.POST)
    if not form.is_valid():
        return show_shipment(request, number, in_part_form=form, status=UNPROCESSABLE)
    in_part = form.cleaned_data["in_part"]
    if in_part and not request.user.has_perm(MAY_SEND_PART):
        raise PermissionDenied
    try:
        once_per_form(
            request,
            lambda: services.dispatch_shipment(
                row.pk, in_part=in_part, at=clock.now(), actor=actor_of(request)
            ),
        )
    except EXPECTED as refusal:
        return show_shipment(request, number, error=explain(refusal)[1], status=status_of(refusal))
    return redirect("shipping:shipment", number=number)
