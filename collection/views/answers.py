"""What the pages of this stage share: who acts, on which day, and where a refusal is shown."""

from datetime import date

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, explain
from o2c.kernel.idempotency import KeyReused

UNPROCESSABLE = 422
CONFLICT = 409


def actor_of(request: HttpRequest) -> Actor:
    return Actor.user(request.user)  # type: ignore[arg-type]  # the page's permission saw to it


def today() -> date:
    """Return the company's day."""
    return local_date(clock.now(), the_company())


def note(refusal: Exception, *shown: forms.Form) -> None:
    """Show a refusal at the field that it names, or above the first form."""
    field = refusal.field if isinstance(refusal, DomainError) else ""
    field = {"customer": "customer_name"}.get(field, field).replace("apply_to.", "amount_")
    text = explain(refusal)[1]
    if isinstance(refusal, KeyReused):
        text = _("This form was sent before, with other entries. See what became of that first.")
    for form in shown:
        if field in form.fields:
            form.add_error(field, text)
            return
    shown[0].add_error(None, text)
