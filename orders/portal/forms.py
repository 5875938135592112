"""What a customer enters about an order of theirs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Address, Customer
from customers.selectors import ship_to_addresses
from o2c.kernel.forms import DateField, OnceForm


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
