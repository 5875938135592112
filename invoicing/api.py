"""REST endpoints: what the caller was billed."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from customers.models import Customer
from invoicing import selectors, services
from invoicing.models import Invoice, InvoiceLine, InvoiceTax
from invoicing.payment import offers_of
from invoicing.serializers import InvoiceOut, InvoiceQuery, InvoiceSummaryOut
from o2c.kernel import downloads
from o2c.kernel.api import CursorPages
from o2c.kernel.downloads import PdfRenderer
from o2c.kernel.representations import query_of
from orders.payment_plan import early, parts


class Invoices(generics.GenericAPIView[Any]):
    """The caller's invoices and credit memos."""

    scope = "invoices"
    queryset = Invoice.objects.none()
    serializer_class = InvoiceSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_invoices",
        parameters=[InvoiceQuery],
        responses=InvoiceSummaryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the issued invoices and credit memos, newest first."""
        query = query_of(request, InvoiceQuery)
        named = [name for name in ("order", "shipment", "original") if name in query]
        wanted = {f"{name}__public_id": query[name] for name in named}
        if "kind" in query:
            wanted["kind"] = query["kind"]
        page = self.paginate_queryset(invoices_of(caller_of(request).customer).filter(**wanted))
        return self.get_paginated_response(InvoiceSummaryOut(page, many=True).data)


class InvoiceDetail(APIView):
    """One invoice."""

    scope = "invoices"

    @extend_schema(operation_id="get_invoice", responses=InvoiceOut)
    def get(self, request: Request, invoice_id: str) -> Response:
        """Show an invoice with its lines, what it charges besides, and its taxes."""
        lines = InvoiceLine.objects.order_by("position")
        taxes = InvoiceTax.objects.order_by("category", "rate")
        invoices = invoices_of(caller_of(request).customer).prefetch_related(
            Prefetch("lines", lines), Prefetch("taxes", taxes)
        )
        invoice = _with_payment(invoices.get(public_id=invoice_id))
        charges = [row for row in selectors.charges_of(invoice) if row.net_amount]
        invoice.shown_charges = charges  # type: ignore[attr-defined]
        return Response(InvoiceOut(invoice).data)


class InvoicePdf(APIView):
    """The document itself."""

    scope = "invoices"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_invoice_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, invoice_id: str) -> HttpResponse:
        """Send the invoice as PDF, always the same bytes."""
        invoice = invoices_of(caller_of(request).customer).get(public_id=invoice_id)
        return downloads.sent(services.pdf_of(invoice))


def _with_payment(invoice: Invoice) -> Invoice:
    """Attach what is due when, and what paying early takes off; nothing is due of a credit memo."""
    offers = offers_of(invoice.discounts)
    due = [] if invoice.is_credit_memo else invoice.instalments
    invoice.parts = parts(due, invoice.currency)  # type: ignore[attr-defined]
    invoice.early_payments = early(offers, invoice.currency)  # type: ignore[attr-defined]
    return invoice


def invoices_of(customer: Customer) -> QuerySet[Invoice]:
    """Return a customer's numbered invoices with what every answer shows."""
    issued = Invoice.objects.filter(customer=customer, number__isnull=False)
    return issued.select_related("order", "shipment", "pdf", "original")


urlpatterns = [
    path("invoices", Invoices.as_view(), name="invoices"),
    path("invoices/<str:invoice_id>", InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<str:invoice_id>/pdf", InvoicePdf.as_view(), name="invoice-pdf"),
]
