"""REST endpoint: when an order's amount will be due."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.authentication import caller_of
from o2c.kernel import clock
from o2c.kernel.company import local_date, the_company
from o2c.kernel.representations import MoneyField, QuantityField
from orders.api import orders_of
from orders.payment_plan import plan_of


class InstalmentOut(serializers.Serializer[Any]):
    """One amount that is due on a day, tax included."""

    number = serializers.IntegerField()
    due_on = serializers.DateField()
    amount = MoneyField("amount")


class EarlyPaymentOut(serializers.Serializer[Any]):
    """What may be taken off when all of it is paid by a day."""

    until = serializers.DateField()
    rate = QuantityField(help_text="A fraction: 0.02 is 2 %.")
    amount = MoneyField("amount")


class PaymentPlanOut(serializers.Serializer[Any]):
    """An invoice asks for what it says itself; this is what to expect."""

    billed_on = serializers.DateField(help_text="When the invoice is expected.")
    instalments = InstalmentOut(many=True)
    discounts = EarlyPaymentOut(many=True)


class PaymentPlanOf(APIView):
    """When an order will have to be paid."""

    scope = "orders"

    @extend_schema(operation_id="get_payment_plan", responses=PaymentPlanOut)
    def get(self, request: Request, order_id: str) -> Response:
        """Show what is due when, by the order's terms, if what is left is billed at once."""
        orders = orders_of(caller_of(request).customer)
        order = orders.select_related("payment_terms", "customer").get(public_id=order_id)
        company = the_company()
        today = local_date(clock.now(), company)
        plan = plan_of(order, order.lines.all(), today=today, country=company.country)
        return Response(PaymentPlanOut(plan).data)


urlpatterns = [
    path("orders/<str:order_id>/payment-plan", PaymentPlanOf.as_view(), name="payment-plan"),
]
