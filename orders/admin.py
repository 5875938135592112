"""Orders as they are stored: to look at. They are changed by services, on their own pages."""

from django.contrib import admin

from o2c.kernel.read_only import ReadOnlyAdmin
from orders.models import Order, OrderLine


class OrderLineInline(admin.TabularInline[OrderLine, Order]):
    model = OrderLine
    extra = 0
    fields = ["position", "product", "ordered", "cancelled", "allocated", "shipped", "invoiced"]
    ordering = ["position", "pk"]
    can_delete = False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "state", "gross_amount", "currency", "created_at"]
    list_select_related = ["customer"]
    search_fields = ["number", "customer_po", "customer__folded_name"]
    ordering = ["-pk"]
    inlines = [OrderLineInline]
