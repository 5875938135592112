"""What an administrator enters about checking orders."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import AmountField, CurrencyField, OnceForm
from orders.models import ApprovalRule

PERCENT = Decimal(100)


class PercentField(forms.DecimalField):
    """A percentage as people type it; the value is a fraction: `2.5` is 0.025."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(min_value=0, max_digits=5, decimal_places=3, **settings)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else cleaned / PERCENT


class CheckingForm(OnceForm):
    price_tolerance = PercentField(
        label=_("Price tolerance, %"),
        help_text=_("A price this far from the listed one, or nearer, needs no reason."),
    )
    handling_days = forms.IntegerField(
        label=_("Working days before goods leave"),
        min_value=0,
        help_text=_("On top of a product's own lead time."),
    )


class ApprovalRuleForm(OnceForm):
    kind = forms.ChoiceField(label=_("What counts"), choices=ApprovalRule.Kind.choices)
    threshold = AmountField(
        label=_("More than"), help_text=_("An amount before tax; for discounts, per cent.")
    )
    currency = CurrencyField(label=_("Currency"), required=False)
    approver = forms.ChoiceField(label=_("Who approves"), choices=ApprovalRule.Approver.choices)

    def threshold_wanted(self) -> Decimal:
        """Return the threshold as it is kept: of a discount, the fraction."""
        entered: Decimal = self.cleaned_data["threshold"]
        is_discount = self.cleaned_data["kind"] == ApprovalRule.Kind.DISCOUNT
        return entered / PERCENT if is_discount else entered
