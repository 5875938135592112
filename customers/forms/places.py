"""Addresses."""

from dataclasses import fields

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import postal
from customers.forms.sections import WatchedForm
from customers.models import Address
from customers.services import Place
from o2c.kernel.errors import InvalidInput


class PlaceForm(forms.Form):
    """Where goods or invoices go."""

    street = forms.CharField(label=_("Street"), max_length=200)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100)
    region = forms.CharField(label=_("Region or state"), max_length=100, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, help_text=_("Two letters, such as DE")
    )

    def clean_country(self) -> str:
        try:
            return postal.country(self.cleaned_data["country"])
        except InvalidInput as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def place(self) -> Place:
        """Return what was entered, as the services take it."""
        names = {field.name for field in fields(Place)} & set(self.cleaned_data)
        return Place(**{name: self.cleaned_data[name] for name in names - {"gln", "code"}})


class AddressForm(WatchedForm, PlaceForm):
    """An address with the names that the customer gives it."""

    label = forms.CharField(label=_("Name of the place"), max_length=100, required=False)
    code = forms.CharField(
        label=_("The customer's code of the place"), max_length=40, required=False
    )
    gln = forms.CharField(
        label=_("GLN"), max_length=20, required=False, help_text=_("13 digits, by GS1")
    )

    def place(self) -> Place:
        names = {field.name for field in fields(Place)}
        return Place(**{name: self.cleaned_data[name] for name in names})


class NewAddressForm(AddressForm):
    """One more address."""

    kind = forms.ChoiceField(label=_("For"), choices=Address.Kind.choices)
    is_default = forms.BooleanField(label=_("The usual one"), required=False)
