"""The standard form of a pick list: the same content for systems, on screen and on paper.

`schemas/pick-list.json` is its published schema; every document of ours is valid by it.
"""

import json
from pathlib import Path
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from fulfillment.models import Package, PackageLine, PickLine, PickList
from o2c.kernel.representations import QuantityField

SCHEMA_FILE = Path(__file__).parent / "schemas" / "pick-list.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
FORM: str = SCHEMA["properties"]["form"]["const"]


class PickHouseOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class PickShipToOut(serializers.Serializer[Any]):
    """Where the goods go."""

    label = serializers.CharField()  # type: ignore[assignment]
    street = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()


class PickOrderOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    customer = serializers.CharField(source="customer.name")
    customer_po = serializers.CharField()
    requested_on = serializers.DateField()
    ship_to = PickShipToOut()


class PickLineOut(serializers.Serializer[Any]):
    """Take so much of an item, and where one is named of a lot, from a place."""

    position = serializers.IntegerField()
    zone = serializers.CharField(source="allocation.level.location.zone")
    location = serializers.CharField(source="allocation.level.location.code")
    sku = serializers.CharField(source="order_line.product.sku")
    gtin = serializers.CharField(source="order_line.product.gtin")
    description = serializers.CharField(source="order_line.description")
    unit = serializers.CharField(source="order_line.product.unit_id")
    lot = serializers.CharField(
        source="allocation.level.lot.code",
        default=None,
        allow_null=True,
        help_text="The lot or serial number that is to be taken; null: not kept by lot.",
    )
    is_serial = serializers.BooleanField(source="allocation.level.lot.is_serial", default=False)
    expires_on = serializers.DateField(
        source="allocation.level.lot.expires_on", default=None, allow_null=True
    )
    quantity = QuantityField()
    scanned = QuantityField()
    picked = QuantityField(allow_null=True, help_text="What was found; null: still to be told.")
    short_reason = serializers.ChoiceField(
        choices=PickLine.ShortReason.choices, allow_blank=True, help_text="Why fewer were found."
    )


class PackedLineOut(serializers.Serializer[Any]):
    position = serializers.IntegerField(source="pick_line.position")
    quantity = QuantityField()


class PackageOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Package.Kind.choices)
    sscc = serializers.CharField()
    weight_kg = QuantityField()
    length_cm = serializers.IntegerField(allow_null=True)
    width_cm = serializers.IntegerField(allow_null=True)
    height_cm = serializers.IntegerField(allow_null=True)
    contents = PackedLineOut(many=True, source="lines")


class PickListSummaryOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PickList.State.choices)
    warehouse = serializers.CharField(source="warehouse.code")
    order = serializers.CharField(source="order.number")
    batch = serializers.CharField(source="batch.number", default=None, allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)


class PickListOut(serializers.Serializer[Any]):
    """A pick list in the standard form; its schema is at `/api/v1/schemas/pick-list.json`."""

    form = serializers.SerializerMethodField(help_text="Which form, and its version.")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PickList.State.choices)
    warehouse = PickHouseOut()
    batch = serializers.CharField(source="batch.number", default=None, allow_null=True)
    picker = serializers.SerializerMethodField()
    released_at = serializers.DateTimeField(allow_null=True)
    picked_at = serializers.DateTimeField(allow_null=True)
    packed_at = serializers.DateTimeField(allow_null=True)
    order = PickOrderOut()
    lines = PickLineOut(many=True)
    packages = PackageOut(many=True)

    def get_picker(self, row: PickList) -> str | None:
        return str(row.picker) if row.picker else None

    def get_form(self, row: PickList) -> str:
        return FORM


def with_content() -> QuerySet[PickList]:
    """Return pick lists with all that the form shows, in a fixed number of statements."""
    lines = PickLine.objects.select_related(
        "order_line__product", "allocation__level__location", "allocation__level__lot"
    ).order_by("position")
    contents = PackageLine.objects.select_related("pick_line").order_by("pick_line__position")
    packages = Package.objects.prefetch_related(Prefetch("lines", contents)).order_by("number")
    return PickList.objects.select_related(
        "order__customer", "order__ship_to", "warehouse", "batch", "picker"
    ).prefetch_related(Prefetch("lines", lines), Prefetch("packages", packages))


def document_of(pick_list: PickList) -> dict[str, Any]:
    """Return the form of a pick list that was read by `with_content`."""
    return dict(PickListOut(pick_list).data)
