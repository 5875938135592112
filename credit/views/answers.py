"""How credit's forms are carried out: once, and refusals shown in place."""

from collections.abc import Callable

from django.http import HttpRequest

from o2c.kernel.errors import EXPECTED
from o2c.kernel.forms import OnceForm, add_refusal
from o2c.kernel.requests import UNPROCESSABLE, status_of

FINE = 200


def submit(request: HttpRequest, form: OnceForm, work: Callable[[], object]) -> int:
    """Carry a form out once; return the status to answer with, its errors noted in the form."""
    if not form.is_valid():
        return UNPROCESSABLE

    def carry_out() -> None:
        work()

    names = {"valid_until": "until"} if "until" in form.fields else {}
    try:
        form.run_once(request, carry_out)
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=names)
        return status_of(refusal)
    return FINE
