"""What people enter about invoices: shapes only, the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import AmountField, OnceForm


class SendForm(OnceForm):
    """To whom an invoice is sent again."""

    recipient = forms.EmailField(label=_("E-mail"))


class AskForm(OnceForm):
    """That payment in advance is asked for: nothing to enter."""


class WithdrawForm(forms.Form):
    """Why the money is asked for no more."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class FreightForm(forms.Form):
    """What a draft charges for the way, and why."""

    amount = AmountField(label=_("Freight"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
