from django.urls import path

from shipping.portal import views

app_name = "portal-returns"
urlpatterns = [
    path("", views.return_list, name="list"),
    path("new/", views.return_new, name="new"),
    path("<str:number>/slip.pdf", views.slip, name="slip"),
]
