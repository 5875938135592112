"""REST endpoints: what the caller is asked to pay in advance."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from customers.models import Customer
from invoicing import pro_forma_content, services
from invoicing.models import ProForma
from o2c.kernel import downloads
from o2c.kernel.api import CursorPages
from o2c.kernel.downloads import PdfRenderer
from o2c.kernel.representations import (
    Money,
    MoneyField,
    PageQuery,
    QuantityField,
    money_of,
    query_of,
)


class ProFormaSummaryOut(serializers.Serializer[Any]):
    """What to pay in advance for an order. It is no tax invoice: that follows the goods."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField(help_text="The reference to name with the payment.")
    state = serializers.ChoiceField(choices=ProForma.State.choices)
    order = serializers.CharField(source="order.public_id")
    issued_on = serializers.DateField()
    valid_until = serializers.DateField(help_text="The last day to pay.")
    net = MoneyField("net_amount")
    tax = MoneyField("tax_amount")
    gross = MoneyField("gross_amount")
    amount = MoneyField("amount", help_text="To pay: the gross total less what is paid already.")


class ProFormaLineOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    sku = serializers.CharField()
    description = serializers.CharField()
    quantity = QuantityField()
    unit = serializers.CharField()
    unit_price = Money()
    net = Money()
    tax_category = serializers.CharField(help_text="EN 16931: S, Z, E, AE, K, G, O.")
    tax_rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")


class ProFormaTaxOut(serializers.Serializer[Any]):
    category = serializers.CharField()
    rate = QuantityField(help_text="A fraction: 0.19 is 19 %.")
    base = Money()
    tax = Money()


class PayToOut(serializers.Serializer[Any]):
    """Where to pay; these details never change by e-mail."""

    name = serializers.CharField()
    bank_name = serializers.CharField()
    bank_account = serializers.CharField()
    reference = serializers.CharField()


class ProFormaOut(ProFormaSummaryOut):
    customer_po = serializers.CharField()
    bill_to = serializers.CharField()
    ship_to = serializers.CharField()
    pay_to = PayToOut()
    lines = ProFormaLineOut(many=True)
    taxes = ProFormaTaxOut(many=True)


class ProFormaQuery(PageQuery):
    order = serializers.CharField(max_length=40, required=False, help_text="Id of an order.")
    state = serializers.ChoiceField(choices=ProForma.State.choices, required=False)


class ProFormas(generics.GenericAPIView[Any]):
    """What the caller is, or was, asked to pay in advance."""

    scope = "invoices"
    queryset = ProForma.objects.none()
    serializer_class = ProFormaSummaryOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_pro_formas",
        parameters=[ProFormaQuery],
        responses=ProFormaSummaryOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the pro formas, newest first."""
        query = query_of(request, ProFormaQuery)
        found = pro_formas_of(caller_of(request).customer)
        if "order" in query:
            found = found.filter(order__public_id=query["order"])
        if "state" in query:
            found = found.filter(state=query["state"])
        page = self.paginate_queryset(found)
        return self.get_paginated_response(ProFormaSummaryOut(page, many=True).data)


class ProFormaDetail(APIView):
    """One pro forma."""

    scope = "invoices"

    @extend_schema(operation_id="get_pro_forma", responses=ProFormaOut)
    def get(self, request: Request, pro_forma_id: str) -> Response:
        """Show a pro forma with its lines, its taxes and where to pay."""
        found = pro_formas_of(caller_of(request).customer).get(public_id=pro_forma_id)
        return Response(ProFormaOut(_with_content(found)).data)


class ProFormaPdf(APIView):
    """The document itself."""

    scope = "invoices"
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="get_pro_forma_pdf",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pro_forma_id: str) -> HttpResponse:
        """Send the pro forma as PDF, always the same bytes."""
        found = pro_formas_of(caller_of(request).customer).get(public_id=pro_forma_id)
        return downloads.sent(services.pro_forma_pdf(found))


def pro_formas_of(customer: Customer) -> QuerySet[ProForma]:
    """Return a customer's pro formas with what every answer shows."""
    return ProForma.objects.filter(customer=customer).select_related("order", "pdf")


def _with_content(pro_forma: ProForma) -> ProForma:
    """Attach what the document says, as it was written when it was issued."""
    says = pro_forma_content.read(pro_forma)
    seller = says["seller"]
    shown = {
        **{name: says[name] for name in ("customer_po", "bill_to", "ship_to")},
        "pay_to": {
            **{name: seller[name] for name in ("name", "bank_name", "bank_account")},
            "reference": pro_forma.number,
        },
        "lines": [_line(line, pro_forma.currency) for line in says["lines"]],
        "taxes": [_tax(tax, pro_forma.currency) for tax in says["taxes"]],
    }
    for name, value in shown.items():
        setattr(pro_forma, name, value)
    return pro_forma


def _line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        **line,
        "quantity": Decimal(line["quantity"]),
        "tax_rate": Decimal(line["tax_rate"]),
        "unit_price": money_of(Decimal(line["unit_price"]), currency),
        "net": money_of(Decimal(line["net_amount"]), currency),
    }


def _tax(tax: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "category": tax["category"],
        "rate": Decimal(tax["rate"]),
        "base": money_of(Decimal(tax["base_amount"]), currency),
        "tax": money_of(Decimal(tax["tax_amount"]), currency),
    }


urlpatterns = [
    path("pro-formas", ProFormas.as_view(), name="pro-formas"),
    path("pro-formas/<str:pro_forma_id>", ProFormaDetail.as_view(), name="pro-forma"),
    path("pro-formas/<str:pro_forma_id>/pdf", ProFormaPdf.as_view(), name="pro-forma-pdf"),
]
