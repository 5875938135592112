"""What people enter about a delivery: shapes only, the rules are in the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shipping.models import ShipmentLine
from shipping.services import Refusal


class ProofForm(forms.Form):
    """Who took it and when, and what of each line was refused; times as at the warehouse."""

    received_by = forms.CharField(label=_("Received by"), max_length=200)
    received_at = forms.DateTimeField(
        label=_("Received"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    file = forms.FileField(
        label=_("Signed paper or picture"),
        required=False,
        max_length=200,
        help_text=_("PDF, PNG or JPEG"),
    )

    def __init__(self, *args: Any, lines: Sequence[ShipmentLine], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.lines = lines
        for line in lines:
            self.fields[f"refused_{line.pk}"] = forms.DecimalField(
                label=_("Refused of %(sku)s") % {"sku": line.order_line.product.sku},
                max_digits=12,
                decimal_places=3,
                min_value=0,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
            self.fields[f"reason_{line.pk}"] = forms.CharField(
                label=_("Why %(sku)s was refused") % {"sku": line.order_line.product.sku},
                max_length=200,
                required=False,
            )

    def refused(self) -> dict[int, Refusal]:
        """Return what was refused, by line."""
        entered = self.cleaned_data
        return {
            line.pk: Refusal(
                quantity=entered[f"refused_{line.pk}"], reason=entered[f"reason_{line.pk}"]
            )
            for line in self.lines
            if entered[f"refused_{line.pk}"]
        }

    @property
    def names(self) -> dict[str, str]:
        """Say what the services call these fields."""
        return {
            f"lines.{line.pk}.{name}": f"{name}_{line.pk}"
            for line in self.lines
            for name in ("refused", "reason")
        }

    @property
    def rows(self) -> list[tuple[ShipmentLine, forms.BoundField, forms.BoundField]]:
        return [
            (line, self[f"refused_{line.pk}"], self[f"reason_{line.pk}"]) for line in self.lines
        ]

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("received_by", "received_at", "note", "file")]
