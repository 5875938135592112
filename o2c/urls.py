"""URL map. Stages are included by name, so this package imports none of them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from o2c.kernel import views
from o2c.kernel.api import NoSuchEndpoint

api_v1 = [
    path("", include("catalog.api")),
    path("", include("orders.api")),
    path("", include("orders.amendments_api")),
    path("", include("orders.payment_plan_api")),
    path("", include("orders.quote_api")),
    path("", include("fulfillment.api")),
    path("", include("fulfillment.picking_api")),
    path("", include("fulfillment.picking_writes")),
    path("", include("fulfillment.batch_api")),
    path("", include("shipping.api")),
    path("", include("shipping.reports.api")),
    path("", include("shipping.proofs.api")),
    path("", include("shipping.returns_api")),
    path("", include("invoicing.api")),
    path("", include("invoicing.pro_forma_api")),
]

urlpatterns = [
    path("", include("reporting.urls")),
    path("customers/", include("customers.urls")),
    path("catalog/", include("catalog.urls")),
    path("orders/", include("orders.urls")),
    path("credit/", include("credit.urls")),
    path("fulfillment/", include("fulfillment.urls")),
    path("shipping/", include("shipping.urls")),
    path("invoices/", include("invoicing.urls")),
    path("receivables/", include("receivables.urls")),
    path("collections/", include("collection.urls")),
    path("notices/", include("o2c.kernel.urls")),
    path("edi/", include("orders.partners.endpoint_urls")),
    path("shops/", include("orders.shop.webhook_urls")),
    path("carriers/", include("shipping.reports.webhook_urls")),
    path("portal/orders/", include("orders.portal.urls")),
    path("portal/quotes/", include("orders.portal.quote_urls")),
    path("portal/credit/", include("credit.portal.urls")),
    path("portal/shipments/", include("shipping.portal_urls")),
    path("portal/returns/", include("shipping.portal.urls")),
    path("portal/pro-formas/", include("invoicing.portal_urls")),
    path("portal/credit-memos/", include("invoicing.portal_credit_urls")),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon, name="favicon"),
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", include((api_v1, "api"))),
    path("api/v1/openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api-docs"),
    path("api/<path:unknown>", NoSuchEndpoint.as_view(), name="api-unknown"),
]
if settings.DEBUG:
    urlpatterns.append(path("components/", views.components, name="components"))
