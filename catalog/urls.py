from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.product_list, name="products"),
    path("options/", views.product_options, name="options"),
]
