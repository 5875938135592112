from django.urls import path

from orders.intake import views

urlpatterns = [
    path("", views.intake_list, name="intake"),
    path("upload/", views.upload, name="intake-upload"),
    path("<int:document_id>/", views.document, name="intake-document"),
    path("<int:document_id>/reject/", views.reject, name="intake-reject"),
    path("<int:document_id>/original/", views.original, name="intake-original"),
]
