"""What people enter about credit: shapes only, the rules are in the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.models import Guarantee
from credit.policy import ACTIONS, MEASURES
from o2c.kernel.forms import AmountField, DateField, OnceForm
from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to decide, with the key that picks it."""

    value: str
    label: Text
    key: str
    hint: Text


class PapersForm(OnceForm):
    """Papers of a case; the files come beside it: a browser sends several under one name."""


LARGEST_PAPER = 10 * 1024 * 1024
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


class MaximumForm(OnceForm):
    """What one order may come to at most; empty: no more than the limit."""

    maximum = AmountField(label=_("Order maximum"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class GroupForm(OnceForm):
    """What a parent and all that belong to it may owe together; empty: no such limit."""

    limit = AmountField(label=_("Limit of the group"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class GuaranteeForm(OnceForm):
    """A guarantee or a credit insurance, with its paper."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Guarantee.Kind.choices)
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    reference = forms.CharField(label=_("Reference"), max_length=80)
    amount = AmountField(label=_("Amount"))
    valid_from = DateField(label=_("Valid from"))
    valid_until = DateField(label=_("Valid until"))
    document = forms.FileField(label=_("Paper"), required=False, max_length=200)

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document is not None and document.size > LARGEST_PAPER:
            raise forms.ValidationError(_("The file is larger than 10 MB: send a smaller one."))
        return document


class HoldForm(OnceForm):
    """Why a hold begins or ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class FactsForm(OnceForm):
    """What is known of an applicant. Empty: not known, or as it was."""

    years_in_business = forms.IntegerField(label=_("Years in business"), required=False)
    trade_references = forms.IntegerField(label=_("Trade references"), required=False)
    requested_limit = AmountField(label=_("Limit that is wanted"), required=False)


class PolicyForm(OnceForm):
    """What the policy says besides its rules. `version` is the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    second_signature_from = AmountField(label=_("A second person signs from"), required=False)
    answer_within_hours = forms.IntegerField(label=_("Answered within, working hours"))
    warn_before_minutes = forms.IntegerField(label=_("Warned before, minutes"))
    horizon_days = forms.IntegerField(
        label=_("Orders wanted later than so many days are not counted"), required=False
    )
    asks_bureau = forms.BooleanField(
        label=_("Ask the credit bureau when a customer applies"), required=False
    )


class RuleForm(forms.Form):
    """One rule of the policy; an empty row is none."""

    rule = forms.ChoiceField(
        label=_("Rule"),
        choices=[("", "—"), *((name, measure.label) for name, measure in MEASURES.items())],
        required=False,
    )
    threshold = AmountField(label=_("Threshold"), required=False)
    classes = forms.MultipleChoiceField(
        label=_("Risk classes"),
        choices=[(name, name) for name in "ABCDE"],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    action = forms.ChoiceField(
        label=_("Then"), choices=list(ACTIONS.items()), initial="refer", required=False
    )


class RuleSet(forms.BaseFormSet[RuleForm]):
    """The rows of rules; what the policy finds wrong is shown in the row that it names."""

    def as_rules(self) -> list[dict[str, Any]]:
        """Return the rows that say something, as `CreditPolicy.rules` holds them."""
        self.kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("rule") and not form.cleaned_data.get("DELETE")
        ]
        return [_rule_of(form.cleaned_data) for form in self.kept]

    def show(self, findings: Sequence[tuple[str, str, str]]) -> None:
        for _code, field, message in findings:
            parts = field.split(".")
            if len(parts) == RULE_PATH and parts[1].isdecimal() and int(parts[1]) < len(self.kept):
                form = self.kept[int(parts[1])]
                form.add_error(parts[2] if parts[2] in form.fields else None, message)


RULE_PATH = len(("rules", "0", "threshold"))


def _rule_of(values: dict[str, Any]) -> dict[str, Any]:
    threshold = values.get("threshold")
    return {
        "rule": values["rule"],
        "classes": values["classes"],
        "threshold": "" if threshold is None else f"{threshold:f}",
        "action": values["action"],
    }
