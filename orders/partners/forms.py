"""Entering a trading partner: shapes here, rules in the database and the services."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from orders.intake.matching import customers_by_code
from orders.models import TradingPartner
from orders.partners.masters import PartnerDetails

MOST_CODES = 20
X12_LENGTH = 15
EDIFACT_LENGTH = 35
PLAIN = re.compile(r"[A-Za-z0-9 ._:-]+")
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
LENGTHS = {TradingPartner.Kind.X12: X12_LENGTH, TradingPartner.Kind.EDIFACT: EDIFACT_LENGTH}


class PartnerForm(forms.Form):
    """A partner's identifiers and how documents get there."""

    customer = forms.CharField(label=_("Customer number"), max_length=40)
    kind = forms.ChoiceField(label=_("Format"), choices=TradingPartner.Kind.choices)
    identifier = forms.CharField(
        label=_("Their identifier"),
        max_length=60,
        help_text=_("Of the envelope: ISA06, UNB, or UBL's EndpointID such as 0088:4012345000009"),
    )
    qualifier = forms.CharField(label=_("Its qualifier"), max_length=10, required=False)
    our_identifier = forms.CharField(label=_("Our identifier"), max_length=60)
    our_qualifier = forms.CharField(label=_("Our qualifier"), max_length=10, required=False)
    codes = forms.CharField(
        label=_("Other codes of theirs"),
        max_length=600,
        required=False,
        help_text=_("GLN, DUNS or VAT numbers that mean this buyer, separated by commas"),
    )
    transport = forms.ChoiceField(label=_("Documents go"), choices=TradingPartner.Transport.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        help_text=_("AS2: where to post. Folder: its name inside of the EDI folder."),
    )
    wants_acknowledgement = forms.BooleanField(
        label=_("Acknowledge what they send (997, CONTRL)"), required=False, initial=True
    )
    is_test = forms.BooleanField(label=_("Test partner"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, partner: TradingPartner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partner = partner
        if partner is not None:
            del self.fields["customer"]

    def clean_customer(self) -> Customer:
        code = str(self.cleaned_data["customer"]).strip()
        found = customers_by_code([code]).get(code.casefold())
        if found is None:
            raise forms.ValidationError(gettext("No customer has this number."))
        return found

    def clean_identifier(self) -> str:
        return _plain(self.cleaned_data["identifier"])

    def clean_our_identifier(self) -> str:
        return _plain(self.cleaned_data["our_identifier"])

    def clean_codes(self) -> list[str]:
        codes = [code.strip() for code in str(self.cleaned_data["codes"]).split(",")]
        found = [code for code in codes if code]
        if len(found) > MOST_CODES or any(len(code) > 60 for code in found):  # noqa: PLR2004
            raise forms.ValidationError(gettext("Name 20 codes at most, of 60 characters each."))
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_lengths(cleaned)
        self._check_address(cleaned)
        self._check_twin(cleaned)
        return cleaned

    def _check_lengths(self, cleaned: dict[str, Any]) -> None:
        most = LENGTHS.get(cleaned.get("kind", ""))
        for name in ("identifier", "our_identifier"):
            if most and len(cleaned.get(name, "")) > most:
                message = gettext("This format has room for %(most)s characters.")
                self.add_error(name, message % {"most": most})

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        transport, address = cleaned.get("transport"), cleaned.get("address", "")
        if transport == TradingPartner.Transport.FOLDER and not FOLDER.fullmatch(address):
            self.add_error("address", gettext("Enter a folder's name: letters, digits, . _ -"))
        if transport == TradingPartner.Transport.AS2:
            parts = urlsplit(address)
            is_plain = parts.scheme == "http" and parts.hostname in settings.EDI_PLAIN_HOSTS
            if not parts.hostname or not (parts.scheme == "https" or is_plain):
                message = gettext("Enter an address that begins with https://")
                self.add_error("address", message)

    def _check_twin(self, cleaned: dict[str, Any]) -> None:
        """Say who has the identifier already; the database refuses it in any case."""
        if not (cleaned.get("is_active") and cleaned.get("identifier")):
            return
        twins = TradingPartner.objects.filter(
            kind=cleaned.get("kind"), identifier=cleaned["identifier"], is_active=True
        )
        if self.partner is not None:
            twins = twins.exclude(pk=self.partner.pk)
        twin = twins.select_related("customer").first()
        if twin is not None:
            message = gettext("%(customer)s has this identifier already.")
            self.add_error("identifier", message % {"customer": twin.customer})

    def details(self) -> PartnerDetails:
        names = PartnerDetails.__dataclass_fields__
        return PartnerDetails(**{name: self.cleaned_data[name] for name in names})


def _plain(text: str) -> str:
    text = text.strip()
    if not PLAIN.fullmatch(text):
        raise forms.ValidationError(gettext("Letters, digits, blanks and . _ : - only."))
    return text
