"""REST endpoints: change an order that was handed over, and what was agreed on before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.selectors import products_by_code
from customers.authentication import caller_of
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.api import idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import QuantityField, StrictSerializer, body_of, query_of
from orders import services
from orders.api import address_id, orders_of
from orders.change_selectors import revisions_of
from orders.models import Amendment, Order, OrderLine
from orders.rules import MAX_LINES, MAX_PO_LENGTH
from orders.services import AmendmentChanges, LineChange, OrderInvalid


class ChangedLineIn(StrictSerializer):
    """A line by its position; a new one by its SKU. Quantity 0 cancels what has not left."""

    position = serializers.IntegerField(min_value=1, max_value=32767, required=False)
    sku = serializers.CharField(max_length=60, required=False)
    quantity = QuantityField(min_value=0, required=False)
    requested_on = serializers.DateField(required=False)


class AmendmentIn(StrictSerializer):
    """What is to change; what is left out stays as it is."""

    reason = serializers.CharField(max_length=300)
    revision = serializers.IntegerField(
        required=False, min_value=0, help_text="Refused when the order has changed since."
    )
    customer_po = serializers.CharField(max_length=MAX_PO_LENGTH, required=False)
    requested_on = serializers.DateField(required=False)
    ship_to = serializers.CharField(max_length=100, required=False)
    lines = serializers.ListField(
        child=ChangedLineIn(), required=False, default=list, max_length=MAX_LINES
    )


class AmendmentQuery(StrictSerializer):
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Only say what the change would do."
    )


class AmendmentOut(serializers.Serializer[Any]):
    """What a change does: amounts before and after as text, and each line that changes."""

    number = serializers.CharField(allow_blank=True, help_text="Empty for a dry run.")
    state = serializers.CharField()
    order_state = serializers.CharField()
    revision = serializers.IntegerField()
    effects = serializers.JSONField()
    findings = serializers.JSONField()


class RevisionOut(serializers.Serializer[Any]):
    """What was agreed on, as of one revision."""

    number = serializers.IntegerField()
    amendment = serializers.CharField(allow_null=True, source="amendment.number", default=None)
    reason = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    content = serializers.JSONField()


class Amendments(APIView):
    """Changes of an order that was handed over."""

    scope = "orders"

    @extend_schema(
        operation_id="amend_order",
        request=AmendmentIn,
        parameters=[AmendmentQuery],
        responses={200: AmendmentOut, 201: AmendmentOut},
    )
    def post(self, request: Request, order_id: str) -> Response:
        """Change an order as far as it has not left; `?dry_run=true` only says what it would do."""
        if query_of(request, AmendmentQuery)["dry_run"]:
            return self.preview(request, order_id)
        return self.make(request, order_id)

    def preview(self, request: Request, order_id: str) -> Response:
        """Say what the change would do; nothing is kept, so no key is used up."""
        body, order, changes = asked_in(request, order_id)
        checked = services.check_amendment(
            order.pk,
            changes=changes,
            reason=body["reason"],
            at=clock.now(),
            actor=caller_of(request).actor,
        )
        if checked.blocking:
            raise OrderInvalid(checked.blocking, channel=order.channel)
        shown = {
            "number": "",
            "state": Amendment.State.CHECKED.value,
            "order_state": order.state,
            "revision": order.revision,
            "effects": checked.effects,
            "findings": checked.as_json(),
        }
        return Response(AmendmentOut(shown).data, status=200)

    @idempotent
    def make(self, request: Request, order_id: str) -> Response:
        """Make the change."""
        body, order, changes = asked_in(request, order_id)
        made = services.amend_order(
            order.pk,
            changes=changes,
            reason=body["reason"],
            base_revision=body.get("revision"),
            at=clock.now(),
            actor=caller_of(request).actor,
        )
        order.refresh_from_db()
        return Response(AmendmentOut(shown_of(made, order)).data, status=201)


class Revisions(APIView):
    """What was agreed on before."""

    scope = "orders"

    @extend_schema(operation_id="list_revisions", responses=RevisionOut(many=True))
    def get(self, request: Request, order_id: str) -> Response:
        """List what was agreed on at each time, the oldest first; none: it was never changed."""
        order = orders_of(caller_of(request).customer).get(public_id=order_id)
        return Response(RevisionOut(revisions_of(order.pk), many=True).data)


def asked_in(request: Request, order_id: str) -> tuple[dict[str, Any], Order, AmendmentChanges]:
    """Return the body of a request, the caller's order, and what is to change of it."""
    body = body_of(request, AmendmentIn)
    customer = caller_of(request).customer
    order = orders_of(customer).get(public_id=order_id)
    return body, order, changes_in(customer, body, order.lines.all())


def shown_of(made: Amendment, order: Order) -> dict[str, Any]:
    """Return an amendment that was made, as the API shows it."""
    return {
        "number": made.number,
        "state": made.state,
        "order_state": order.state,
        "revision": order.revision,
        "effects": made.effects,
        "findings": made.findings,
    }


def changes_in(
    customer: Customer, body: Mapping[str, Any], lines: "QuerySet[OrderLine]"
) -> AmendmentChanges:
    """Return what a customer asks for; prices and terms are not theirs to change.

    Raises:
        InvalidInput: a line or address that is not theirs, or a product that we do not sell.
    """
    return AmendmentChanges(
        lines=_lines_in(customer, body["lines"], lines),
        requested_on=body.get("requested_on"),
        ship_to_id=address_id(customer, body["ship_to"]) if "ship_to" in body else None,
        customer_po=body.get("customer_po"),
    )


def _lines_in(
    customer: Customer, asked: Sequence[Mapping[str, Any]], lines: "QuerySet[OrderLine]"
) -> list[LineChange]:
    ids = dict(lines.values_list("position", "pk"))
    codes = [line["sku"] for line in asked if "sku" in line]
    products = products_by_code(codes, customer_id=customer.pk) if codes else {}
    changes = []
    for place, line in enumerate(asked):
        if ("position" in line) == ("sku" in line):
            message = _("Name a line by its position, or a new one by its SKU.")
            raise InvalidInput(message, field=f"lines.{place}.position")
        product = products.get(line.get("sku", "").strip())
        if "sku" in line and product is None:
            message = _("We do not sell this product. Choose one from the list.")
            raise InvalidInput(message, field=f"lines.{place}.sku")
        if "position" in line and line["position"] not in ids:
            message = _("Name each line once, by its position on the order.")
            raise InvalidInput(message, field=f"lines.{place}.position")
        changes.append(
            LineChange(
                line_id=ids[line["position"]] if "position" in line else None,
                product_id=product.pk if product else None,
                quantity=line.get("quantity"),
                requested_on=line.get("requested_on"),
            )
        )
    return changes


urlpatterns = [
    path("orders/<str:order_id>/amendments", Amendments.as_view(), name="amendments"),
    path("orders/<str:order_id>/revisions", Revisions.as_view(), name="revisions"),
]
