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


NEEDED = {"limit": ("limit", "until"), "part": ("part",)}


class DecisionForm(OnceForm):
    """How a case is decided. Limit and dates count when the choice is a limit, the amount when
    part of an order goes on. `seen` is the mark of the case as it was shown.
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    part = AmountField(label=_("Release now, up to"), required=False)
    limit = AmountField(label=_("Limit"), required=False)
    until = DateField(label=_("Limit until"), required=False)
    next_review_on = DateField(label=_("Look at it again on"), required=False)
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
        for name in NEEDED.get(values.get("decision", ""), ()):
            if values.get(name) is None and name not in self.errors:
                self.add_error(name, _("This is needed for what you have chosen."))
        return values


class LimitForm(OnceForm):
    """Another limit. `seen` is the decision that was in force when the form was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    limit = AmountField(label=_("Limit"))
    valid_until = DateField(label=_("Valid until"))
    next_review_on = DateField(label=_("Look at it again on"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CommentForm(OnceForm):
    text = forms.CharField(
        label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class AnswerForm(OnceForm):
    """The second signature, or why it is not given."""

    answer = forms.ChoiceField(choices=[("sign", _("Sign")), ("reject", _("Reject"))])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HoldForm(OnceForm):
    """Why a hold begins or ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class FactsForm(OnceForm):
    """What is known of an applicant. Empty: not known, or as it was."""

    years_in_business = forms.IntegerField(label=_("Years in business"), required=False)
    trade_references = forms.IntegerField(label=_("Trade references"), required=False)
    requested_limit = AmountField(label=_("Limit that is wanted"), required=False)
