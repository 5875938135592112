"""The whole project: settings, three tables, one view. No credit, stock, audit, tax or events."""

import os
from decimal import Decimal
from typing import Any

import django
import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.urls import path

SCHEMA = "floor"
DATABASE = environ.Env.db_url_config(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="the floor keeps no secrets",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            **DATABASE,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from rest_framework import serializers  # noqa: E402  needs the settings above
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Product(models.Model):
    objects: models.Manager["Product"] = models.Manager()
    price = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        app_label = SCHEMA

    def __str__(self) -> str:
        return str(self.pk)


class Order(models.Model):
    objects: models.Manager["Order"] = models.Manager()
    customer = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        app_label = SCHEMA

    def __str__(self) -> str:
        return str(self.pk)


class OrderLine(models.Model):
    objects: models.Manager["OrderLine"] = models.Manager()
    order = models.ForeignKey(Order, models.CASCADE)
    product = models.ForeignKey(Product, models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        app_label = SCHEMA

    def __str__(self) -> str:
        return str(self.pk)


class LineIn(serializers.Serializer[Any]):
    product = serializers.IntegerField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)


class OrderIn(serializers.Serializer[Any]):
    customer = serializers.IntegerField()
    lines = LineIn(many=True)


class Orders(APIView):
    def post(self, request: Request) -> Response:
        sent = OrderIn(data=request.data)
        sent.is_valid(raise_exception=True)
        order = place(sent.validated_data["customer"], sent.validated_data["lines"])
        return Response({"id": order.pk, "net_amount": str(order.net_amount)}, status=201)


def place(customer: int, wanted: list[dict[str, Any]]) -> Order:
    """Insert an order and its lines: three statements."""
    products = Product.objects.in_bulk([line["product"] for line in wanted])
    with transaction.atomic():
        amounts = [products[line["product"]].price * line["quantity"] for line in wanted]
        order = Order.objects.create(customer=customer, net_amount=sum(amounts, Decimal(0)))
        OrderLine.objects.bulk_create(
            OrderLine(
                order=order,
                product=products[line["product"]],
                quantity=line["quantity"],
                net_amount=amount,
            )
            for line, amount in zip(wanted, amounts, strict=True)
        )
    return order


def prepare(products: int) -> None:
    """Make the tables anew, with so many products."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    with connection.schema_editor() as editor:
        for model in (Product, Order, OrderLine):
            editor.create_model(model)
    Product.objects.bulk_create(Product(price=Decimal(10 + n % 90)) for n in range(products))


urlpatterns = [path("orders", Orders.as_view())]
application = get_wsgi_application()

if __name__ == "__main__":
    prepare(200)
