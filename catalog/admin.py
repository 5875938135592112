"""Set-up of what we sell: units and tax rates. Everything else goes through services."""

from django.contrib import admin

from catalog.models import Price, PriceList, Product, TaxRule, UnitOfMeasure
from o2c.kernel.read_only import ReadOnlyAdmin


@admin.register(UnitOfMeasure)
class UnitOfMeasureAdmin(admin.ModelAdmin[UnitOfMeasure]):
    list_display = ["code", "name", "is_divisible"]
    ordering = ["code"]


@admin.register(PriceList)
class PriceListAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "currency", "customer", "valid_from", "valid_until"]
    list_select_related = ["customer"]
    ordering = ["code"]


@admin.register(TaxRule)
class TaxRuleAdmin(admin.ModelAdmin[TaxRule]):
    list_display = ["country", "region", "category", "rate", "valid_from", "valid_until"]
    list_filter = ["country"]
    ordering = ["country", "region", "category", "valid_from"]


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["sku", "name", "unit", "status"]
    search_fields = ["folded_text"]
    ordering = ["sku"]


@admin.register(Price)
class PriceAdmin(ReadOnlyAdmin):
    list_display = ["product", "price_list", "min_quantity", "amount", "valid_from", "valid_until"]
    list_select_related = ["product", "price_list"]
    search_fields = ["product__sku"]
    ordering = ["product__sku", "pk"]
