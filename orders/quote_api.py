"""REST endpoints: quotes, accepting and rejecting them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from customers.models import Customer
from o2c.kernel import clock, downloads
from o2c.kernel.api import CursorPages, idempotent
from o2c.kernel.downloads import PdfRenderer
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
    list_price = MoneyField("list_price", currency="quote.currency", allow_null=True)
    tax_category = serializers.CharField(help_text="EN 16931: S, Z, E, AE, K, G, O.")
    tax_rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")
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
    decided_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was accepted or rejected, or ran out."
    )
    reject_reason = serializers.CharField(help_text="Empty unless it was rejected.")
    order = serializers.CharField(
        source="order.public_id", default=None, allow_null=True, help_text="What it became."
    )


class QuoteOut(QuoteSummaryOut):
    ship_to = AddressOut()
    payment_terms = serializers.CharField(source="payment_terms.name")
    note = serializers.CharField()
    reject_note = serializers.CharField()
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


class RejectionIn(StrictSerializer):
    """Why it is not wanted."""

    reason = serializers.ChoiceField(choices=Quote.RejectReason.choices)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class QuoteQuery(PageQuery):
    state = serializers.ChoiceField(choices=SHOWN_STATES, required=False)
    number = serializers.CharField(
        max_length=20, required=False, help_text="All revisions of this number."
    )


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
        wanted = {name: query[name] for name in ("state", "number") if name in query}
        quotes = offers.quotes_of(caller_of(request).customer).filter(**wanted)
        page = self.paginate_queryset(quotes)
        return self.get_paginated_response(QuoteSummaryOut(page, many=True).data)


class QuoteDetail(APIView):
    """One quote."""

    scope = "orders"

    @extend_schema(operation_id="get_quote", responses=QuoteOut)
    def get(self, request: Request, quote_id: str) -> Response:
        """Show a quote with its lines."""
        return Response(QuoteOut(_whole(caller_of(request).customer, quote_id)).data)


class QuotePdf(APIView):
    """The document itself."""

    scope = "orders"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_quote_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, quote_id: str) -> HttpResponse:
        """Send the quote as PDF, as it was sent."""
        quote = offers.quotes_of(caller_of(request).customer).get(public_id=quote_id)
        return downloads.sent(services.quote_pdf(quote.pk, at=clock.now()))


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


class Rejection(APIView):
    """What becomes of a quote that is not wanted."""

    scope = "orders"

    @extend_schema(operation_id="reject_quote", request=RejectionIn, responses={201: QuoteOut})
    @idempotent
    def post(self, request: Request, quote_id: str) -> Response:
        """Reject a quote, with the reason; we can answer with a revision."""
        body = body_of(request, RejectionIn)
        customer = caller_of(request).customer
        services.reject_quote(
            offers.quotes_of(customer).get(public_id=quote_id).pk,
            reason=body["reason"],
            note=body["note"],
            at=clock.now(),
            actor=caller_of(request).actor,
        )
        return Response(QuoteOut(_whole(customer, quote_id)).data, status=201)


def _whole(customer: Customer, quote_id: str) -> Quote:
    lines = QuoteLine.objects.order_by("position")
    quotes = offers.quotes_of(customer).prefetch_related(Prefetch("lines", lines))
    return quotes.get(public_id=quote_id)


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
    path("quotes/<str:quote_id>/pdf", QuotePdf.as_view(), name="quote-pdf"),
    path("quotes/<str:quote_id>/rejection", Rejection.as_view(), name="quote-rejection"),
    path("quotes/<str:quote_id>/acceptance", Acceptance.as_view(), name="quote-acceptance"),
]
