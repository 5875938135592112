"""REST endpoints for the floor that change something: the same steps as on screen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fulfillment import selectors, services
from fulfillment.models import Package, PickLine, PickList
from fulfillment.services.items import LotNeeded, WrongItem, lot_code_of
from fulfillment.standard_form import PickListOut, document_of, with_content
from o2c.kernel import clock
from o2c.kernel.api import idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import QuantityField, StrictSerializer, body_of
from o2c.kernel.system_keys import ForSystems, system_of

MOST_LINES = 1_000
# Contents of a package are scans, one after the other.
MOST_SCANS = 100
SCANNED = 90
LONGEST_SIDE = 9_999


class NothingIn(StrictSerializer):
    """No field: the address says it all."""


class ScanIn(StrictSerializer):
    """What a scanner reads, and how often; below zero puts back."""

    code = serializers.CharField(
        max_length=SCANNED,
        trim_whitespace=False,
        help_text="SKU, GTIN of a piece or a pack, lot or serial number, or GS1 data.",
    )
    quantity = QuantityField(required=False, default=Decimal(1))


class CountIn(StrictSerializer):
    """So many more of a line, or fewer below zero, without a scanner."""

    position = serializers.IntegerField(min_value=1, max_value=32767)
    quantity = QuantityField()


class FoundIn(StrictSerializer):
    """What was found of a line in the end."""

    position = serializers.IntegerField(min_value=1, max_value=32767)
    picked = QuantityField()
    short_reason = serializers.ChoiceField(
        choices=PickLine.ShortReason.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why fewer were found than were to be taken; `enough`: the rest is not sent,"
        " within the tolerance of systems.",
    )
    lot = serializers.CharField(
        max_length=40,
        required=False,
        default="",
        help_text="Lot or serial number in hand. It must be the line's: another one is scanned"
        " first, so that the claim moves to it. Needed where the product is kept by lot and"
        " nothing of the line was scanned.",
    )


class ConfirmationIn(StrictSerializer):
    lines = FoundIn(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]


class BoxIn(StrictSerializer):
    """A package as it is closed; all of its sides, or none."""

    contents = ScanIn(many=True, min_length=1, max_length=MOST_SCANS)  # type: ignore[call-arg]
    weight_kg = QuantityField()
    kind = serializers.ChoiceField(
        choices=Package.Kind.choices, required=False, default=Package.Kind.PARCEL.value
    )
    length_cm = serializers.IntegerField(min_value=1, max_value=LONGEST_SIDE, required=False)
    width_cm = serializers.IntegerField(min_value=1, max_value=LONGEST_SIDE, required=False)
    height_cm = serializers.IntegerField(min_value=1, max_value=LONGEST_SIDE, required=False)


class PackingIn(StrictSerializer):
    """Nothing where packages were closed one by one, else the weight of each."""

    weights = serializers.ListField(
        child=QuantityField(), required=False, default=list, max_length=MOST_SCANS
    )


class UnpackingIn(StrictSerializer):
    reason = serializers.CharField(max_length=200)


class PickListStep(ForSystems, APIView):
    """A step of one pick list; each answers with the list in its standard form."""

    scope = "picking"


def _shown(pick_list: PickList) -> Response:
    return Response(document_of(with_content().get(pk=pick_list.pk)))


def _list_of(number: str) -> PickList:
    return PickList.objects.only("pk").get(number=number)


@contextmanager
def placed(prefix: str) -> Iterator[None]:
    """Say in which part of the request the field of a refusal is."""
    try:
        yield
    except InvalidInput as refusal:
        refusal.rename(lambda field: f"{prefix}.{field}" if field else prefix)
        raise


class PickListStart(PickListStep):
    @extend_schema(operation_id="start_pick_list", request=None, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Begin to walk."""
        body_of(request, NothingIn)
        pick_list = _list_of(number)
        actor = system_of(request).actor
        services.start_pick(pick_list.pk, picker_id=None, at=clock.now(), actor=actor)
        return _shown(pick_list)


