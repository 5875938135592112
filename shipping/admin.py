"""Carriers, what they offer, what it costs and when they come. Shipments: by the services alone."""

from django.contrib import admin

from shipping.models import (
    Carrier,
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    PickupSchedule,
)


class CarrierServices(admin.TabularInline[CarrierService, Carrier]):
    model = CarrierService
    extra = 0


class FreightZones(admin.TabularInline[FreightZone, Carrier]):
    model = FreightZone
    extra = 0


class PickupClosures(admin.TabularInline[PickupClosure, Carrier]):
    model = PickupClosure
    extra = 0


@admin.register(Carrier)
class CarrierAdmin(admin.ModelAdmin[Carrier]):
    list_display = ("code", "name", "is_active")
    inlines = (CarrierServices, FreightZones, PickupClosures)


@admin.register(FreightRate)
class FreightRateAdmin(admin.ModelAdmin[FreightRate]):
    list_display = ("service", "zone", "from_weight_kg", "currency", "amount", "valid_from")
    list_filter = ("service__carrier", "currency")
    list_select_related = ("service", "zone")


@admin.register(PickupSchedule)
class PickupScheduleAdmin(admin.ModelAdmin[PickupSchedule]):
    list_display = ("carrier", "warehouse", "weekday", "cut_off", "service", "capacity_packages")
    list_filter = ("carrier", "warehouse", "weekday")
