"""REST endpoints: what the caller can buy, at the caller's price."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Product
from catalog.pricing import price_book
from catalog.serializers import ProductOut, ProductQuery
from customers.authentication import caller_of
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.api import CursorPages
from o2c.kernel.representations import money_of, query_of
from o2c.kernel.text import fold


class Products(generics.GenericAPIView[Any]):
    """The catalogue."""

    scope = "products"
    queryset = Product.objects.none()
    serializer_class = ProductOut
    pagination_class = CursorPages

    @extend_schema(
        operation_id="list_products", parameters=[ProductQuery], responses=ProductOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the products that can be ordered, newest first."""
        query = query_of(request, ProductQuery)
        products = Product.objects.filter(status=Product.Status.ACTIVE)
        page = self.paginate_queryset(matching(products, query.get("search", "")))
        return self.get_paginated_response(priced(caller_of(request).customer, page or []))


class ProductDetail(APIView):
    """One product."""

    scope = "products"

    @extend_schema(operation_id="get_product", responses=ProductOut)
    def get(self, request: Request, sku: str) -> Response:
        """Show a product by its SKU, also when it is discontinued."""
        product = Product.objects.get(sku=sku)
        return Response(priced(caller_of(request).customer, [product])[0])


def matching(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Narrow to products whose SKU, name or GTIN holds every word."""
    for word in fold(text).split():
        products = products.filter(folded_text__contains=word)
    return products


def priced(customer: Customer, products: Sequence[Product]) -> list[dict[str, Any]]:
    """Return products with the customer's price, all prices in one statement."""
    on = clock.now().astimezone(ZoneInfo(customer.time_zone)).date()
    book = price_book(customer, [product.pk for product in products], on=on)
    for product in products:
        price = book.price(product.pk, product.minimum_quantity)
        found = money_of(price.amount, customer.currency) if price else None
        product.price = found  # type: ignore[attr-defined]
    return list(ProductOut(products, many=True).data)


urlpatterns = [
    path("products", Products.as_view(), name="products"),
    path("products/<path:sku>", ProductDetail.as_view(), name="product"),
]
