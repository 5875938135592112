from django.urls import include, path

from orders.views import actions, entry

app_name = "orders"
urlpatterns = [
    path("intake/", include("orders.intake.urls")),
    path("shops/", include("orders.shop.urls")),
    path("quotes/", include("orders.quote_urls")),
    path("new/", entry.new, name="new"),
    path("preview/", entry.preview, name="preview"),
    path("<str:number>/edit/", entry.edit, name="edit"),
    path("<str:number>/submit/", actions.submit, name="submit"),
    path("<str:number>/cancel/", actions.cancel, name="cancel"),
    path("<str:number>/lines/<int:line_id>/cancel/", actions.cancel_line, name="cancel-line"),
    path("<str:number>/discard/", actions.discard, name="discard"),
    path("<str:number>/confirmation/", actions.confirmation, name="confirmation"),
    path("<str:number>/again/", actions.again, name="again"),
]
