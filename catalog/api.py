"""REST endpoints: what the caller can buy, at the caller's price."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import CustomerPartNumber, Product, ProductUnit
from catalog.pricing import PriceBook, price_book
from catalog.selectors import matching
from catalog.serializers import ProductOut, ProductQuery
from customers.authentication import caller_of
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.api import CursorPages
from o2c.kernel.representations import money_of, query_of


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
        customer = caller_of(request).customer
        products = matching(query.get("search", ""), customer_id=customer.pk)
        page = self.paginate_queryset(products.filter(status=Product.Status.ACTIVE))
        return self.get_paginated_response(priced(customer, page or []))


class ProductDetail(APIView):
    """One product."""

    scope = "products"

    @extend_schema(operation_id="get_product", responses=ProductOut)
    def get(self, request: Request, sku: str) -> Response:
        """Show a product by its SKU, also when it is discontinued."""
        product = Product.objects.get(sku=sku)
        return Response(priced(caller_of(request).customer, [product])[0])


def priced(customer: Customer, products: Sequence[Product]) -> list[dict[str, Any]]:
    """Return products with the customer's prices and part numbers, in three statements."""
    on = clock.now().astimezone(ZoneInfo(customer.time_zone)).date()
    ids = [product.pk for product in products]
    book = price_book(customer, ids, on=on)
    parts, packs = _parts_of(customer, ids), _packs_of(ids)
    for product in products:
        price = book.price(product.pk, product.minimum_quantity)
        found: Any = product
        found.price = money_of(price.amount, customer.currency) if price else None
        found.breaks = _breaks(book, product, customer.currency)
        found.packs = packs[product.pk]
        found.own_numbers = parts[product.pk]
    return list(ProductOut(products, many=True).data)


def _breaks(book: PriceBook, product: Product, currency: str) -> list[dict[str, Any]]:
    return [
        {
            "from_quantity": step.min_quantity,
            "price": money_of(step.price.amount, currency),
            "source": step.price.source,
        }
        for step in book.breaks(product.pk)
    ]


def _parts_of(customer: Customer, product_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    parts = CustomerPartNumber.objects.filter(customer=customer, product__in=product_ids)
    for product_id, number in parts.order_by("pk").values_list("product_id", "number"):
        found[product_id].append(number)
    return found


def _packs_of(product_ids: Sequence[int]) -> dict[int, list[ProductUnit]]:
    found: dict[int, list[ProductUnit]] = defaultdict(list)
    for pack in ProductUnit.objects.filter(product__in=product_ids).order_by("factor", "pk"):
        found[pack.product_id].append(pack)
    return found


urlpatterns = [
    path("products", Products.as_view(), name="products"),
    path("products/<path:sku>", ProductDetail.as_view(), name="product"),
]
