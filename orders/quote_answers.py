"""What is answered to a quote, in the portal or on our pages: done, or refused in its form."""

from django.http import HttpRequest

from o2c.kernel import clock
from o2c.kernel.forms import carry_out
from o2c.kernel.requests import actor_of
from orders import services
from orders.models import Quote
from orders.offer_forms import AcceptForm, RejectForm


def accept(
    request: HttpRequest, quote: Quote, form: AcceptForm, *, channel: str, owner_id: int | None
) -> tuple[str | None, int]:
    """Make an order of it, once; return the order's number, or None and the refusal's status."""

    def place() -> str:
        return services.accept_quote(
            quote.pk,
            requested_on=form.cleaned_data["requested_on"],
            customer_po=form.cleaned_data["customer_po"],
            quantities=form.quantities,
            channel=channel,
            owner_id=owner_id,
            at=clock.now(),
            actor=actor_of(request),
        ).number

    return carry_out(form, lambda: str(form.run_once(request, place)))


def reject(request: HttpRequest, quote: Quote, form: RejectForm) -> tuple[Quote | None, int]:
    """Note why it is not wanted; return the quote, or None and the refusal's status."""
    return carry_out(
        form,
        lambda: services.reject_quote(
            quote.pk,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            at=clock.now(),
            actor=actor_of(request),
        ),
    )
