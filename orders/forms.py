"""What people enter about an order: shapes only, the rules are in `orders.validation`."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Address, Customer
from customers.selectors import search_customers, ship_to_addresses
from o2c.kernel.forms import DateField, OnceForm
from o2c.kernel.requests import number_of

# How many customers an ambiguous name lists.
NAMED = 4


class EntryForm(OnceForm):
    """The head of the order entry screen.

    With JavaScript the combobox fills `customer`; without, the name or number typed is looked up.
    """

    customer = forms.IntegerField(widget=forms.HiddenInput, required=False)
    customer_name = forms.CharField(label=_("Customer"), max_length=200)
    customer_po = forms.CharField(label=_("Their PO"), max_length=60, required=False)
    requested_on = DateField(label=_("Deliver on"))
    ship_to = forms.ModelChoiceField(
        label=_("Ship to"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=_("Usual address"),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = customer
        if self.is_bound and customer is None:
            self.chosen = self._look_up()
        if self.chosen is not None:
            addresses = self.fields["ship_to"]
            addresses.queryset = ship_to_addresses(self.chosen.pk)  # type: ignore[attr-defined]

    def ship_to_now(self) -> Address | None:
        """Return where the goods go as the screen says now, whether or not all else is right."""
        if self.chosen is None:
            return None
        asked = str(self["ship_to"].value() or "")
        addresses = list(ship_to_addresses(self.chosen.pk))
        return next((row for row in addresses if str(row.pk) == asked), next(iter(addresses), None))

    def day_now(self) -> date | None:
        """Return the day asked for as the screen says now; nothing while it is none."""
        value = self["requested_on"].value()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value or ""))
        except ValueError:
            return None

    def clean_customer_name(self) -> str:
        """Refuse a name that is nobody's, or several customers'."""
        text: str = self.cleaned_data["customer_name"]
        if self.chosen is None:
            found = [customer.name for customer in search_customers(text, limit=NAMED)]
            hint = gettext("Several fit: %(names)s.") % {"names": ", ".join(found)} if found else ""
            raise forms.ValidationError(
                f"{gettext('Choose a customer by name or number.')} {hint}".strip()
            )
        return text

    def add_findings(self, findings: list[tuple[str, str]]) -> None:
        """Show what the rules found at its field, or above the form."""
        for name, message in findings:
            at = "customer_name" if name == "customer" else name
            self.add_error(at if at in self.fields else None, message)

    def _look_up(self) -> Customer | None:
        key = str(self.data.get("customer", ""))
        if key.isdecimal():
            return (
                Customer.objects.select_related("payment_terms")
                .filter(pk=number_of(key) or 0)
                .first()
            )
        text = str(self.data.get("customer_name", "")).strip()
        if not text:
            return None
        found = list(search_customers(text, limit=NAMED))
        exact = [
            row for row in found if text.casefold() in (row.number.casefold(), row.name.casefold())
        ]
        fitting = exact or found
        return fitting[0] if len(fitting) == 1 else None