class PickListScans(PickListStep):
    @extend_schema(operation_id="scan_item", request=ScanIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Count a scanned item; another free lot than the claimed one takes the claim over."""
        scanned, pick_list = body_of(request, ScanIn), _list_of(number)
        services.scan(pick_list.pk, **scanned, at=clock.now(), actor=system_of(request).actor)
        return _shown(pick_list)


class PickListCounts(PickListStep):
    @extend_schema(operation_id="count_line", request=CountIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Count one line without a scanner."""
        counted, pick_list = body_of(request, CountIn), _list_of(number)
        line = PickLine.objects.filter(pick_list=pick_list, position=counted["position"]).first()
        if line is None:
            raise _no_line("position")
        services.count_line(
            pick_list.pk,
            line_id=line.pk,
            quantity=counted["quantity"],
            at=clock.now(),
            actor=system_of(request).actor,
        )
        return _shown(pick_list)


class PickListConfirmation(PickListStep):
    @extend_schema(operation_id="confirm_pick_list", request=ConfirmationIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Finish the list with what was found of every line, short ones with the reason."""
        found, pick_list = body_of(request, ConfirmationIn)["lines"], _list_of(number)
        services.hold_list(pick_list.pk)  # no line goes to another lot once it is compared
        keys = _keys_of(found, selectors.lines_with_items(pick_list.pk))
        try:
            services.confirm_pick(
                pick_list.pk,
                picked=dict(zip(keys, (each["picked"] for each in found), strict=True)),
                short_reasons=dict(
                    zip(keys, (each["short_reason"] for each in found), strict=True)
                ),
                at=clock.now(),
                actor=system_of(request).actor,
            )
        except InvalidInput as refusal:
            refusal.rename(lambda field: _place_of(field, keys))
            raise
        return _shown(pick_list)


class PickListPackages(PickListStep):
    @extend_schema(operation_id="close_package", request=BoxIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Put items into a package, as scanned, and close it with its weight; it gets its SSCC."""
        sent, pick_list = body_of(request, BoxIn), _list_of(number)
        at, actor = clock.now(), system_of(request).actor
        for place, item in enumerate(sent.pop("contents")):
            with placed(f"contents.{place}"):
                services.put_in(pick_list.pk, **item, at=at, actor=actor)
        services.close_package(pick_list.pk, box=services.Box(**sent), at=at, actor=actor)
        return _shown(pick_list)


class PickListPacking(PickListStep):
    @extend_schema(operation_id="end_packing", request=PackingIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """End packing: all is in closed packages, or each package is named by its weight."""
        weights, pick_list = body_of(request, PackingIn)["weights"], _list_of(number)
        actor = system_of(request).actor
        services.pack(pick_list.pk, weights=weights, at=clock.now(), actor=actor)
        return _shown(pick_list)


class PickListUnpacking(PickListStep):
    @extend_schema(operation_id="unpack_pick_list", request=UnpackingIn, responses=PickListOut)
    @idempotent
    def post(self, request: Request, number: str) -> Response:
        """Open the packages of a list that no shipment takes; its goods go back to their places."""
        reason, pick_list = body_of(request, UnpackingIn)["reason"], _list_of(number)
        actor = system_of(request).actor
        services.unpack(pick_list.pk, reason=reason, at=clock.now(), actor=actor)
        return _shown(pick_list)


def _keys_of(found: Sequence[dict[str, Any]], lines: Sequence[PickLine]) -> list[int]:
    """Put our keys in the place of positions.

    Raises:
        WrongItem: the list has no such line, names one twice, or it is of another lot.
        LotNeeded: nothing says which lot of it is in hand.
    """
    by_position = {line.position: line for line in lines}
    keys: list[int] = []
    for place, each in enumerate(found):
        line = by_position.get(each["position"])
        if line is None or line.pk in keys:
            raise _no_line(f"lines.{place}.position")
        _ensure_lot(line, each, f"lines.{place}.lot")
        keys.append(line.pk)
    return keys


def _ensure_lot(line: PickLine, each: dict[str, Any], field: str) -> None:
    lot, shown = each["lot"], {"position": line.position, "lot": lot_code_of(line)}
    if lot and lot != shown["lot"]:
        message = (
            _("Line %(position)s takes %(lot)s: scan the other lot first, so that it is claimed.")
            if shown["lot"]
            else _("The product of line %(position)s is not kept by lot.")
        )
        raise WrongItem(message % shown, field=field)
    if shown["lot"] and not lot and each["picked"] > line.scanned:
        message = _("Line %(position)s takes %(lot)s: say that it is in hand, or scan it.")
        raise LotNeeded(message % shown, field=field)


def _no_line(field: str) -> WrongItem:
    return WrongItem(_("The list has no such line, or it is named twice."), field=field)


def _place_of(field: str, keys: Sequence[int]) -> str:
    """Name a refused line by its place in the request; one that is left out by none."""
    named = field.split(".")
    if len(named) != 3 or int(named[1]) not in keys:  # noqa: PLR2004  lines, key, name
        return "lines" if named[0] == "lines" else field
    name = {"reason": "short_reason"}.get(named[2], named[2])
    return f"lines.{keys.index(int(named[1]))}.{name}"


urlpatterns = [
    path("pick-lists/<str:number>/start", PickListStart.as_view(), name="pick-list-start"),
    path("pick-lists/<str:number>/scans", PickListScans.as_view(), name="pick-list-scans"),
    path("pick-lists/<str:number>/counts", PickListCounts.as_view(), name="pick-list-counts"),
    path(
        "pick-lists/<str:number>/confirmation",
        PickListConfirmation.as_view(),
        name="pick-list-confirmation",
    ),
    path("pick-lists/<str:number>/packages", PickListPackages.as_view(), name="pick-list-packages"),
    path("pick-lists/<str:number>/packing", PickListPacking.as_view(), name="pick-list-packing"),
    path(
        "pick-lists/<str:number>/unpacking", PickListUnpacking.as_view(), name="pick-list-unpacking"
    ),
]
