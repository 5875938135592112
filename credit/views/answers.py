"""How credit's forms are carried out: once, and refusals shown in place."""

from collections.abc import Callable

from django.http import HttpRequest

from o2c.kernel.forms import OnceForm, carry_out

FINE = 200


def submit(request: HttpRequest, form: OnceForm, work: Callable[[], object]) -> int:
    """Carry a form out once; return the status to answer with, its errors noted in the form."""

    def once() -> None:
        work()  # what it returns is no answer to be kept

    names = {"valid_until": "until", "amount": "part"} if "until" in form.fields else {}
    _nothing, status = carry_out(form, lambda: form.run_once(request, once), names=names)
    return status
