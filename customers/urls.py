from django.urls import path

from customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("new/", views.customer_new, name="new"),
    path("options/", views.customer_options, name="options"),
    path("<str:number>/", views.customer_detail, name="detail"),
    path("<str:number>/edit/", views.customer_edit, name="edit"),
    path("<str:number>/addresses/new/", views.address_new, name="add-address"),
    path("<str:number>/contacts/new/", views.contact_new, name="add-contact"),
]
