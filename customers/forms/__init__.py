"""What people enter about customers: shapes only, the rules are in the services."""

from customers.forms.activities import ActivityForm
from customers.forms.details import CustomerForm, NewCustomerForm
from customers.forms.importing import ImportForm
from customers.forms.people import ContactForm
from customers.forms.places import AddressForm, NewAddressForm, PlaceForm
from customers.forms.terms import PartFormSet, StepFormSet, TermsForm

__all__ = [
    "ActivityForm",
    "AddressForm",
    "ContactForm",
    "CustomerForm",
    "ImportForm",
    "NewAddressForm",
    "NewCustomerForm",
    "PartFormSet",
    "PlaceForm",
    "StepFormSet",
    "TermsForm",
]
