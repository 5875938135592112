"""The editor of payment terms: percentages as people say them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.sections import WatchedForm
from customers.models import PaymentTerms
from customers.services import Agreement
from customers.terms import Instalment, Step, Terms

HUNDRED = Decimal(100)


class PercentField(forms.DecimalField):
    """A percentage with up to four decimals; its value is the fraction."""

    def __init__(self, **settings: Any) -> None:
        usual: dict[str, Any] = {"min_value": 0, "max_value": 100, "decimal_places": 4}
        super().__init__(**(usual | settings))

    def clean(self, value: Any) -> Decimal | None:
        percent = super().clean(value)
        return None if percent is None else percent / HUNDRED

    @staticmethod
    def shown(fraction: Decimal) -> str:
        return f"{(fraction * HUNDRED).normalize():f}"


class TermsForm(WatchedForm):
    """When all of it is due; instalments and discounts have rows of their own."""

    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("As customers read it on invoices")
    )
    basis = forms.ChoiceField(label=_("Due"), choices=PaymentTerms.Basis.choices)
    net_days = forms.IntegerField(
        label=_("Days"),
        min_value=0,
        max_value=365,
        initial=0,
        required=False,
        help_text=_("After the invoice, or after the end of the month"),
    )
    days_before = forms.IntegerField(
        label=_("Days before the month counts"),
        min_value=0,
        max_value=365,
        initial=0,
        required=False,
        help_text=_("The month is the one that is reached so many days after the invoice"),
    )
    day_of_month = forms.IntegerField(
        label=_("Day of the month"), min_value=0, max_value=31, initial=0, required=False
    )
    months_ahead = forms.IntegerField(
        label=_("Months later"), min_value=0, max_value=12, initial=0, required=False
    )
    moves_to_working_day = forms.BooleanField(
        label=_("Days off move to our next working day"), required=False
    )

    def agreement(self, steps: "Pairs", parts: "Pairs") -> Agreement:
        """Return what was entered, as the services take it."""
        values = self.cleaned_data
        numbers = ("net_days", "days_before", "day_of_month", "months_ahead")
        terms = Terms(
            basis=values["basis"],
            **{name: values[name] or 0 for name in numbers},
            moves_to_working_day=values["moves_to_working_day"],
            discounts=[Step(days=days, rate=rate) for days, rate in steps.pairs()],
            instalments=[Instalment(days=days, share=share) for days, share in parts.pairs()],
        )
        return Agreement(code=values["code"], name=values["name"], terms=terms)


class PairForm(forms.Form):
    """So much within so many days; an empty row counts for nothing."""

    percent = PercentField(label=_("Percent"), required=False)
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=365, required=False)

    def clean(self) -> dict[str, Any]:
        given = {name for name in ("percent", "days") if self.cleaned_data.get(name) is not None}
        missing = {"percent", "days"} - given - set(self.errors)
        for name in missing if given else ():
            self.add_error(name, _("Enter both, or neither."))
        return self.cleaned_data


class Pairs(forms.BaseFormSet[PairForm]):
    def pairs(self) -> list[tuple[int, Decimal]]:
        """Return (days, fraction) of each row that was filled in."""
        entered = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [(e["days"], e["percent"]) for e in entered if e.get("percent") is not None]

    @staticmethod
    def shown(days: list[int], fractions: list[Decimal]) -> list[dict[str, Any]]:
        """Return what the rows begin with."""
        return [
            {"days": day, "percent": PercentField.shown(fraction)}
            for day, fraction in zip(days, fractions, strict=True)
        ]


StepFormSet = forms.formset_factory(PairForm, formset=Pairs, extra=1, max_num=4, absolute_max=10)
PartFormSet = forms.formset_factory(PairForm, formset=Pairs, extra=3, max_num=24, absolute_max=30)
