"""Set-up of what we sell: units, lists, tax rates. Products and prices go through services."""

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Price, PriceList, Product, TaxRule, UnitOfMeasure


@admin.register(UnitOfMeasure)
class UnitOfMeasureAdmin(admin.ModelAdmin[UnitOfMeasure]):
    list_display = ["code", "name", "is_divisible"]
    ordering = ["code"]


@admin.register(PriceList)
class PriceListAdmin(admin.ModelAdmin[PriceList]):
    list_display = ["code", "name", "currency", "customer"]
    autocomplete_fields = ["customer"]
    ordering = ["code"]


@admin.register(TaxRule)
class TaxRuleAdmin(admin.ModelAdmin[TaxRule]):
    list_display = ["country", "region", "category", "rate"]
    list_filter = ["country"]
    ordering = ["country", "region", "category"]


class ReadOnly:
    """Shows rows that services change, so that the audit trail sees every change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Product)
class ProductAdmin(ReadOnly, admin.ModelAdmin[Product]):
    list_display = ["sku", "name", "unit", "status"]
    search_fields = ["folded_text"]
    ordering = ["sku"]


@admin.register(Price)
class PriceAdmin(ReadOnly, admin.ModelAdmin[Price]):
    list_display = ["product", "price_list", "amount"]
    list_select_related = ["product", "price_list"]
    search_fields = ["product__sku"]
    ordering = ["product__sku", "pk"]
