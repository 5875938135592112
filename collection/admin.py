"""What administrators set: the levels of the dunning procedure and their texts."""

from django.contrib import admin

from collection.models import DunningLevel


@admin.register(DunningLevel)
class DunningLevelAdmin(admin.ModelAdmin[DunningLevel]):
    list_display = ("level", "name", "days", "minimum_amount", "subject")
    ordering = ("level",)
