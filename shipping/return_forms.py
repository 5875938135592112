"""What people enter about goods that come back: shapes only, the rules are in the services."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Location
from shipping.models import ReturnLine, ShipmentLine
from shipping.services import Arrived, Coming, Target, Verdict

DIGITS, PLACES = 12, 3
MOST_LOTS = 200


class Quantity(forms.DecimalField):
    """A quantity of goods, as people type it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6})

    def __init__(self, sku: str, *, initial: Decimal | None = None) -> None:
        shown = None if initial is None else f"{initial.normalize():f}"
        super().__init__(
            min_value=0,
            max_digits=DIGITS,
            decimal_places=PLACES,
            required=False,
            initial=shown,
            label=_("Quantity of %(sku)s") % {"sku": sku},
        )


class AnnounceForm(forms.Form):
    """How much of which shipped line comes back, and why; empty: nothing of it."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, lines: Sequence[ShipmentLine], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.lines = lines
        for line in lines:
            self.fields[f"quantity_{line.pk}"] = Quantity(line.order_line.sku)
            self.fields[f"reason_{line.pk}"] = forms.ChoiceField(
                choices=[(reason, reason.label) for reason in ReturnLine.COMING_BACK],
                initial=ReturnLine.Reason.UNWANTED,
                required=False,
                label=_("Why"),
            )

    def rows(self) -> Iterator[tuple[ShipmentLine, BoundField, BoundField]]:
        for line in self.lines:
            yield line, self[f"quantity_{line.pk}"], self[f"reason_{line.pk}"]

    def goods(self) -> list[Coming]:
        entered = self.cleaned_data
        return [
            Coming(
                shipment_line_id=line.pk,
                quantity=entered[f"quantity_{line.pk}"],
                reason=entered[f"reason_{line.pk}"],
            )
            for line in self.lines
            if entered[f"quantity_{line.pk}"]
        ]

    def names(self) -> dict[str, str]:
        """Say which field shows what the services call `lines.<id>`."""
        return {f"lines.{line.pk}": f"quantity_{line.pk}" for line in self.lines}


class ReceiveForm(forms.Form):
    """What of each announced line has come, and of which lots: `code quantity`, one a line."""

    def __init__(self, lines: Sequence[ReturnLine], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.lines = lines
        for line in lines:
            if is_tracked(line):
                self.fields[f"lots_{line.pk}"] = forms.CharField(
                    label=_("Lots"),
                    max_length=10_000,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 2, "cols": 24}),
                )
            else:
                self.fields[f"quantity_{line.pk}"] = Quantity(
                    line.shipment_line.order_line.sku, initial=line.announced
                )

    def rows(self) -> Iterator[tuple[ReturnLine, BoundField]]:
        for line in self.lines:
            name = "lots" if is_tracked(line) else "quantity"
            yield line, self[f"{name}_{line.pk}"]

    def clean(self) -> None:
        for line in self.lines:
            name = f"lots_{line.pk}"
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = _lots(line.pk, self.cleaned_data[name])
                except (ArithmeticError, ValueError):
                    message = _("Enter each lot on a line of its own: its code, then how much.")
                    self.add_error(name, str(message))

    def goods(self) -> list[Arrived]:
        goods: list[Arrived] = []
        for line in self.lines:
            if is_tracked(line):
                goods += self.cleaned_data[f"lots_{line.pk}"]
            elif quantity := self.cleaned_data[f"quantity_{line.pk}"]:
                goods.append(Arrived(line_id=line.pk, quantity=quantity))
        return goods

    def names(self) -> dict[str, str]:
        return {
            f"lines.{line.pk}": f"{'lots' if is_tracked(line) else 'quantity'}_{line.pk}"
            for line in self.lines
        }


class StoreForm(forms.Form):
    """What becomes of each line, and where it goes."""

    def __init__(
        self,
        lines: Sequence[ReturnLine],
        places: Sequence[Location],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data)
        self.lines = lines
        choices = [("", _("—")), *((str(place.pk), place.code) for place in places)]
        for line in lines:
            self.fields[f"disposition_{line.pk}"] = forms.ChoiceField(
                choices=ReturnLine.Disposition.choices,
                initial=line.disposition,
                label=_("What becomes of it"),
            )
            self.fields[f"place_{line.pk}"] = forms.ChoiceField(
                choices=choices, required=False, initial=line.location_id, label=_("Place")
            )

    def rows(self) -> Iterator[tuple[ReturnLine, BoundField, BoundField]]:
        for line in self.lines:
            yield line, self[f"disposition_{line.pk}"], self[f"place_{line.pk}"]

    def targets(self) -> dict[int, Target]:
        entered = self.cleaned_data
        return {
            line.pk: Target(
                disposition=entered[f"disposition_{line.pk}"],
                location_id=int(entered[f"place_{line.pk}"] or 0) or None,
            )
            for line in self.lines
        }

    def names(self) -> dict[str, str]:
        return {f"lines.{line.pk}": f"disposition_{line.pk}" for line in self.lines}


class InspectForm(StoreForm):
    """What becomes of each line, where it goes, and how much of it is credited."""

    def __init__(
        self,
        lines: Sequence[ReturnLine],
        places: Sequence[Location],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(lines, places, data)
        for line in lines:
            accepted = Quantity(line.shipment_line.order_line.sku, initial=line.received)
            accepted.required = True
            self.fields[f"accepted_{line.pk}"] = accepted

    def judged(self) -> Iterator[tuple[ReturnLine, BoundField, BoundField, BoundField]]:
        for line, disposition, place in self.rows():
            yield line, disposition, place, self[f"accepted_{line.pk}"]

    def verdicts(self) -> dict[int, Verdict]:
        return {
            key: Verdict(
                disposition=target.disposition,
                location_id=target.location_id,
                accepted=self.cleaned_data[f"accepted_{key}"],
            )
            for key, target in self.targets().items()
        }


class SettleForm(forms.Form):
    answer = forms.CharField(
        label=_("Word to the customer"),
        help_text=_("Needed where less is credited than has come."),
        max_length=300,
        required=False,
    )


class RefuseForm(forms.Form):
    answer = forms.CharField(label=_("Why it is refused"), max_length=300)

    def __init__(self, data: QueryDict | None = None) -> None:
        """Name the field for this form alone: it stands beside the one that settles."""
        super().__init__(data, auto_id="refuse_%s")


def is_tracked(line: ReturnLine) -> bool:
    return line.shipment_line.order_line.product.tracking != "none"


def _lots(line_id: int, text: str) -> list[Arrived]:
    """Read `code quantity` lines; without a quantity it is one piece.

    Raises:
        ValueError, ArithmeticError: a quantity cannot be read, or there are too many.
    """
    goods = []
    for row in filter(None, map(str.strip, text.splitlines())):
        code, _gap, quantity = row.rpartition(" ")
        if not code:
            code, quantity = row, "1"
        goods.append(Arrived(line_id=line_id, quantity=Decimal(quantity), lot_code=code.strip()))
    if len(goods) > MOST_LOTS:
        raise ValueError("more lots than a page takes")
    return goods
