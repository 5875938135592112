"""Carriers and when they come. Shipments are changed by the services alone."""

from django.contrib import admin

from shipping.models import Carrier, PickupSchedule


@admin.register(Carrier)
class CarrierAdmin(admin.ModelAdmin[Carrier]):
    list_display = ("code", "name", "is_active")


@admin.register(PickupSchedule)
class PickupScheduleAdmin(admin.ModelAdmin[PickupSchedule]):
    list_display = ("carrier", "warehouse", "weekday", "cut_off", "transit_days")
    list_filter = ("carrier", "warehouse", "weekday")
