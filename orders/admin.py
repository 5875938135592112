"""Orders as they are stored: to look at. They are changed by services, on their own pages."""

from django.contrib import admin
from django.http import HttpRequest

from orders.models import Order, OrderLine


class OrderLineInline(admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    extra = 0
    fields = ["position", "product", "ordered", "cancelled", "allocated", "shipped", "invoiced"]
    ordering = ["position", "pk"]
    can_delete = False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    list_display = ["number", "customer", "state", "gross_amount", "currency", "created_at"]
    list_select_related = ["customer"]
    search_fields = ["number", "customer_po", "customer__folded_name"]
    ordering = ["-pk"]
    inlines = [OrderLineInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False
