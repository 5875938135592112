from django.urls import path

from orders.intake import teaching_views, views

urlpatterns = [
    path("", views.intake_list, name="intake"),
    path("upload/", views.upload, name="intake-upload"),
    path("<int:document_id>/", views.document, name="intake-document"),
    path("<int:document_id>/open/", views.still_open, name="intake-open"),
    path("<int:document_id>/reject/", views.reject, name="intake-reject"),
    path("<int:document_id>/original/", views.original, name="intake-original"),
    path("<int:document_id>/page/<int:number>/", views.picture, name="intake-picture"),
    path("<int:document_id>/teach/", teaching_views.teach, name="intake-teach"),
    path("learned/", teaching_views.learned, name="intake-learned"),
    path("learned/<int:correction_id>/revoke/", teaching_views.revoke, name="intake-revoke"),
]
