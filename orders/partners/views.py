"""Pages: trading partners, entering one, what they were told, and telling it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of
from orders.models import PartnerMessage, TradingPartner
from orders.partners import masters, selectors, services
from orders.partners.forms import PartnerForm


@page("orders.manage_partners")
def partner_list(request: HttpRequest) -> HttpResponse:
    """List the partners."""
    return render(request, "orders/partners/list.html", {"partners": selectors.partners()})


@form_page("orders.manage_partners")
def partner_new(request: HttpRequest) -> HttpResponse:
    """Enter a partner."""
    form = PartnerForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form, None)
    added: list[TradingPartner] = []

    def add() -> None:
        customer = form.cleaned_data["customer"]
        partner = masters.add_partner(
            customer.pk, details=form.details(), at=clock.now(), actor=actor_of(request)
        )
        added.append(partner)

    once_per_form(request, add)
    if not added:
        return redirect("orders:partners")
    messages.success(request, _("%(partner)s is entered.") % {"partner": added[0]})
    return redirect("orders:partner", partner_id=added[0].pk)


@form_page("orders.manage_partners")
def partner_edit(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Change a partner."""
    partner = _partner(partner_id)
    form = PartnerForm(request.POST or None, partner=partner, initial=_values(partner))
    if not form.is_valid():
        return _form(request, form, partner)
    masters.change_partner(
        partner.pk, details=form.details(), at=clock.now(), actor=actor_of(request)
    )
    messages.success(request, _("The changes are saved."))
    return redirect("orders:partner", partner_id=partner.pk)


@page("orders.manage_partners")
def partner_detail(request: HttpRequest, partner_id: int) -> HttpResponse:
    """Show a partner with what was sent to them."""
    partner = _partner(partner_id)
    context = {
        "partner": partner,
        "messages_sent": selectors.messages_to(partner),
        "as2": request.build_absolute_uri(reverse("edi:as2", args=[partner.token])),
    }
    return render(request, "orders/partners/detail.html", context)


@action("orders.intake_order")
def message_resend(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send a message again, the same bytes under the same control number."""
    message = get_object_or_404(
        PartnerMessage.objects.select_related("order", "partner"), pk=message_id
    )
    services.resend(message.pk, at=clock.now(), actor=actor_of(request))
    messages.success(request, _("%(message)s goes out again.") % {"message": message})
    if message.order is not None:
        return redirect("reporting:order", number=message.order.number)
    return redirect("orders:intake")


def _partner(partner_id: int) -> TradingPartner:
    return get_object_or_404(TradingPartner.objects.select_related("customer"), pk=partner_id)


def _values(partner: TradingPartner) -> dict[str, object]:
    names = PartnerForm.base_fields
    values = {name: getattr(partner, name) for name in names if name != "customer"}
    return {**values, "codes": ", ".join(partner.codes)}


def _form(request: HttpRequest, form: PartnerForm, partner: TradingPartner | None) -> HttpResponse:
    title = _("Change trading partner") if partner else _("New trading partner")
    context = {"form": form, "partner": partner, "title": title}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "orders/partners/form.html", context, status=status)
