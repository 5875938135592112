"""What customers hand in for their application."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.models import CreditApplication
from credit.services import Statement
from o2c.kernel.forms import OnceForm

MOST = 1000


class DetailsForm(OnceForm):
    """What we have not been told yet; each of it is optional."""

    years_in_business = forms.IntegerField(
        label=_("Years in business"), min_value=0, max_value=MOST, required=False
    )
    trade_references = forms.IntegerField(
        label=_("Suppliers who know you as a good payer"),
        min_value=0,
        max_value=MOST,
        required=False,
    )
    requested_limit = forms.DecimalField(
        label=_("Credit limit that you would like"),
        min_value=Decimal("0.01"),
        max_digits=16,
        decimal_places=2,
        required=False,
        localize=True,
    )

    def __init__(self, *args: Any, application: CreditApplication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("years_in_business", "trade_references", "requested_limit"):
            if getattr(application, name) is not None:
                del self.fields[name]

    @property
    def asks(self) -> bool:
        """Say whether anything is left to be told: more than the form's own token."""
        return len(self.fields) > 1

    def stated(self) -> Statement:
        names = [name for name in self.fields if name != "token"]
        return Statement(**{name: self.cleaned_data[name] for name in names})


class DocumentsForm(OnceForm):
    """The files come beside it: a browser sends several under one name."""
