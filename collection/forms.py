"""What people enter about cash and letters: shapes only, the rules are in the services."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collection.models import Receipt
from collection.selectors import Suggestion, the_one_customer
from o2c.kernel.forms import AmountField, CurrencyField, DateField, OnceForm
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import money

COMBOBOX = {
    "autocomplete": "off",
    "role": "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "payers",
    "data-combobox": "id_customer",
    "hx-trigger": "input changed delay:120ms",
    "hx-target": "#payers",
    "hx-swap": "innerHTML",
    "hx-select": "unset",
    "hx-include": "unset",
}


class PayerForm(OnceForm):
    """Who paid: chosen from the list, or typed so that only one customer fits."""

    customer = forms.IntegerField(widget=forms.HiddenInput, required=False)
    customer_name = forms.CharField(
        label=_("Payer"),
        required=False,
        max_length=200,
        help_text=_("Name or customer number"),
        widget=forms.TextInput(attrs=COMBOBOX),
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["customer_name"].widget.attrs["hx-get"] = reverse("customers:options")

    def clean(self) -> dict[str, Any]:
        """Find the customer whose name was typed, where no script has chosen one."""
        values: dict[str, Any] = super().clean() or {}
        typed = values.get("customer_name", "")
        if typed and not values.get("customer"):
            found = the_one_customer(typed)
            if found is None:
                self.add_error(
                    "customer_name",
                    _("No customer, or more than one, fits. Enter the customer number."),
                )
            else:
                values["customer"] = found.pk
        return values


class ReceiptForm(PayerForm):
    """What a bank line or a cheque says."""

    amount = AmountField(label=_("Amount"))
    currency = CurrencyField(
        label=_("Currency"), required=False, help_text=_("Empty: the payer's own")
    )
    received_on = DateField(label=_("Received on"))
    method = forms.ChoiceField(label=_("By"), choices=Receipt.Method.choices)
    reference = forms.CharField(
        label=_("Reference"), max_length=100, help_text=_("The bank's or the cheque's number")
    )
    payer_text = forms.CharField(
        label=_("Payer's text"), max_length=300, required=False, help_text=_("As on the bank line")
    )


class ReasonForm(forms.Form):
    """Why a letter is held back, or an application taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An item in the table: its tick, its amount, and what it would still owe."""

    suggestion: Suggestion
    use: BoundField
    amount: BoundField
    left: Decimal


class AllocationForm(OnceForm):
    """Which items the money pays: a tick and an amount each; no amount is all that is open."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, suggestions: Sequence[Suggestion]
    ) -> None:
        super().__init__(data)
        self.suggestions = suggestions
        for suggestion in suggestions:
            key, share = suggestion.item.pk, suggestion.amount
            self.fields[f"use_{key}"] = forms.BooleanField(required=False, initial=bool(share))
            self.fields[f"amount_{key}"] = AmountField(
                label=suggestion.item.name,
                required=False,
                min_value=ZERO,
                initial=money(share, suggestion.item.currency) if share else None,
            )
            self.fields[f"amount_{key}"].widget.attrs["class"] = "amt"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for suggestion in self.suggestions:
            key = suggestion.item.pk
            if values.get(f"amount_{key}") and not values.get(f"use_{key}"):
                self.add_error(f"amount_{key}", _("Tick the item to pay it, or clear the amount."))
        return values

    def amounts(self) -> dict[int, Decimal]:
        """Return what each ticked item takes; before anything is sent, what is suggested."""
        if not self.is_bound:
            return {s.item.pk: s.amount for s in self.suggestions if s.amount}
        self.is_valid()
        taken = {}
        for suggestion in self.suggestions:
            item = suggestion.item
            if self.cleaned_data.get(f"use_{item.pk}"):
                taken[item.pk] = self.cleaned_data.get(f"amount_{item.pk}") or item.balance
        return taken

    @property
    def names(self) -> dict[str, str]:
        """What the services call the fields."""
        keys = [suggestion.item.pk for suggestion in self.suggestions]
        amounts = {f"apply_to.{key}": f"amount_{key}" for key in keys}
        return {"customer": "customer_name", **amounts}

    def rows(self) -> Iterator[Row]:
        amounts = self.amounts()
        for suggestion in self.suggestions:
            key = suggestion.item.pk
            yield Row(
                suggestion=suggestion,
                use=self[f"use_{key}"],
                amount=self[f"amount_{key}"],
                left=suggestion.item.balance - amounts.get(key, ZERO),
            )
