from django.urls import path

from orders.portal import views

app_name = "portal-orders"
urlpatterns = [
    path("", views.order_list, name="list"),
    path("new/", views.new, name="new"),
    path("find/", views.find, name="find"),
    path("<str:number>/", views.order_page, name="order"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
    path("<str:number>/cancellation/", views.cancellation, name="cancellation"),
    path("<str:number>/confirmation/", views.confirmation, name="confirmation"),
]
