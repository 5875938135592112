"""What people enter about credit: shapes only, the rules are in the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import AmountField, DateField, OnceForm
from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to decide, with the key that picks it."""

    value: str
    label: Text
    key: str
    hint: Text


class DecisionForm(OnceForm):
    """How a case is decided. Limit and date count when the choice is a limit."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    limit = AmountField(label=_("Limit"), required=False)
    until = DateField(label=_("Limit until"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; the next person will want to know.")},
    )

    def __init__(self, *arguments: Any, choices: Sequence[Choice], **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.choices = choices
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(choice.value, choice.label) for choice in choices]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("decision") == "limit":
            for name in ("limit", "until"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, _("This is needed for a limit."))
        return values


class LimitForm(OnceForm):
    limit = AmountField(label=_("Limit"))
    valid_until = DateField(label=_("Valid until"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class HoldForm(OnceForm):
    """Why a hold begins or ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class FactsForm(OnceForm):
    """What is known of an applicant. Empty: not known, or as it was."""

    years_in_business = forms.IntegerField(label=_("Years in business"), required=False)
    trade_references = forms.IntegerField(label=_("Trade references"), required=False)
    requested_limit = AmountField(label=_("Limit that is wanted"), required=False)
