"""REST endpoints: place, follow and cancel orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Product
from customers.authentication import caller_of
from customers.models import Address, Customer
from o2c.kernel import clock, downloads
from o2c.kernel.api import PROBLEM, TYPE, CursorPages, idempotent
from o2c.kernel.compiled import compiled
from o2c.kernel.downloads import PdfRenderer
from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import body_of, money_of, query_of, written
from o2c.kernel.requests import CONFLICT
from orders import services
from orders.models import Channel, Order, OrderLine
from orders.serializers import (
    CancellationIn,
    NewOrderIn,
    OrderOut,
    OrderQuery,
    OrderSummaryOut,
)
from orders.waiting import TITLES, Waiting, waiting_of

# No product has this key: the order's own rule says that it is unknown, with all other findings.
UNKNOWN = 0
# What a reading operation refuses for the document's state.
REFUSED = {"$ref": "#/components/schemas/Problem"}
EXAMPLE = OpenApiExample(
    "Two lines",
    request_only=True,
    value={
        "customer_po": "4711",
        "lines": [{"sku": "KV-080", "quantity": "6"}, {"sku": "PX-210", "quantity": "2"}],
    },
)


class Orders(generics.GenericAPIView[Any]):
    """The caller's orders."""

    scope = "orders"
    queryset = Order.objects.none()
    serializer_class = OrderSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_orders", parameters=[OrderQuery], responses=OrderSummaryOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the orders, newest first."""
        query = query_of(request, OrderQuery)
        wanted = {name: query[name] for name in ("state", "customer_po") if name in query}
        page = self.paginate_queryset(orders_of(caller_of(request).customer).filter(**wanted))
        shown = [written(OrderSummaryOut, with_hold(order)) for order in page or []]
        return self.get_paginated_response(shown)

    @extend_schema(
        operation_id="place_order",
        request=NewOrderIn,
        responses={201: OrderOut},
        examples=[EXAMPLE],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Place an order. Credit decides at once: `released`, or `on_hold` with what to pay."""
        body = body_of(request, NewOrderIn)
        customer = caller_of(request).customer
        now = clock.now()
        order = services.place_order(
            customer_id=customer.pk,
            lines=lines_in(body["lines"]),
            channel=Channel.API,
            requested_on=body.get("requested_on") or today_of(customer),
            ship_to_id=address_id(customer, body["ship_to"]) if "ship_to" in body else None,
            customer_po=body["customer_po"],
            owner_id=customer.sales_rep_id,
            note=body["note"],
            at=now,
            actor=caller_of(request).actor,
        )
        return Response(as_placed(order, customer), status=201)


class OrderDetail(APIView):
    """One order."""

    scope = "orders"

    @extend_schema(operation_id="get_order", responses=OrderOut)
    def get(self, request: Request, order_id: str) -> Response:
        """Show an order with its lines."""
        return Response(shown(caller_of(request).customer, order_id))


class OrderConfirmation(APIView):
    """The document that confirms an order."""

    scope = "orders"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_order_acknowledgement",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (409, PROBLEM): REFUSED},
    )
    def get(self, request: Request, order_id: str) -> HttpResponse:
        """Send the confirmation of the order as it stands now, as PDF."""
        order = orders_of(caller_of(request).customer).get(public_id=order_id)
        return downloads.sent(services.acknowledgement_pdf(order.pk, at=clock.now()))


class Cancellations(APIView):
    """What is taken back of an order."""

    scope = "orders"

    @extend_schema(operation_id="cancel_order", request=CancellationIn, responses={201: OrderOut})
    @idempotent
    def post(self, request: Request, order_id: str) -> Response:
        """Cancel an order, or quantities of its lines, as long as they are not picked."""
        body = body_of(request, CancellationIn)
        customer = caller_of(request).customer
        order = orders_of(customer).get(public_id=order_id)
        at, actor = clock.now(), caller_of(request).actor
        if "lines" in body:
            quantities = quantities_in(body["lines"], order.lines.all())
            services.cancel_quantities(
                order.pk,
                quantities=quantities,
                reason=body["reason"],
                note=body["note"],
                at=at,
                actor=actor,
            )
        else:
            services.cancel_order(
                order.pk, reason=body["reason"], note=body["note"], at=at, actor=actor
            )
        return Response(shown(customer, order_id), status=201)


def orders_of(customer: Customer) -> QuerySet[Order]:
    """Return what a customer may see of its orders."""
    return Order.objects.filter(customer=customer).exclude(state=Order.State.DRAFT)


def shown(customer: Customer, order_id: str) -> dict[str, Any]:
    """Return one order as the API shows it.

    Raises:
        Order.DoesNotExist: the customer has no such order.
    """
    lines = OrderLine.objects.select_related("product").order_by("position", "pk")
    orders = orders_of(customer).select_related("ship_to", "payment_terms")
    order = orders.prefetch_related(Prefetch("lines", lines)).get(public_id=order_id)
    return written(OrderOut, with_problem(order))


def as_placed(order: Order, customer: Customer) -> dict[str, Any]:
    """Return an order that this step has placed as `shown` does, from what the step holds."""
    if order.payment_terms_id == customer.payment_terms_id:
        order.payment_terms = customer.payment_terms
    lines = list(services.lines_of(order).values())
    order._prefetched_objects_cache = {"lines": lines}  # type: ignore[attr-defined]
    return written(OrderOut, with_problem(order))


def with_hold(order: Order) -> Order:
    """Say that the order waits, if it does: a list asks nothing about each of its orders."""
    title = TITLES.get(order.state)
    order.credit_hold = {"reason": title} if title else None  # type: ignore[attr-defined]
    return order


def with_problem(order: Order) -> Order:
    """Say why the order waits and what to pay, if it does; an order that goes on costs nothing."""
    words = waiting_of(order)
    order.credit_hold = problem_of(words) if words else None  # type: ignore[attr-defined]
    return order


def problem_of(words: Waiting) -> dict[str, Any]:
    """Return what the buyer is told as a problem that the order carries."""

    def text_of(amount: Decimal) -> str:
        return money_of(amount, words.currency)["amount"]

    asked = words.in_advance
    return {
        "type": f"{TYPE}credit_hold",
        "title": words.title,
        "status": CONFLICT,
        "detail": words.detail,
        "reason": words.detail,
        "amount_to_pay": None if words.amount_to_pay is None else text_of(words.amount_to_pay),
        "currency": words.currency,
        "invoices": [
            {
                "number": invoice.number,
                "due_on": invoice.due_on,
                "open_amount": text_of(invoice.open_amount),
            }
            for invoice in words.invoices
        ],
        "pay_link": f"{settings.PUBLIC_URL}{words.pay_link}",
        "in_advance": asked
        and {
            "number": asked.number,
            "amount": text_of(asked.amount),
            "valid_until": asked.valid_until,
        },
    }


def lines_in(lines: Sequence[Mapping[str, Any]]) -> list[services.NewLine]:
    """Find the products of all lines in one statement."""
    ids = dict(_ids_of([line["sku"] for line in lines]))
    return [
        services.NewLine(
            product_id=ids.get(line["sku"], UNKNOWN),
            quantity=line["quantity"],
            requested_on=line.get("requested_on"),
        )
        for line in lines
    ]


@compiled
def _ids_of(skus: list[str]) -> QuerySet[Product, tuple[str, int]]:
    return Product.objects.filter(sku__in=skus).values_list("sku", "pk")


def address_id(customer: Customer, label: str) -> int:
    """Find a delivery address by its label.

    Raises:
        InvalidInput: the customer has none of this label.
    """
    addresses = Address.objects.filter(customer=customer, kind=Address.Kind.SHIP_TO, label=label)
    found = addresses.filter(is_active=True).order_by("-is_default", "pk").first()
    if found is None:
        message = _("There is no delivery address “%(label)s”. Ask your sales representative.")
        raise InvalidInput(message % {"label": label}, field="ship_to")
    return found.pk


def quantities_in(asked: Sequence[Mapping[str, Any]], lines: QuerySet[OrderLine]) -> dict[int, Any]:
    """Return what is to be cancelled by line key.

    Raises:
        InvalidInput: there is no line at a position, or one is named twice.
    """
    ids = dict(lines.values_list("position", "pk"))
    quantities: dict[int, Any] = {}
    for place, line in enumerate(asked):
        line_id = ids.get(line["position"])
        if line_id is None or line_id in quantities:
            message = _("Name each line once, by its position on the order.")
            raise InvalidInput(message, field=f"lines.{place}.position")
        quantities[line_id] = line["quantity"]
    return quantities


def today_of(customer: Customer) -> date:
    return clock.now().astimezone(ZoneInfo(customer.time_zone)).date()


urlpatterns = [
    path("orders", Orders.as_view(), name="orders"),
    path("orders/<str:order_id>", OrderDetail.as_view(), name="order"),
    path(
        "orders/<str:order_id>/acknowledgement",
        OrderConfirmation.as_view(),
        name="order-acknowledgement",
    ),
    path("orders/<str:order_id>/cancellations", Cancellations.as_view(), name="cancellations"),
]
