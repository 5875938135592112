"""Contacts."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.forms.sections import WatchedForm
from customers.models import Contact
from customers.services import Person


class ContactForm(WatchedForm):
    """Somebody at a customer."""

    role = forms.ChoiceField(label=_("Asked about"), choices=Contact.Role.choices)
    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Position"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("the customer's")), *settings.LANGUAGES],
        required=False,
    )

    def person(self) -> Person:
        """Return what was entered, as the services take it."""
        entered = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Person(**entered)
