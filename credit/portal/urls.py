from django.urls import path

from credit.portal import views

app_name = "portal-credit"
urlpatterns = [
    path("", views.credit, name="credit"),
    path("documents/", views.documents, name="documents"),
    path("details/", views.details, name="details"),
]
