"""What forms are made of: money, dates, refusals shown in place, and work that is done once."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from o2c.kernel import idempotency
from o2c.kernel.errors import EXPECTED, DomainError, InvalidInput, explain
from o2c.kernel.money import check_currency
from o2c.kernel.requests import UNPROCESSABLE, status_of

R = TypeVar("R")
OK = 200


class AmountField(forms.DecimalField):
    """Money as people type it: `1,234.50` too. How many decimals it may have, a service says."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **settings: Any) -> None:
        super().__init__(max_digits=16, decimal_places=3, **settings)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CurrencyField(forms.CharField):
    """A currency by its three letters, as ISO 4217 has them; small ones are made capital."""

    widget = forms.TextInput(attrs={"maxlength": 3, "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).upper()
        if code:
            try:
                check_currency(code)
            except InvalidInput as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return code


class SentAlready(DomainError):
    """This very form was sent before, with other contents."""

    code = "sent_already"


class OnceForm(forms.Form):
    """A form with a hidden token: sent twice, by a second click or after a time-out, it works
    once.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid4)

    def run_once(self, request: HttpRequest, work: Callable[[], Any]) -> Any:
        """Run `work` unless this token has run already; return what it returned (JSON).

        Raises:
            SentAlready: the token came with other entries before.
        """
        return _once(request, self.cleaned_data["token"], work)


def once_per_form(request: HttpRequest, work: Callable[[], object]) -> None:
    """Run `work` unless this very form was sent before: put `{% form_token %}` into the form.

    A refusal leaves the form free to be sent again. Without a token there is nothing to compare.

    Raises:
        SentAlready: it was sent before, and something else was entered.
    """

    def run() -> None:
        work()

    token = request.POST.get("form_token", "")
    if token:
        _once(request, token, run)
    else:
        work()


def add_refusal(refusal: Exception, *shown: forms.Form, names: Mapping[str, str] = {}) -> None:
    """Show a refusal at the field that it names, or above the first form.

    `names` says what the forms call a field that the services call otherwise.
    """
    field = refusal.field if isinstance(refusal, DomainError) else ""
    field = names.get(field, field)
    text = explain(refusal)[1]
    for form in shown:
        if field in form.fields:
            form.add_error(field, text)
            return
    shown[0].add_error(None, text)


def carry_out(
    form: forms.Form, work: Callable[[], R], *, names: Mapping[str, str] = {}
) -> tuple[R | None, int]:
    """Do what a valid form asks for; return what that returned, and 200.

    Else return None and the refusal's status: what is wrong stands in the form. `names`: see
    `add_refusal`.
    """
    if not form.is_valid():
        return None, UNPROCESSABLE
    try:
        return work(), OK
    except EXPECTED as refusal:
        add_refusal(refusal, form, names=names)
        return None, status_of(refusal)


def _once(request: HttpRequest, token: str, work: Callable[[], Any]) -> Any:
    def reply() -> idempotency.Reply:
        return idempotency.Reply(status=200, body=work())

    entered = {name: values for name, values in request.POST.lists() if name[:4] != "csrf"}
    try:
        done = idempotency.once(
            owner=f"form:{request.user.pk}",
            key=f"{token} {request.path}"[:255],
            fingerprint=idempotency.fingerprint(repr(sorted(entered.items())).encode()),
            work=reply,
        )
    except idempotency.KeyReused:
        raise SentAlready(
            _("This form was sent before, with other entries. See what became of that first.")
        ) from None
    return done.body
