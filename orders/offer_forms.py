"""What people enter about quotes and blanket orders: shapes only, the rules are in the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Address, PaymentTerms
from customers.selectors import ship_to_addresses
from o2c.kernel.forms import DateField, OnceForm
from orders.forms import EntryForm
from orders.models import BlanketOrder, Quote
from orders.rules import MAX_PO_LENGTH


class QuoteForm(EntryForm):
    """The head of the quote entry screen; `revision` is the draft's version."""

    customer_po = None  # type: ignore[assignment]  # left out
    requested_on = None  # type: ignore[assignment]  # left out
    valid_until = DateField(label=_("Valid until"))
    payment_terms = forms.ModelChoiceField(
        label=_("Terms"),
        queryset=PaymentTerms.objects.order_by("name"),
        required=False,
        empty_label=_("The customer's own"),
    )
    allows_part = forms.BooleanField(label=_("May be taken in part"), required=False)


class AcceptForm(OnceForm):
    """When the goods are wanted; how much of each line where a part may be taken."""

    requested_on = DateField(label=_("Deliver on"))
    customer_po = forms.CharField(label=_("PO number"), max_length=MAX_PO_LENGTH, required=False)

    def __init__(self, *args: Any, quote: Quote, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        self.takes_part = quote.allows_part
        for line in self.lines if quote.allows_part else []:
            self.fields[f"line_{line.pk}"] = forms.DecimalField(
                label=line.sku,
                min_value=0,
                max_value=line.quantity,
                max_digits=12,
                decimal_places=3,
                required=False,
                localize=True,
                initial=line.quantity.normalize(),
            )

    @property
    def quantities(self) -> dict[int, Any] | None:
        """Return what is taken of each line; None: the whole quote."""
        if not self.takes_part:
            return None
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] or 0 for line in self.lines}

    @property
    def parts(self) -> list[Any]:
        """Return the fields of the lines, for the page."""
        return [self[f"line_{line.pk}"] for line in self.lines] if self.takes_part else []


class RejectForm(OnceForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=Quote.RejectReason.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class BlanketForm(EntryForm):
    """The head of the blanket order screen; `revision` is the draft's version."""

    requested_on = None  # type: ignore[assignment]  # left out
    valid_from = DateField(label=_("From"))
    valid_until = DateField(label=_("Until"))


class CallOffForm(OnceForm):
    """How much of each line is wanted, and when."""

    requested_on = DateField(label=_("Deliver on"))
    customer_po = forms.CharField(label=_("PO number"), max_length=MAX_PO_LENGTH, required=False)
    ship_to = forms.ModelChoiceField(
        label=_("Ship to"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=_("Usual address"),
    )

    def __init__(self, *args: Any, blanket: BlanketOrder, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.left > 0]
        addresses = ship_to_addresses(blanket.customer_id)
        self.fields["ship_to"].queryset = addresses  # type: ignore[attr-defined]
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = forms.DecimalField(
                label=line.sku,
                min_value=0,
                max_digits=12,
                decimal_places=3,
                required=False,
                localize=True,
            )

    @property
    def quantities(self) -> dict[int, Any]:
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] or 0 for line in self.lines}

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Return each line that something is left of, with its field."""
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    def add_findings(self, findings: Sequence[tuple[str, str, str]]) -> None:
        """Show what was found at the fields of the form, or above it."""
        taken = [line for line in self.lines if self.quantities[line.pk]]
        for _rule, place, message in findings:
            parts = place.split(".")
            if len(parts) == 3 and parts[1].isdecimal() and int(parts[1]) < len(taken):  # noqa: PLR2004
                self.add_error(f"line_{taken[int(parts[1])].pk}", message)
            else:
                self.add_error(place if place in self.fields else None, message)


class EndForm(OnceForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)
