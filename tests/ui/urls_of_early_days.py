"""One stage stands, the others are to come."""

from django.urls import include, path

from tests.ui.urls import blank

urlpatterns = [path("", include(([path("orders/", blank, name="order-list")], "reporting")))]
