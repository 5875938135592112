"""What people enter about customers: shapes only, the rules are in the services."""

from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Address, Contact, Customer, PaymentTerms
from customers.services import Details, Place
from o2c.kernel.models import User

# The two-letter territories of CLDR, without those that stand for no country.
COUNTRIES = {
    code
    for code in map(str, Locale("en").territories)
    if code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ"}
}


class CustomerForm(forms.Form):
    """What is agreed with a customer."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    vat_number = forms.CharField(label=_("VAT number"), max_length=30, required=False)
    payment_terms = forms.ModelChoiceField(
        label=_("Payment terms"), queryset=PaymentTerms.objects.order_by("net_days", "pk")
    )
    sales_rep = forms.ModelChoiceField(
        label=_("Sales rep"),
        queryset=User.objects.filter(groups__name="sales_rep").order_by("last_name", "pk"),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    billing_trigger = forms.ChoiceField(label=_("Invoice"), choices=Customer.BillingTrigger.choices)
    shortage_policy = forms.ChoiceField(
        label=_("When something is out of stock"), choices=Customer.ShortagePolicy.choices
    )
    accepts_backorders = forms.BooleanField(label=_("Accepts backorders"), required=False)
    tax_status = forms.ChoiceField(label=_("Tax"), choices=Customer.TaxStatus.choices)
    requires_po_number = forms.BooleanField(
        label=_("Pays only against a PO number"), required=False
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace after the due date"), min_value=0, max_value=365
    )
    is_active = forms.BooleanField(label=_("Active"), required=False)

    def details(self) -> Details:
        """Return what was entered, as the services take it."""
        values = dict(self.cleaned_data)
        sales_rep = values.pop("sales_rep")
        return Details(
            payment_terms_id=values.pop("payment_terms").pk,
            sales_rep_id=sales_rep.pk if sales_rep else None,
            **{name: values[name] for name in CustomerForm.base_fields if name in values},
        )


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
        """Refuse what is no country of ISO 3166, such as UK for GB."""
        code: str = self.cleaned_data["country"].upper()
        if code not in COUNTRIES:
            raise forms.ValidationError(gettext("Enter the country's two letters, such as DE."))
        return code

    def place(self) -> Place:
        """Return what was entered, as the services take it."""
        values = {name: self.cleaned_data[name] for name in PlaceForm.base_fields}
        return Place(**values, label=self.cleaned_data.get("label", ""))


class NewCustomerForm(CustomerForm, PlaceForm):
    """A customer with the one address that goods and invoices go to."""

    currency = forms.RegexField(
        label=_("Currency"),
        regex=r"^[A-Za-z]{3}$",
        help_text=_("Three letters, such as EUR; it cannot be changed later"),
        error_messages={"invalid": _("Enter the currency's three letters, such as EUR.")},
    )


class AddressForm(PlaceForm):
    """One more address."""

    kind = forms.ChoiceField(label=_("For"), choices=Address.Kind.choices)
    label = forms.CharField(label=_("Name of the place"), max_length=100, required=False)
    is_default = forms.BooleanField(label=_("The usual one"), required=False)


class ContactForm(forms.Form):
    """One more contact."""

    role = forms.ChoiceField(label=_("Asked about"), choices=Contact.Role.choices)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
