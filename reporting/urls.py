from django.urls import path, register_converter
from django.urls.converters import StringConverter

from reporting.views import (
    bulk,
    cancelling,
    customer,
    insight,
    order,
    orders,
    papers,
    portal,
    process,
    search,
    today,
)


class DocumentNumber(StringConverter):
    """A number such as SO-10468, so that /orders/new/ stays a page of its own stage."""

    regex = "[A-Z]+-[0-9A-Z-]+"


register_converter(DocumentNumber, "number")

app_name = "reporting"
urlpatterns = [
    path("customers/<str:number>/timeline/", customer.customer_timeline, name="customer-timeline"),
    path("process/", process.process, name="process"),
    path("dashboard/", insight.dashboard, name="dashboard"),
    path("dashboard/rows/<slug:kind>/", insight.figure_rows, name="figure-rows"),
    path("search/", search.find, name="search"),
    path("portal/", portal.portal, name="portal"),
    path("portal/to-pay/", portal.to_pay, name="portal-to-pay"),
    path("portal/invoices/<number:number>/", portal.portal_invoice, name="portal-invoice"),
    path("", today.today, name="today"),
    path("today/history/", today.history, name="history"),
    path("orders/", orders.order_list, name="order-list"),
    path("orders/bulk/", bulk.bulk, name="order-bulk"),
    path("orders/bulk/confirmations/", papers.confirmations, name="order-confirmations"),
    path("orders/confirmations.pdf", papers.confirmations_pdf, name="confirmations"),
    path("orders/rows/", orders.set_rows, name="order-rows"),
    path("orders/views/save/", orders.save_view, name="view-save"),
    path("orders/views/<int:view_id>/remove/", orders.remove_view, name="view-remove"),
    path("orders/export.csv", orders.export_orders, name="order-export"),
    path("orders/<number:number>/", order.order_page, name="order"),
    path("orders/<number:number>/cancellation/", cancelling.cancellation, name="cancellation"),
    path("orders/<number:number>/trail/", order.order_trail, name="order-trail"),
]
