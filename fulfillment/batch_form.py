"""The standard form of a batch: its totes, and all their lines in one walk.

`schemas/pick-batch.json` is its published schema; every document of ours is valid by it.
"""

import json
from pathlib import Path
from typing import Any

from rest_framework import serializers

from fulfillment import worklists
from fulfillment.models import PickBatch, PickList
from fulfillment.standard_form import PickHouseOut, PickLineOut

SCHEMA_FILE = Path(__file__).parent / "schemas" / "pick-batch.json"
SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
FORM: str = SCHEMA["properties"]["form"]["const"]


class ToteOut(serializers.Serializer[Any]):
    """A tote takes what is on one pick list."""

    tote = serializers.IntegerField()
    pick_list = serializers.CharField(source="number")
    order = serializers.CharField(source="order.number")
    customer = serializers.CharField(source="order.customer.name")
    state = serializers.ChoiceField(choices=PickList.State.choices)


class WalkedLineOut(PickLineOut):
    """A line of a pick list, and the tote that it goes into."""

    tote = serializers.IntegerField()
    pick_list = serializers.CharField(source="pick_list.number")


class PickBatchOut(serializers.Serializer[Any]):
    """A batch in the standard form; its schema is at `/api/v1/schemas/pick-batch.json`."""

    form = serializers.CharField(help_text="Which form, and its version.")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PickBatch.State.choices)
    warehouse = PickHouseOut()
    picker = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    totes = ToteOut(many=True)
    lines = WalkedLineOut(many=True)


def document_of(batch: PickBatch) -> dict[str, Any]:
    """Return the form of a batch that was read with its house and picker; two statements."""
    pick_lists = worklists.in_totes(batch)
    content = {
        "form": FORM,
        "number": batch.number,
        "state": batch.state,
        "warehouse": batch.warehouse,
        "picker": str(batch.picker) if batch.picker else None,
        "created_at": batch.created_at,
        "done_at": batch.done_at,
        "totes": pick_lists,
        "lines": worklists.walk_of(pick_lists),
    }
    return dict(PickBatchOut(content).data)
