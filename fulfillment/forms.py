"""What people enter on the floor: shapes only, the rules are in the services."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from fulfillment.models import Package, PickLine, Warehouse
from fulfillment.services import Goods
from fulfillment.services.batching import FEWEST_LISTS, MOST_LISTS
from fulfillment.services.recounting import BACK
from o2c.kernel.errors import InvalidInput
from o2c.kernel.forms import DateField
from o2c.kernel.pages import LARGEST_KEY

PLACES = 3
# GS1 data is at most 48 characters, and a scanner's marks.
SCANNED = 90
MOST_PACKAGES = 6
# The longest side of a package, in cm.
LONGEST = 9999


class ScanForm(forms.Form):
    """What a scanner typed, or a person, and how many; below zero puts back."""

    code = forms.CharField(
        label=_("Scan or type an item"),
        max_length=SCANNED,
        strip=False,
        error_messages={"required": _("Scan or type an item, its lot or its serial number.")},
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        decimal_places=PLACES,
        max_digits=12,
        initial=1,
        required=False,
        error_messages={"invalid": _("Enter a number, such as 1.")},
    )

    def clean_quantity(self) -> Decimal:
        entered: Decimal | None = self.cleaned_data["quantity"]
        return Decimal(1) if entered is None else entered


class StepForm(forms.Form):
    """One more or one less of a line."""

    line_id = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    quantity = forms.DecimalField(decimal_places=PLACES, max_digits=12)


class FoundForm(forms.Form):
    """What was found of each line: `picked_<id>`, and `reason_<id>` when it is less."""

    why = tuple(PickLine.ShortReason.choices)
    starts_from = "scanned"

    def __init__(self, lines: Sequence[PickLine], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.lines = lines
        reasons = [("", _("—")), *self.why]
        for line in lines:
            self.fields[f"picked_{line.pk}"] = forms.DecimalField(
                label=line.order_line.product.sku,
                min_value=0,
                max_digits=12,
                decimal_places=PLACES,
                initial=f"{getattr(line, self.starts_from).normalize():f}",
            )
            self.fields[f"reason_{line.pk}"] = forms.ChoiceField(
                label=line.order_line.product.sku, choices=reasons, required=False
            )

    def rows(self) -> Iterator[tuple[PickLine, BoundField, BoundField]]:
        for line in self.lines:
            yield line, self[f"picked_{line.pk}"], self[f"reason_{line.pk}"]

    def picked(self) -> dict[int, Decimal]:
        return {line.pk: self.cleaned_data[f"picked_{line.pk}"] for line in self.lines}

    def take(self, refusal: Exception) -> bool:
        """Show a refusal at each field that it names; say whether it names any."""
        if not isinstance(refusal, InvalidInput):
            return False
        said = [(field, text) for _code, field, text in refusal.findings]
        named = [(self._field_of(f), text) for f, text in said or [(refusal.field, str(refusal))]]
        for field, text in named:
            if field:
                self.add_error(field, text)
        return any(field for field, _text in named)

    def _field_of(self, place: str) -> str:
        """Return what this form calls a field such as `lines.7.reason`; empty: it has none."""
        named = place.split(".")
        field = f"{named[2]}_{named[1]}" if len(named) == 3 else ""  # noqa: PLR2004  lines, key, name
        return field if field in self.fields else ""

    def reasons(self) -> dict[int, str]:
        return {line.pk: self.cleaned_data[f"reason_{line.pk}"] for line in self.lines}


class RecountForm(FoundForm):
    """What the packer counts of each line, and why it is less than was picked."""

    why = ((BACK, _("lies at its place: picked later")), *FoundForm.why)
    starts_from = "due"


class BatchForm(forms.Form):
    """The next lists that wait in a house, to be walked together."""

    warehouse = forms.ModelChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.order_by("code"), empty_label=None
    )
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    count = forms.IntegerField(
        label=_("How many"), min_value=FEWEST_LISTS, max_value=MOST_LISTS, initial=6
    )

    def __init__(self, zones: Sequence[str], data: QueryDict | None = None, **said: Any) -> None:
        super().__init__(data, **said)
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [("", _("all")), *((name, name) for name in zones)]


class PackForm(forms.Form):
    """The weight of each package in kg; as many as there are."""

    def __init__(self, data: QueryDict | None = None, *, estimate: Decimal | None = None) -> None:
        super().__init__(data)
        for number in range(1, MOST_PACKAGES + 1):
            self.fields[f"weight_{number}"] = forms.DecimalField(
                label=_("Package %(number)s, kg") % {"number": number},
                decimal_places=PLACES,
                max_digits=10,
                required=number == 1,
                initial=estimate if number == 1 else None,
            )

    def weights(self) -> list[Decimal]:
        return [value for value in self.cleaned_data.values() if value is not None]


class BoxForm(forms.Form):
    """A package as it is closed at the pack station."""

    weight_kg = forms.DecimalField(label=_("Weight, kg"), decimal_places=PLACES, max_digits=10)
    kind = forms.ChoiceField(label=_("Kind"), choices=Package.Kind.choices)
    length_cm = forms.IntegerField(
        label=_("Length, cm"), min_value=1, max_value=LONGEST, required=False
    )
    width_cm = forms.IntegerField(
        label=_("Width, cm"), min_value=1, max_value=LONGEST, required=False
    )
    height_cm = forms.IntegerField(
        label=_("Height, cm"), min_value=1, max_value=LONGEST, required=False
    )


class ReceiveForm(forms.Form):
    """A delivery to us: what, how many, where to; of which lot, or with which serial numbers."""

    sku = forms.CharField(label=_("SKU"), max_length=40)
    quantity = forms.DecimalField(
        label=_("Quantity"), decimal_places=PLACES, max_digits=12, min_value=0
    )
    warehouse = forms.ModelChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.order_by("code"), empty_label=None
    )
    location = forms.CharField(label=_("Location"), max_length=20)
    delivery_note = forms.CharField(label=_("Delivery note"), max_length=40)
    lot = forms.CharField(
        label=_("Lot, or serial numbers"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for what is kept by lot. One serial number a line."),
    )
    expires_on = DateField(label=_("May leave until"), required=False)
    expected = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    # Sent by a button of its own, which is there when the lot has `expired_on` that day.
    known_expired_on = forms.DateField(required=False, widget=forms.HiddenInput)
    expired_on: date | None = None

    def goods(self, product: Product) -> list[Goods]:
        """Return the parts of the delivery: a lot, or each piece with its serial number.

        Raises:
            InvalidInput: there are more or fewer serial numbers than pieces.
        """
        entered = self.cleaned_data
        codes = re.split(r"[\s,;]+", entered["lot"].strip()) if entered["lot"].strip() else []
        if product.tracking != Product.Tracking.SERIAL or not codes:
            lot = Goods(
                quantity=entered["quantity"],
                lot_code=entered["lot"].strip(),
                expires_on=entered["expires_on"],
            )
            return [lot]
        if len(codes) != entered["quantity"]:
            raise InvalidInput(
                gettext("%(codes)s serial numbers are entered, for %(pieces)s pieces.")
                % {"codes": len(codes), "pieces": f"{entered['quantity'].normalize():f}"},
                field="lot",
            )
        one = Decimal(1)
        return [
            Goods(quantity=one, lot_code=code, expires_on=entered["expires_on"]) for code in codes
        ]


class CountForm(forms.Form):
    """What was counted; hidden, what lay there by the books as the page showed it.

    `confirmed` is sent by a button of its own, when a count that is far off was `doubted`.
    """

    doubted: Decimal | None = None

    counted = forms.DecimalField(
        label=_("Counted"), decimal_places=PLACES, max_digits=14, min_value=0
    )
    lying = forms.DecimalField(
        label=_("By the books"),
        decimal_places=PLACES,
        max_digits=14,
        required=False,
        widget=forms.HiddenInput,
    )
    confirmed = forms.DecimalField(
        decimal_places=PLACES, max_digits=14, required=False, widget=forms.HiddenInput
    )

    def clean(self) -> None:
        if "lying" not in self.errors and self.cleaned_data.get("lying") is None:
            message = gettext("This page was older than what lies here. Look again, and count.")
            self.add_error("counted", message)


class AdjustForm(forms.Form):
    quantity = forms.DecimalField(label=_("By how much"), decimal_places=PLACES, max_digits=12)
    reason = forms.CharField(label=_("Reason"), max_length=200)
