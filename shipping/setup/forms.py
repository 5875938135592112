"""What people enter about carriers: shapes only, the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Warehouse
from o2c.kernel.forms import CurrencyField, DateField
from shipping.carriers.fake import BEHAVIOURS
from shipping.carriers.names import CHOICES, FAKE, HTTP
from shipping.models import Carrier, CarrierService, FreightZone, PickupSchedule
from shipping.services.setting_up import CarrierDetails

CODE_LENGTH = 20
MOST_PACKAGES = 2_147_483_647
PERCENT = Decimal(100)
REFUSING = ("refuse", "away", "slow", "unclear")


def _one_of(label: Any, **settings: Any) -> Any:
    """Return a choice of rows that the form finds for its carrier."""
    return forms.ModelChoiceField(label=label, queryset=None, **settings)


class CarrierForm(forms.Form):
    """What is known of a carrier."""

    name = forms.CharField(label=_("Name"), max_length=100)
    tracking_url = forms.CharField(
        label=_("Its tracking page"),
        max_length=200,
        required=False,
        help_text=_("Such as https://carrier.example/track?no={number}"),
    )
    is_active = forms.BooleanField(label=_("We work with it"), required=False, initial=True)

    def details(self) -> CarrierDetails:
        entered = self.cleaned_data
        return CarrierDetails(
            name=entered["name"],
            tracking_url=entered["tracking_url"],
            is_active=entered["is_active"],
        )


class NewCarrierForm(CarrierForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Capital letters and digits: our tracking numbers begin with it. It stays."),
    )
    field_order = ("code", "name")


class ConnectionForm(forms.Form):
    """How a carrier is spoken to."""

    adapter = forms.ChoiceField(label=_("How it is booked"), choices=CHOICES)
    base_url = forms.CharField(
        label=_("Address of its system"),
        max_length=200,
        required=False,
        help_text=_("For JSON over HTTPS: https://api.carrier.example/v1"),
    )
    api_token = forms.CharField(
        label=_("Its token for us"),
        max_length=300,
        required=False,
        help_text=_("Sent as bearer; empty keeps what is stored"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    usual = forms.ChoiceField(
        label=_("What a fake does"),
        required=False,
        choices=[(name, name or _("as it should")) for name in (*BEHAVIOURS, *REFUSING)],
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        url = entered.get("base_url", "")
        if entered.get("adapter") == HTTP and not url:
            self.add_error("base_url", _("Enter where its system is."))
        if url and not url.startswith(("https://", "http://")):
            self.add_error("base_url", _("It begins with https://."))
        return entered

    def settings(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return the settings that this form knows, beside those that it does not show."""
        known: dict[str, Any] = {"base_url": self.cleaned_data["base_url"].rstrip("/")}
        if self.cleaned_data["adapter"] == FAKE or "fake" in before:
            known["fake"] = {**before.get("fake", {}), "usual": self.cleaned_data["usual"]}
        return known


