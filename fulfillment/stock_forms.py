"""What people enter about stock beyond the floor: shapes only, the rules are in the services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Location, Warehouse
from fulfillment.services import House, Place
from fulfillment.services.tolerating import ROLES
from o2c.kernel.forms import DateField

PLACES = 3
MOST_PERCENT = Decimal("99.999")


def _quantity(label: Any, **settings: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, decimal_places=PLACES, max_digits=12, **settings)


def _warehouses() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.order_by("code"), empty_label=None
    )


class MoveForm(forms.Form):
    """Where goods are put to, and how many of them."""

    quantity = _quantity(_("Quantity"))
    warehouse = _warehouses()
    location = forms.CharField(label=_("To location"), max_length=20)
    reason = forms.CharField(label=_("Reason, if any"), max_length=200, required=False)


class AskForm(forms.Form):
    """Why somebody is to count."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    blocks = forms.BooleanField(
        label=_("Promise nothing of it before it is counted"), required=False
    )


class ExpectedForm(forms.Form):
    """Goods that a supplier has promised."""

    reference = forms.CharField(label=_("Purchase order"), max_length=60)
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)
    sku = forms.CharField(label=_("SKU"), max_length=40)
    quantity = _quantity(_("Quantity"))
    warehouse = _warehouses()
    expected_on = DateField(label=_("Expected on"))


class ChangedExpectedForm(forms.Form):
    """Another day, quantity or supplier."""

    quantity = _quantity(_("Quantity"))
    expected_on = DateField(label=_("Expected on"))
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RedateForm(forms.Form):
    """Another last day of a lot."""

    expires_on = DateField(label=_("May leave until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReorderForm(forms.Form):
    """When a product is low in a house, and up to what it is filled."""

    sku = forms.CharField(label=_("SKU"), max_length=40)
    warehouse = _warehouses()
    minimum = _quantity(_("Low below"))
    target = _quantity(_("Fill up to"))


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV or XLSX"),
        help_text=_("Columns: reference, sku, quantity, expected on; warehouse, supplier."),
    )


class WarehouseForm(forms.Form):
    """What is known of a house."""

    code = forms.CharField(label=_("Code"), max_length=12)
    name = forms.CharField(label=_("Name"), max_length=100)
    street = forms.CharField(
        label=_("Street"),
        max_length=200,
        required=False,
        help_text=_("Where carriers come to and returns go. Empty: the company's address."),
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    country = forms.CharField(label=_("Country"), max_length=2)
    time_zone = forms.CharField(label=_("Time zone"), max_length=60, initial="Europe/Berlin")
    counts_per_day = forms.IntegerField(
        label=_("Places counted a day"),
        min_value=0,
        initial=0,
        help_text=_("0: no cycle counts."),
    )
    count_every_days = forms.IntegerField(
        label=_("Each place again after days"), min_value=0, initial=90
    )

    def __init__(self, data: QueryDict | None = None, *, row: Warehouse | None = None) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields} if row else None
        super().__init__(data, initial=initial)

    def house(self) -> House:
        entered = self.cleaned_data
        return House(**entered | {"country": entered["country"].upper()})


class LocationForm(forms.Form):
    """What is known of a place."""

    code = forms.CharField(label=_("Code"), max_length=20)
    kind = forms.ChoiceField(label=_("What it is for"), choices=Location.Kind.choices)
    zone = forms.CharField(label=_("Zone"), max_length=10, required=False)
    walk_order = forms.IntegerField(
        label=_("Turn on the walk"), min_value=0, max_value=2_147_483_647, initial=0
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, data: QueryDict | None = None, *, row: Location | None = None) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields} if row else None
        super().__init__(data, initial=initial)

    def place(self) -> Place:
        return Place(**self.cleaned_data)


class ToleranceForm(forms.Form):
    """How much more or less than ordered a role may send, in percent of a line."""

    role = forms.ChoiceField(label=_("Who picks"), choices=ROLES)
    over_rate = forms.DecimalField(
        label=_("More, %"), min_value=0, max_value=MOST_PERCENT, decimal_places=3, initial=0
    )
    under_rate = forms.DecimalField(
        label=_("Less, %"), min_value=0, max_value=MOST_PERCENT, decimal_places=3, initial=0
    )

    def rates(self) -> dict[str, Decimal]:
        """Return the fractions."""
        return {name: self.cleaned_data[name] / 100 for name in ("over_rate", "under_rate")}


class SourcingForm(forms.Form):
    """Which house is asked first for a country."""

    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Empty: all others.")
    )
    warehouse = _warehouses()
    rank = forms.IntegerField(label=_("Rank, the lower first"), min_value=0, max_value=32767)
