"""Master data of the warehouse. Stock and pick lists are changed by the services alone."""

from django.contrib import admin

from fulfillment.models import Location, Warehouse


@admin.register(Warehouse)
class WarehouseAdmin(admin.ModelAdmin[Warehouse]):
    list_display = ("code", "name", "country", "time_zone")


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin[Location]):
    list_display = ("code", "warehouse", "walk_order")
    list_filter = ("warehouse",)
    search_fields = ("code",)
