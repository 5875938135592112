"""What is agreed with a customer."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.forms.places import PlaceForm
from customers.forms.sections import WatchedForm
from customers.forms.terms import PercentField
from customers.freight import FreightTerms
from customers.incoterms import Incoterm
from customers.models import Customer, PaymentTerms
from customers.services import Details
from o2c.kernel.forms import CurrencyField
from o2c.kernel.models import User
from o2c.kernel.ui.figures import Text


class CustomerForm(WatchedForm):
    """What is agreed with a customer."""

    name = forms.CharField(label=_("Name"), max_length=200)
    legal_name = forms.CharField(
        label=_("Legal name"),
        max_length=200,
        required=False,
        help_text=_("As registered, where it differs; invoices are made out to it"),
    )
    vat_number = forms.CharField(label=_("VAT number"), max_length=30, required=False)
    eori = forms.CharField(label=_("EORI number"), max_length=30, required=False)
    registration_number = forms.CharField(
        label=_("Company registration"), max_length=40, required=False
    )
    gln = forms.CharField(
        label=_("GLN"), max_length=20, required=False, help_text=_("13 digits, by GS1")
    )
    parent = forms.CharField(
        label=_("Belongs to"),
        max_length=20,
        required=False,
        help_text=_("The number of the customer whose branch this is, such as C-1001"),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    sales_rep = forms.ModelChoiceField(
        label=_("Sales rep"),
        queryset=User.objects.filter(groups__name="sales_rep").order_by("last_name", "pk"),
        required=False,
    )
    payment_terms = forms.ModelChoiceField(
        label=_("Payment terms"), queryset=PaymentTerms.objects.order_by("net_days", "pk")
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace after the due date"), min_value=0, max_value=365
    )
    tax_status = forms.ChoiceField(label=_("Tax"), choices=Customer.TaxStatus.choices)
    billing_trigger = forms.ChoiceField(label=_("Invoice"), choices=Customer.BillingTrigger.choices)
    shortage_policy = forms.ChoiceField(
        label=_("When something is out of stock"), choices=Customer.ShortagePolicy.choices
    )
    consolidation = forms.ChoiceField(
        label=_("Several orders to one address go"),
        choices=Customer.Consolidation.choices,
        initial=Customer.Consolidation.BY_HAND,
    )
    accepts_backorders = forms.BooleanField(label=_("Accepts backorders"), required=False)
    ships_complete = forms.BooleanField(
        label=_("Send nothing before all of an order can go"), required=False
    )
    priority = forms.IntegerField(
        label=_("Priority, 1 to 9"),
        min_value=1,
        max_value=9,
        required=False,
        help_text=_("Who gets what is scarce: 1 is first; empty: 5"),
    )
    incoterm = forms.ChoiceField(
        label=_("Incoterm"), choices=[("", "—"), *Incoterm.choices], required=False
    )
    freight_terms = forms.ChoiceField(
        label=_("Freight"), choices=FreightTerms.choices, initial=FreightTerms.BORNE
    )
    requires_po_number = forms.BooleanField(
        label=_("Pays only against a PO number"), required=False
    )
    price_tolerance_rate = PercentField(
        label=_("Price tolerance, %"),
        required=False,
        decimal_places=3,
        help_text=_("A price this far from the listed one needs no reason; empty: the house's"),
    )
    is_active = forms.BooleanField(label=_("Active"), required=False)

    sections: ClassVar[Sequence[tuple[Text, Sequence[str]]]] = (
        (
            _("Who they are"),
            ("name", "legal_name", "vat_number", "eori", "registration_number", "gln", "parent"),
        ),
        (_("How we reach them"), ("email", "language", "time_zone", "sales_rep")),
        (_("Payment"), ("payment_terms", "currency", "grace_days", "tax_status")),
        (
            _("Orders and delivery"),
            (
                "billing_trigger",
                "shortage_policy",
                "consolidation",
                "accepts_backorders",
                "ships_complete",
                "priority",
                "incoterm",
                "freight_terms",
                "requires_po_number",
                "price_tolerance_rate",
                "is_active",
            ),
        ),
        (_("Address"), ("street", "postal_code", "city", "region", "country")),
    )

    def __init__(self, *args: Any, may_tolerate: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_tolerate:
            del self.fields["price_tolerance_rate"]
        offered = Q(is_active=True) | Q(pk=self.initial.get("payment_terms"))
        terms = self.fields["payment_terms"]
        terms.queryset = PaymentTerms.objects.filter(offered).order_by("net_days", "pk")  # type: ignore[attr-defined]

    def grouped(self) -> Any:
        """Leave out headings of which this form has no fields."""
        return ((title, shown) for title, shown in super().grouped() if shown)

    def clean_priority(self) -> int:
        """Return the priority that was entered, else the usual one."""
        return self.cleaned_data["priority"] or Customer.USUAL_PRIORITY

    def clean_parent(self) -> int | None:
        """Return the key of the customer whose number was entered."""
        number = self.cleaned_data["parent"].strip()
        if not number:
            return None
        key = Customer.objects.filter(number__iexact=number).values_list("pk", flat=True).first()
        if key is None:
            text = _now("No customer has the number “%(code)s”.") % {"code": number}
            raise forms.ValidationError(text)
        return int(key)

    def details(self, customer: Customer | None = None) -> Details:
        """Return what was entered, as the services take it; what the form does not ask stays."""
        kept = customer.price_tolerance_rate if customer else None
        values: dict[str, Any] = {"price_tolerance_rate": kept, **self.cleaned_data}
        sales_rep = values.pop("sales_rep")
        names = {field.name for field in fields(Details)} & set(values)
        return Details(
            payment_terms_id=values["payment_terms"].pk,
            sales_rep_id=sales_rep.pk if sales_rep else None,
            parent_id=values["parent"],
            **{name: values[name] for name in names},
        )


class NewCustomerForm(CustomerForm, PlaceForm):
    """A customer with the one address that goods and invoices go to."""

    currency = CurrencyField(
        label=_("Currency"), help_text=_("Three letters, such as EUR; it cannot be changed later")
    )
