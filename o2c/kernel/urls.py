from django.urls import path

from o2c.kernel import notice_views

app_name = "notices"
urlpatterns = [
    path("", notice_views.notice_list, name="list"),
    path("unread/", notice_views.unread, name="unread"),
    path("read/", notice_views.read_all, name="read-all"),
    path("<int:notice_id>/read/", notice_views.read, name="read"),
]