class PartForm(forms.Form):
    """Something that belongs to a carrier; `rows` are its values, once for each that is made."""

    def __init__(self, data: QueryDict | None, *, carrier: Carrier, row: Any = None) -> None:
        super().__init__(data, initial=self.values_of(row) if row else self.usual(carrier))
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self.choices_of(name, carrier)
        self.is_new = row is None

    def values_of(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    def usual(self, carrier: Carrier) -> dict[str, Any]:
        return {}

    def choices_of(self, name: str, carrier: Carrier) -> Any:
        if name == "warehouse":
            return Warehouse.objects.order_by("code")
        if name == "zone":
            return FreightZone.objects.filter(carrier=carrier).order_by("code")
        return CarrierService.objects.filter(carrier=carrier).order_by("code")

    def rows(self) -> list[dict[str, Any]]:
        return [dict(self.cleaned_data)]


class ServiceForm(PartForm):
    code = forms.CharField(label=_("Code"), max_length=CODE_LENGTH)
    name = forms.CharField(label=_("Name"), max_length=100)
    transit_days = forms.IntegerField(
        label=_("Working days on the road"), min_value=0, max_value=90, initial=1
    )
    max_weight_kg = forms.DecimalField(
        label=_("Takes at most, kg"), max_digits=10, decimal_places=3, min_value=0, required=False
    )
    adapter = forms.ChoiceField(
        label=_("How it is booked"),
        choices=[("", _("as the carrier")), *CHOICES],
        required=False,
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def usual(self, carrier: Carrier) -> dict[str, Any]:
        return {"is_active": True, "transit_days": 1}


class ZoneForm(PartForm):
    code = forms.CharField(label=_("Code"), max_length=CODE_LENGTH)
    countries = SimpleArrayField(
        forms.RegexField(r"^[A-Za-z]{2}$", strip=True),
        label=_("Countries"),
        max_length=250,
        help_text=_("Two letters each, with commas: DE, AT"),
    )
    postal_prefixes = SimpleArrayField(
        forms.CharField(max_length=12),
        label=_("Beginnings of postal codes"),
        max_length=500,
        required=False,
        help_text=_("With commas; empty: all. The longest that fits wins."),
    )

    def clean_countries(self) -> list[str]:
        return [country.upper() for country in self.cleaned_data["countries"]]


class RateForm(PartForm):
    service = _one_of(_("Service"))
    zone = _one_of(_("Zone"))
    from_weight_kg = forms.DecimalField(
        label=_("From kg"), max_digits=10, decimal_places=3, min_value=0
    )
    currency = CurrencyField(label=_("Currency"))
    amount = forms.DecimalField(label=_("Amount"), max_digits=12, decimal_places=3, min_value=0)
    per_kg = forms.DecimalField(label=_("Per kg"), max_digits=12, decimal_places=4, min_value=0)
    percent = forms.DecimalField(
        label=_("Share of the goods' value, %"),
        max_digits=6,
        decimal_places=3,
        min_value=0,
        max_value=100,
    )
    minimum = forms.DecimalField(label=_("At least"), max_digits=12, decimal_places=3, min_value=0)
    valid_from = DateField(label=_("From"))
    valid_until = DateField(label=_("Last day"), required=False)

    def usual(self, carrier: Carrier) -> dict[str, Any]:
        return {"from_weight_kg": 0, "amount": 0, "per_kg": 0, "percent": 0, "minimum": 0}

    def values_of(self, row: Any) -> dict[str, Any]:
        return {**super().values_of(row), "percent": (row.value_rate * PERCENT).normalize()}

    def rows(self) -> list[dict[str, Any]]:
        values = dict(self.cleaned_data)
        values["value_rate"] = values.pop("percent") / PERCENT
        return [values]


class PickupForm(PartForm):
    warehouse = _one_of(_("Warehouse"), empty_label=None)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        coerce=int,
        choices=PickupSchedule._meta.get_field("weekday").choices or [],
    )
    cut_off = forms.TimeField(
        label=_("Cut-off"),
        help_text=_("On the warehouse's clock"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    transit_days = forms.IntegerField(
        label=_("Working days on the road"),
        min_value=0,
        max_value=90,
        help_text=_("For the service below; for all of them, each service's own days count"),
    )
    service = _one_of(_("Service"), required=False, empty_label=_("all of them"))
    capacity_packages = forms.IntegerField(
        label=_("Takes packages"),
        min_value=0,
        max_value=MOST_PACKAGES,
        required=False,
        help_text=_("Empty: any number"),
    )
    capacity_kg = forms.DecimalField(
        label=_("Takes kg"), max_digits=10, decimal_places=3, min_value=0, required=False
    )
    door = forms.CharField(label=_("Door"), max_length=20, required=False)

    def usual(self, carrier: Carrier) -> dict[str, Any]:
        return {"transit_days": 1}


class NewPickupForm(PickupForm):
    """The same pickup on several weekdays."""

    weekday = None  # type: ignore[assignment]
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=PickupSchedule._meta.get_field("weekday").choices or [],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("warehouse", "weekdays")

    def rows(self) -> list[dict[str, Any]]:
        values = dict(self.cleaned_data)
        return [{**values, "weekday": day} for day in values.pop("weekdays")]


class ClosureForm(PartForm):
    day = DateField(label=_("Day"))
    warehouse = _one_of(_("Warehouse"), required=False, empty_label=_("all of them"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


FORMS: dict[str, tuple[type[PartForm], type[PartForm]]] = {
    "services": (ServiceForm, ServiceForm),
    "zones": (ZoneForm, ZoneForm),
    "rates": (RateForm, RateForm),
    "pickups": (NewPickupForm, PickupForm),
    "closures": (ClosureForm, ClosureForm),
}
