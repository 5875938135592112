"""REST endpoints: quotes, and accepting them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from o2c.kernel import clock
from o2c.kernel.api import CursorPages, idempotent
from o2c.kernel.errors import InvalidInput
from o2c.kernel.representations import (
    MoneyField,
    PageQuery,
    QuantityField,
    StrictSerializer,
    body_of,
    query_of,
)
from orders import offers, services
from orders.api import shown
from orders.models import Channel, Quote, QuoteLine
from orders.rules import MAX_LINES, MAX_PO_LENGTH
from orders.selectors import today_of
from orders.serializers import LEAST, AddressOut, OrderOut

# Drafts are ours alone.
SHOWN_STATES = [choice for choice in Quote.State.choices if choice[0] != Quote.State.DRAFT]


class QuoteLineOut(serializers.Serializer[Any]):
    """A line; `accepted` is how much of it was ordered."""

    position = serializers.IntegerField()
    sku = serializers.CharField()
    description = serializers.CharField()
    quantity = QuantityField()
    unit = serializers.CharField()
    unit_price = MoneyField("unit_price", currency="quote.currency")
    net = MoneyField("net_amount", currency="quote.currency")
    accepted = QuantityField()


class QuoteSummaryOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    valid_until = serializers.DateField()
    allows_part = serializers.BooleanField()
    net = MoneyField("net_amount")
    tax = MoneyField("tax_amount")
    gross = MoneyField("gross_amount")
    sent_at = serializers.DateTimeField()
    order = serializers.CharField(
        source="order.public_id", default=None, allow_null=True, help_text="What it became."
    )


class QuoteOut(QuoteSummaryOut):
    ship_to = AddressOut()
    payment_terms = serializers.CharField(source="payment_terms.name")
    note = serializers.CharField()
    lines = QuoteLineOut(many=True)


class AcceptedLineIn(StrictSerializer):
    position = serializers.IntegerField(min_value=1, max_value=32767)
    quantity = QuantityField(min_value=LEAST)


class AcceptanceIn(StrictSerializer):
    """Without `lines` the whole quote is ordered."""

    customer_po = serializers.CharField(
        max_length=MAX_PO_LENGTH, required=False, default="", allow_blank=True
    )
    requested_on = serializers.DateField(required=False, help_text="Default: today.")
    lines = serializers.ListField(
        child=AcceptedLineIn(), required=False, allow_empty=False, max_length=MAX_LINES
    )


class QuoteQuery(PageQuery):
    state = serializers.ChoiceField(choices=SHOWN_STATES, required=False)


class Quotes(generics.GenericAPIView[Any]):
    """The caller's quotes."""

    scope = "orders"
    queryset = Quote.objects.none()
    serializer_class = QuoteSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_quotes", parameters=[QuoteQuery], responses=QuoteSummaryOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the quotes, newest first, earlier revisions too."""
        query = query_of(request, QuoteQuery)
        wanted = {"state": query["state"]} if "state" in query else {}
        quotes = offers.quotes_of(caller_of(request).customer).filter(**wanted)
        page = self.paginate_queryset(quotes)
        return self.get_paginated_response(QuoteSummaryOut(page, many=True).data)


class QuoteDetail(APIView):
    """One quote."""

    scope = "orders"

    @extend_schema(operation_id="get_quote", responses=QuoteOut)
    def get(self, request: Request, quote_id: str) -> Response:
        """Show a quote with its lines."""
        lines = QuoteLine.objects.order_by("position")
        quotes = offers.quotes_of(caller_of(request).customer)
        quote = quotes.prefetch_related(Prefetch("lines", lines)).get(public_id=quote_id)
        return Response(QuoteOut(quote).data)


class Acceptance(APIView):
    """What becomes of a quote that is accepted."""

    scope = "orders"

    @extend_schema(operation_id="accept_quote", request=AcceptanceIn, responses={201: OrderOut})
    @idempotent
    def post(self, request: Request, quote_id: str) -> Response:
        """Accept a quote while it is valid: it becomes an order at its prices and terms."""
        body = body_of(request, AcceptanceIn)
        customer = caller_of(request).customer
        quote = offers.quotes_of(customer).get(public_id=quote_id)
        now = clock.now()
        order = services.accept_quote(
            quote.pk,
            requested_on=body.get("requested_on") or today_of(customer, now),
            customer_po=body["customer_po"],
            quantities=quantities_of(quote, body["lines"]) if "lines" in body else None,
            channel=Channel.API,
            at=now,
            actor=caller_of(request).actor,
        )
        return Response(shown(customer, order.public_id), status=201)


def quantities_of(quote: Quote, asked: Sequence[Mapping[str, Any]]) -> dict[int, Decimal]:
    """Return what is taken by line key.

    Raises:
        InvalidInput: there is no line at a position, or one is named twice.
    """
    keys = dict(quote.lines.values_list("position", "pk"))
    quantities: dict[int, Decimal] = {}
    for place, line in enumerate(asked):
        key = keys.get(line["position"])
        if key is None or key in quantities:
            message = _("Name each line once, by its position on the quote.")
            raise InvalidInput(message, field=f"lines.{place}.position")
        quantities[key] = line["quantity"]
    return quantities


urlpatterns = [
    path("quotes", Quotes.as_view(), name="quotes"),
    path("quotes/<str:quote_id>", QuoteDetail.as_view(), name="quote"),
    path("quotes/<str:quote_id>/acceptance", Acceptance.as_view(), name="quote-acceptance"),
]
