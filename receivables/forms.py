"""What people enter about items: shapes only, the rules are in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import AmountField, OnceForm
from receivables.models import Dispute, InvoiceReview

FEW_ROWS = {"rows": 3}


class ReviewForm(forms.Form):
    """What a review before the due date found."""

    outcome = forms.ChoiceField(
        label=_("Found"),
        choices=[
            (InvoiceReview.State.FINE, _("Fine: it is right and on its way")),
            (InvoiceReview.State.ASKED, _("Asked: the customer looks into it")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class DisputeForm(OnceForm):
    """What a customer contests."""

    amount = AmountField(label=_("Amount"))
    reason = forms.ChoiceField(label=_("Reason"), choices=Dispute.Reason.choices)
    note = forms.CharField(
        label=_("What the customer says"), max_length=500, widget=forms.Textarea(FEW_ROWS)
    )


class CloseForm(forms.Form):
    """How a dispute ends."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (Dispute.State.REJECTED, _("Rejected: the amount is owed")),
            (Dispute.State.WITHDRAWN, _("Withdrawn by the customer")),
        ],
        widget=forms.RadioSelect,
    )
    resolution = forms.CharField(
        label=_("What was found out"), max_length=500, widget=forms.Textarea(FEW_ROWS)
    )


class ItemFilter(forms.Form):
    """Which open items are listed."""

    q = forms.CharField(label=_("Customer or invoice"), required=False)
    bucket = forms.IntegerField(min_value=0, max_value=4, required=False)
    as_of = forms.DateField(label=_("As of"), required=False)
    after = forms.CharField(required=False)
