"""What people enter about shipments: shapes only, the rules are in the services."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.requests import number_of
from shipping.models import Shipment

# What calendars of every time zone can hold.
YEARS = range(1970, 9999)


class MoveForm(forms.Form):
    """The pickup to move to, as `<carrier id>|<instant>`."""

    pickup = forms.CharField(label=_("Pickup"), max_length=60)

    def clean_pickup(self) -> tuple[int, datetime]:
        carrier_id, _bar, instant = self.cleaned_data["pickup"].partition("|")
        try:
            leaves_by = datetime.fromisoformat(instant)
        except ValueError:
            raise forms.ValidationError(_("Choose a pickup from the list.")) from None
        key = number_of(carrier_id)
        if key is None or leaves_by.tzinfo is None or leaves_by.year not in YEARS:
            raise forms.ValidationError(_("Choose a pickup from the list."))
        return key, leaves_by


class DeliveredForm(forms.Form):
    received_by = forms.CharField(label=_("Received by"), max_length=200)


class ExceptionForm(forms.Form):
    kind = forms.ChoiceField(label=_("What went wrong"), choices=Shipment.ExceptionKind.choices)
    note = forms.CharField(label=_("What is known"), max_length=300, required=False)


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ChargeForm(forms.Form):
    """What the carrier's bill says of one shipment, excluding tax."""

    amount = forms.DecimalField(
        label=_("Charged"), min_value=0, max_digits=12, decimal_places=3, help_text=_("Without tax")
    )
    # Its length is for the service to judge, in the words that a file hears, too.
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 3}),
        help_text=_("Empty: the currency of the quote"),
    )


class ChargesForm(forms.Form):
    file = forms.FileField(
        label=_("CSV or XLSX"),
        help_text=_(
            "Columns: shipment or tracking number, amount without tax; currency."
            " Rows of one shipment add up."
        ),
    )


class ByHandForm(forms.Form):
    """What the carrier says to a person who books with it."""

    tracking_number = forms.CharField(label=_("The carrier's number"), max_length=60)
    reference = forms.CharField(label=_("Its reference, if any"), max_length=60, required=False)
    is_same = forms.BooleanField(
        label=_("It is the booking that its system was asked for"),
        help_text=_("Else what its system may have taken is cancelled there."),
        required=False,
    )


class InPartForm(forms.Form):
    """Why part of an order leaves whose customer takes it only as a whole."""

    in_part = forms.CharField(label=_("Why part of it leaves"), max_length=200, required=False)
