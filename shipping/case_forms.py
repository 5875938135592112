"""What people enter about delivery cases and stray reports: shapes only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import DateField
from o2c.kernel.models import User
from shipping import cases
from shipping.models import Carrier, DeliveryCase
from shipping.selectors import carriers_that_report


class WorkForm(forms.Form):
    """Who looks after a case, what comes next and until which day."""

    owner = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody yet"),
    )
    next_step = forms.ChoiceField(label=_("Next step"), choices=DeliveryCase.NextStep.choices)
    due_on = DateField(label=_("Due"), required=False)
    note = forms.CharField(
        label=_("What is known"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["owner"].queryset = cases.owners()  # type: ignore[attr-defined]


class ResolveForm(forms.Form):
    resolution = forms.CharField(
        label=_("How it ended"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class LossForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For us: what the carrier says, or who bears it"),
    )


class PlaceForm(forms.Form):
    shipment = forms.CharField(
        label=_("Shipment"), max_length=20, help_text=_("Our number, such as SH-1024")
    )


class DismissForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class TrackingFileForm(forms.Form):
    carrier = forms.ModelChoiceField(label=_("Carrier"), queryset=Carrier.objects.none())
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX with tracking number, time and code")
    )

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        reporting = carriers_that_report().order_by("name", "pk")
        self.fields["carrier"].queryset = reporting  # type: ignore[attr-defined]


MOST_CODES = 500
CODE_LENGTH = 20


class FeedForm(forms.Form):
    """How a carrier's reports are proven and read."""

    signing_secret = forms.CharField(
        label=_("Signing secret"),
        min_length=16,
        max_length=200,
        required=False,
        help_text=_("At least 16 characters; empty keeps what is stored"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    codes = forms.CharField(
        label=_("What its codes mean"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line: their code = ours, such as DLV = delivered"),
    )

    def clean_codes(self) -> dict[str, str]:
        lines = [line for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        if len(lines) > MOST_CODES:
            raise forms.ValidationError(_("Name 500 codes at most."))
        pairs = [[part.strip() for part in line.partition("=")[::2]] for line in lines]
        wrong = [
            number
            for number, (theirs, ours) in enumerate(pairs, 1)
            if not 0 < len(theirs) <= CODE_LENGTH or ours not in OUR_CODES
        ]
        if wrong:
            message = _("Line %(line)s is not “their code = ours”. Ours: %(ours)s.")
            ours = ", ".join(OUR_CODES)
            raise forms.ValidationError(
                [message % {"line": line, "ours": ours} for line in wrong[:10]]
            )
        return {str(theirs): str(ours) for theirs, ours in pairs}


OUR_CODES = (
    *("picked_up", "in_transit", "out_for_delivery", "delivered"),
    *("late", "lost", "damaged", "refused"),
)
