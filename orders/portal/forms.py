"""What a customer enters about an order of theirs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.models import Address, Customer
from customers.selectors import ship_to_addresses
from o2c.kernel.forms import DateField, OnceForm
from o2c.kernel.ui.figures import quantity
from orders.models import OrderLine
from orders.services.cancelling import THEIR_REASONS, free_of


class BasketForm(OnceForm):
    """The head of a basket."""

    customer_po = forms.CharField(label=_("Your PO number"), max_length=60, required=False)
    requested_on = DateField(label=_("Deliver on"))
    ship_to = forms.ModelChoiceField(
        label=_("Deliver to"), queryset=Address.objects.none(), required=False, empty_label=None
    )
    note = forms.CharField(label=_("Note for us"), required=False, max_length=1000)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = list(ship_to_addresses(customer.pk))
        field = self.fields["ship_to"]
        field.queryset = ship_to_addresses(customer.pk)  # type: ignore[attr-defined]
        self.fields["customer_po"].required = customer.requires_po_number

    def ship_to_now(self) -> Address | None:
        """Return where the goods go as the form says now, whether or not all else is right."""
        asked = str(self["ship_to"].value() or "")
        usual = next(iter(self.addresses), None)
        return next((row for row in self.addresses if str(row.pk) == asked), usual)

    def add_findings(self, findings: list[tuple[str, str]]) -> None:
        """Show what the rules found at its field, or above the form."""
        for name, message in findings:
            self.add_error(name if name in self.fields else None, message)


class CancellationForm(OnceForm):
    """How much of each line is not wanted any more, and why."""

    reason = forms.ChoiceField(label=_("Reason"), choices=THEIR_REASONS)
    note = forms.CharField(label=_("Note for us"), required=False, max_length=300)

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = [(line, free_of(line)) for line in lines if free_of(line) > 0]
        for line, free in self.free:
            self.fields[_name(line)] = forms.DecimalField(
                label=_now("Cancel of %(sku)s") % {"sku": line.sku},
                help_text=_now("at most %(most)s") % {"most": quantity(free)},
                required=False,
                localize=True,
                min_value=0,
                max_value=free,
                decimal_places=3,
                error_messages={
                    "min_value": _now("Enter a quantity above zero."),
                    "max_value": _now("%(most)s can be cancelled at most.")
                    % {"most": quantity(free)},
                },
            )

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """Return each line of which something can be cancelled, with its field."""
        return [(line, self[_name(line)]) for line, _free in self.free]

    def clean(self) -> dict[str, Any]:
        """Refuse to cancel nothing."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.quantities():
            raise forms.ValidationError(_now("Enter how much of a line is cancelled."))
        return cleaned

    def quantities(self) -> dict[int, Decimal]:
        """Return what is cancelled by line key."""
        wanted = ((line.pk, self.cleaned_data.get(_name(line))) for line, _free in self.free)
        return {key: quantity for key, quantity in wanted if quantity}


def _name(line: OrderLine) -> str:
    return f"line-{line.pk}"
