"""How credit's forms are carried out: once, by somebody who may, and refusals shown in place."""

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from credit.forms import OnceForm
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import EXPECTED, InvalidInput, explain
from o2c.kernel.idempotency import Reply, fingerprint, once

# The status of a page whose form was refused: wrong input, or a rule of the house.
UNPROCESSABLE, CONFLICT, FINE = 422, 409, 200


def actor_of(request: HttpRequest) -> Actor:
    return Actor.user(request.user)  # type: ignore[arg-type]  # the page's permission saw to it


def today() -> date:
    """Return the company's day."""
    return local_date(clock.now(), the_company())


def submit(request: HttpRequest, form: OnceForm, work: Callable[[], object]) -> int:
    """Carry a form out once; return the status to answer with, its errors noted in the form."""
    if not form.is_valid():
        return UNPROCESSABLE

    def carry_out() -> Reply:
        work()
        return Reply(status=FINE, body=None)

    values = [f"{name}={value}".encode() for name, value in sorted(form.cleaned_data.items())]
    try:
        once(
            owner=f"user:{request.user.pk}",
            key=form.cleaned_data["token"],
            fingerprint=fingerprint(request.path.encode(), *values),
            work=carry_out,
        )
    except EXPECTED as refusal:
        note(form, refusal)
        return UNPROCESSABLE if isinstance(refusal, InvalidInput) else CONFLICT
    return FINE


def note(form: OnceForm, refusal: Exception) -> None:
    """Show a refusal at the field that it names, or above the form."""
    field = getattr(refusal, "field", "")
    names = {"valid_until": "until"} if "until" in form.fields else {}
    field = names.get(field, field)
    form.add_error(field if field in form.fields else None, explain(refusal)[1])


def done(number: object) -> str:
    return _("%(document)s is decided.") % {"document": number}
